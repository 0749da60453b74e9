package io.engram.grid.memory.session;

import com.google.common.util.concurrent.MoreExecutors;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.NumberedObservation;
import io.engram.grid.wire.NumberedRejection;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.SessionBatch;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A stream of an open session: spreads each call over the [Lane]s to the space's shards and gathers what they answer.
///
/// State changes under the lock; commands go out and calls complete outside of it, in the order in which that was decided.
final class SessionStream implements Ingest {
    /// Numbers taken and not yet durable. The edge gives clients less credit than that.
    private static final int MAX_IN_FLIGHT = 16_384;

    private final Space space;
    private final SessionId session;
    private final long incarnation;
    private final long stream;
    private final boolean resumed;
    private final long takenThrough;
    private final List<Rejected> pendingRejections;
    private final PatientSubmission submission;
    private final Timers timers;
    private final MonotonicClock clock;

    private final Object lock = new Object();
    private final Map<ShardId, Lane> lanes = new TreeMap<>();
    private final ArrayDeque<PendingTake> takes = new ArrayDeque<>();
    private final Queue<Runnable> decided = new ConcurrentLinkedQueue<>();
    private final Executor inOrder = MoreExecutors.newSequentialExecutor(Runnable::run);
    private long durableThrough;
    private long next;
    private int inFlight;
    private long acknowledgedThrough;
    private @Nullable RefusedException failure;

    /// @param opened what each shard answered to this stream's opening
    SessionStream(
            Space space, SessionId session, long incarnation, long stream, boolean resumed, Map<ShardId, Outcome> opened,
            PatientSubmission submission, Timers timers, MonotonicClock clock) {
        this.space = space;
        this.session = session;
        this.incarnation = incarnation;
        this.stream = stream;
        this.resumed = resumed;
        this.submission = submission;
        this.timers = timers;
        this.clock = clock;
        opened.forEach((shard, outcome) -> lanes.put(shard, new Lane(shard, outcome)));
        durableThrough = leastCovered();
        takenThrough = lanes.values().stream().mapToLong(Lane::covered).max().orElseThrow();
        next = durableThrough + 1;
        pendingRejections = opened.values().stream()
                .flatMap(outcome -> outcome.getSession().getRejectionsList().stream())
                .map(SessionStream::rejected)
                .sorted(Comparator.comparingLong(Rejected::number))
                .toList();
    }

    @Override
    public Space space() {
        return space;
    }

    @Override
    public boolean resumed() {
        return resumed;
    }

    @Override
    public long durableThrough() {
        synchronized (lock) {
            return durableThrough;
        }
    }

    @Override
    public long takenThrough() {
        return takenThrough;
    }

    @Override
    public List<Rejected> pendingRejections() {
        return pendingRejections;
    }

    @Override
    public CompletableFuture<Taken> take(long first, List<Item> items, long acknowledged, Deadline deadline) {
        CompletableFuture<Taken> answer;
        synchronized (lock) {
            Optional<RefusedException> refused = refusal(first, items.size(), deadline);
            if (refused.isPresent()) return CompletableFuture.failedFuture(refused.get());
            acknowledgedThrough = Math.max(acknowledgedThrough, acknowledged);
            PendingTake take = new PendingTake(first, first + items.size() - 1);
            answer = take.answer();
            next = Math.max(next, take.last() + 1);
            inFlight += take.size();
            takes.add(take);
            take.timer(timers.after(deadline.left(clock), () -> expire(take)));
            spread(take, first, items);
            for (Lane lane : lanes.values()) lane.want(take.last(), deadline);
            proceed();
        }
        carryOut();
        return answer;
    }

    private Optional<RefusedException> refusal(long first, int size, Deadline deadline) {
        if (failure != null) return Optional.of(failure);
        if (first < 1 || first > next)
            return Optional.of(new RefusedException(
                    Reason.SESSION_GAP, "numbers go on with " + next + ", the batch starts with " + first, next - 1, null));
        if (inFlight + size > MAX_IN_FLIGHT)
            return Optional.of(new RefusedException(
                    Reason.OVERLOADED, inFlight + " observations of this stream are not durable yet; at most " + MAX_IN_FLIGHT));
        if (deadline.passed(clock))
            return Optional.of(new RefusedException(Reason.DEADLINE_EXCEEDED, "the deadline had passed; nothing was sent"));
        return Optional.empty();
    }

    private void spread(PendingTake take, long first, List<Item> items) {
        long number = first;
        for (Item item : items) {
            switch (item) {
                case Item.Good good -> {
                    Lane lane = lane(space.shardOf(good.observation().key()));
                    if (number > lane.wantedThrough())
                        lane.add(new Lane.Piece.Item(
                                NumberedObservation.newBuilder()
                                        .setNumber(number)
                                        .setObservation(WireFormat.of(good.observation()))
                                        .build(),
                                take));
                    else take.reached(lane.shard(), lane.position());
                }
                case Item.Bad bad -> {
                    Lane lane = lane(space.homeOf(session));
                    if (number > lane.wantedThrough())
                        lane.add(new Lane.Piece.Rejection(
                                NumberedRejection.newBuilder()
                                        .setNumber(number)
                                        .setReason(bad.reason())
                                        .setField(bad.field())
                                        .setMessage(bad.message())
                                        .build(),
                                take));
                }
            }
            number++;
        }
    }

    private Lane lane(ShardId shard) {
        Lane lane = lanes.get(shard);
        if (lane == null) throw new IllegalStateException("shard " + shard + " is not one of the space's");
        return lane;
    }

    /// Decides what is to be sent and completed now. Under the lock.
    private void proceed() {
        if (failure != null) return;
        long covered = leastCovered();
        for (PendingTake take = takes.peek(); take != null && take.last() <= covered; take = takes.peek()) {
            PendingTake done = takes.remove();
            // Not as far as is covered: a client acknowledges this mark, and must have been told of all rejections below it. Those
            // of the next call come with the next call.
            durableThrough = Math.max(durableThrough, done.last());
            inFlight -= done.size();
            done.stopTimer();
            Taken taken = done.taken(durableThrough);
            decided.add(() -> done.answer().complete(taken));
        }
        for (Lane lane : lanes.values())
            lane.next(batch()).ifPresent(sending -> decided.add(() -> send(sending)));
    }

    private SessionBatch.Builder batch() {
        return SessionBatch.newBuilder()
                .setSpace(space.id().value())
                .setSession(session.value())
                .setIncarnation(incarnation)
                .setStream(stream)
                .setAcknowledgedThrough(acknowledgedThrough);
    }

    private long leastCovered() {
        return lanes.values().stream().mapToLong(Lane::covered).min().orElseThrow();
    }

    private void carryOut() {
        inOrder.execute(() -> {
            for (Runnable step = decided.poll(); step != null; step = decided.poll()) step.run();
        });
    }

    private void send(Lane.Sending sending) {
        Command command = Command.newBuilder().setSessionBatch(sending.batch()).build();
        var _ = submission.submit(sending.lane().shard(), command, sending.deadline()).whenComplete((outcome, failed) -> {
            synchronized (lock) {
                if (failed != null) fail(PatientSubmission.refusal(failed));
                else arrived(sending, outcome);
                proceed();
            }
            carryOut();
        });
    }

    private void arrived(Lane.Sending sending, Outcome outcome) {
        if (outcome.getSession().getCoveredThrough() < sending.batch().getThrough()) {
            fail(new RefusedException(
                    Reason.OUTCOME_UNKNOWN, "shard " + sending.lane().shard() + " did not take the range it was sent"));
            return;
        }
        sending.lane().done(outcome);
        for (Lane.Piece piece : sending.pieces())
            if (piece instanceof Lane.Piece.Item) piece.take().reached(sending.lane().shard(), outcome.getIndex());
        for (NumberedRejection rejection : outcome.getSession().getRejectionsList()) {
            Rejected rejected = rejected(rejection);
            for (PendingTake take : takes) if (take.rejected(rejected)) break;
        }
    }

    private void expire(PendingTake take) {
        synchronized (lock) {
            if (takes.contains(take))
                fail(new RefusedException(
                        Reason.OUTCOME_UNKNOWN,
                        "not all of the numbers up to " + take.last() + " are known to be durable at the deadline"));
        }
        carryOut();
    }

    /// Ends the stream: what is under way may or may not land, and opening again tells.
    private void fail(RefusedException why) {
        if (failure != null) return;
        failure = why;
        for (PendingTake take : takes) {
            take.stopTimer();
            decided.add(() -> take.answer().completeExceptionally(why));
        }
        takes.clear();
    }

    private static Rejected rejected(NumberedRejection wire) {
        return new Rejected(wire.getNumber(), wire.getReason(), wire.getField(), wire.getMessage());
    }

    @Override
    public void close() {
        synchronized (lock) {
            fail(new RefusedException(Reason.OUTCOME_UNKNOWN, "the stream was closed before all of it was known to be durable"));
        }
        carryOut();
    }
}
