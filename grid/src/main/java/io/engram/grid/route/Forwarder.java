package io.engram.grid.route;

import com.google.protobuf.UnsafeByteOperations;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.OutcomeUnknownException;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.wire.SubmitAnswer;
import io.engram.grid.wire.SubmitQuestion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Takes commands to one other node, for one shard: those that come while questions are under way share the next one.
///
/// Never blocks; safe for use by many threads.
final class Forwarder {
    /// What became of one command. Exceptionally, [RefusedException]: certainly nothing was appended.
    sealed interface Forwarded {
        record Applied(byte[] outcome) implements Forwarded {}

        record NotLeader(Optional<NodeId> leader) implements Forwarded {}

        /// It may be in the log.
        record Unknown(String why) implements Forwarded {}
    }

    /// Well below one log entry, so that the leader can pack several nodes' questions into one.
    static final int QUESTION_BYTES = 256 << 10;

    static final int QUESTION_COMMANDS = 512;

    /// Enough to keep the leader's group commit busy while answers travel.
    static final int UNDER_WAY = 8;

    private final ShardId shard;
    private final NodeId to;
    private final PeerCalls peers;
    private final MonotonicClock clock;
    private final Timers timers;
    private final long pendingLimit;
    private final Object lock = new Object();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private long pendingBytes;
    private int underWay;

    /// @param pendingLimit bytes that may wait here, sent ones included
    Forwarder(ShardId shard, NodeId to, PeerCalls peers, MonotonicClock clock, Timers timers, long pendingLimit) {
        this.shard = shard;
        this.to = to;
        this.peers = peers;
        this.clock = clock;
        this.timers = timers;
        this.pendingLimit = pendingLimit;
    }

    private static final class Waiting {
        final byte[] command;
        final Deadline deadline;
        final CompletableFuture<Forwarded> answer = new CompletableFuture<>();
        boolean sent;

        Waiting(byte[] command, Deadline deadline) {
            this.command = command;
            this.deadline = deadline;
        }
    }

    /// Completes by the deadline.
    CompletableFuture<Forwarded> submit(byte[] command, Deadline deadline) {
        var waiting = new Waiting(command, deadline);
        var left = deadline.left(clock);
        if (!left.isPositive())
            return CompletableFuture.failedFuture(new RefusedException(Reason.DEADLINE_EXCEEDED, "the deadline had passed before the command was sent"));
        synchronized (lock) {
            if (pendingBytes + command.length > pendingLimit)
                return CompletableFuture.failedFuture(new RefusedException(
                        Reason.OVERLOADED, pendingBytes + " bytes of writes wait for shard " + shard + " on node " + to + " already"));
            pendingBytes += command.length;
            queue.addLast(waiting);
        }
        var timer = timers.after(left, () -> expire(waiting));
        var _ = waiting.answer.whenComplete((answer, fault) -> timer.cancel());
        send();
        return waiting.answer;
    }

    private void send() {
        for (var batch = next(); batch != null; batch = next()) send(batch);
    }

    private @Nullable List<Waiting> next() {
        synchronized (lock) {
            if (queue.isEmpty() || underWay >= UNDER_WAY) return null;
            var batch = new ArrayList<Waiting>();
            long bytes = 0;
            for (var first = queue.peekFirst(); first != null; first = queue.peekFirst()) {
                if (!batch.isEmpty() && (bytes + first.command.length > QUESTION_BYTES || batch.size() >= QUESTION_COMMANDS)) break;
                bytes += first.command.length;
                first.sent = true;
                batch.add(queue.removeFirst());
            }
            underWay++;
            return batch;
        }
    }

    private void send(List<Waiting> batch) {
        var question = SubmitQuestion.newBuilder().setShard(shard.value());
        Deadline deadline = batch.getFirst().deadline;
        for (Waiting waiting : batch) {
            question.addCommands(UnsafeByteOperations.unsafeWrap(waiting.command));
            if (deadline.earlier(waiting.deadline).equals(deadline)) deadline = waiting.deadline;
        }
        question.setTimeoutMs(Math.clamp(deadline.left(clock).toMillis(), 1, Integer.MAX_VALUE));
        var _ = peers.submit(to, question.build(), deadline).whenComplete((answer, fault) -> {
            synchronized (lock) {
                underWay--;
                for (Waiting waiting : batch) pendingBytes -= waiting.command.length;
            }
            send();
            answer(batch, answer, fault);
        });
    }

    private void answer(List<Waiting> batch, @Nullable SubmitAnswer answer, @Nullable Throwable fault) {
        if (answer == null || fault != null) {
            Throwable cause = fault == null ? new IllegalStateException("no answer") : Faults.bare(fault);
            for (Waiting waiting : batch) {
                if (cause instanceof RefusedException refused && refused.reason() != Reason.OUTCOME_UNKNOWN && refused.reason() != Reason.INTERNAL)
                    waiting.answer.completeExceptionally(refused);
                else waiting.answer.complete(new Forwarded.Unknown("node " + to + ": " + cause));
            }
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            Forwarded what;
            if (answer.getOutcomesCount() == batch.size()) what = new Forwarded.Applied(answer.getOutcomes(i).toByteArray());
            else if (answer.getOutcomeUnknown() || answer.getLeader().isEmpty())
                what = new Forwarded.Unknown("node " + to + " does not know whether it was appended");
            else what = new Forwarded.NotLeader(hint(answer.getLeader()));
            batch.get(i).answer.complete(what);
        }
    }

    private static Optional<NodeId> hint(String leader) {
        return leader.equals("?") ? Optional.empty() : Optional.of(new NodeId(leader));
    }

    private void expire(Waiting waiting) {
        boolean unsent;
        synchronized (lock) {
            unsent = !waiting.sent && queue.remove(waiting);
            if (unsent) pendingBytes -= waiting.command.length;
        }
        if (unsent) waiting.answer.completeExceptionally(
                new RefusedException(Reason.DEADLINE_EXCEEDED, "the command could not be sent to node " + to + " within the deadline"));
        else waiting.answer.complete(new Forwarded.Unknown("node " + to + " did not answer in time"));
    }
}
