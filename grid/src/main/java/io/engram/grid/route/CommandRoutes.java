package io.engram.grid.route;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Appended;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.GroupCommit;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.OutcomeUnknownException;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.SubmitAnswer;
import io.engram.grid.wire.SubmitQuestion;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Takes a command to the leader of its shard, here or elsewhere, and asks again within the deadline while there is no answer.
///
/// Asking again is safe for every command there is: a unary write carries an idempotency key, a session's batch its range,
/// installs and ticks change nothing the second time. What is *not* safe is to call a write failed because a later attempt
/// was refused: once one attempt may have been appended, only an applied outcome ends the uncertainty.
///
/// Never blocks; safe for use by many threads.
final class CommandRoutes {
    /// A leader that has not answered by now is asked no longer: it may be dead, and another be leading. Long enough for
    /// an fsync on a busy disk, shorter than a client's patience.
    static final Duration ATTEMPT = Duration.ofMillis(1_500);

    static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    /// What came of it.
    ///
    /// @param doubtful an earlier attempt may be in the log as well
    record Result(byte[] outcome, boolean doubtful) {}

    private final NodeId self;
    private final Map<ShardId, GroupCommit> leaders;
    private final LeaderHints hints;
    private final PeerCalls peers;
    private final Stamps stamps;
    private final MonotonicClock clock;
    private final Timers timers;
    private final long pendingLimit;
    private final Map<Route, Forwarder> forwarders = new ConcurrentHashMap<>();
    final LongAdder retries = new LongAdder();
    final LongAdder forwarded = new LongAdder();

    private record Route(ShardId shard, NodeId to) {}

    /// @param leaders group commit of each shard held here
    /// @param pendingLimit bytes that may wait for one shard of one other node
    CommandRoutes(
            NodeId self, Map<ShardId, GroupCommit> leaders, LeaderHints hints, PeerCalls peers, Stamps stamps,
            MonotonicClock clock, Timers timers, long pendingLimit) {
        this.self = self;
        this.leaders = Map.copyOf(leaders);
        this.hints = hints;
        this.peers = peers;
        this.stamps = stamps;
        this.clock = clock;
        this.timers = timers;
        this.pendingLimit = pendingLimit;
    }

    /// Completes by the deadline; exceptionally with [OutcomeUnknownException], or with [RefusedException] if certainly
    /// nothing was appended.
    CompletableFuture<Result> submit(ShardId shard, byte[] command, Deadline deadline) {
        var journey = new Journey(shard, command, deadline);
        journey.attempt();
        return journey.arrived;
    }

    /// Answers another node's question; only if this one leads.
    CompletableFuture<SubmitAnswer> answer(SubmitQuestion question, Deadline deadline) {
        var shard = new ShardId(question.getShard());
        GroupCommit leader = leaders.get(shard);
        if (leader == null)
            return CompletableFuture.failedFuture(new RefusedException(Reason.REPLICA_NOT_HERE, "no replica of shard " + shard + " on node " + self));
        // What stands in the log is applied by every replica: a command that this one cannot read must not get there.
        if (!question.getCommandsList().stream().allMatch(CommandRoutes::isKnown))
            return CompletableFuture.failedFuture(
                    new RefusedException(Reason.INVALID_ARGUMENT, "node " + self + " does not know a command that was forwarded; is it older?"));
        var commands = question.getCommandsList().stream().map(command -> stamps.stamp(shard, command.toByteArray())).toList();
        Deadline limit = deadline.earlier(Deadline.after(Duration.ofMillis(question.getTimeoutMs()), clock));
        return leader.submit(commands, limit).handle((appended, fault) -> {
            if (fault != null) {
                if (Faults.bare(fault) instanceof RefusedException refused) throw refused;
                return SubmitAnswer.newBuilder().setOutcomeUnknown(true).build();
            }
            return switch (appended) {
                case Appended.Applied(long index, var outcomes) -> {
                    var answer = SubmitAnswer.newBuilder();
                    for (byte[] outcome : outcomes) answer.addOutcomes(ByteString.copyFrom(outcome));
                    yield answer.build();
                }
                case Appended.NotLeader(Optional<NodeId> other) ->
                    SubmitAnswer.newBuilder().setLeader(other.map(NodeId::value).orElse("?")).build();
                case Appended.Unavailable(String why) -> throw new RefusedException(Reason.NOT_READY, why);
                case Appended.DiskFull(String why) -> throw new RefusedException(Reason.DISK_FULL, "node " + self + ": " + why);
            };
        });
    }

    private static boolean isKnown(ByteString command) {
        try {
            return Command.parseFrom(command).getKindCase() != Command.KindCase.KIND_NOT_SET;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private Forwarder forwarder(ShardId shard, NodeId to) {
        return forwarders.computeIfAbsent(new Route(shard, to), r -> new Forwarder(shard, to, peers, clock, timers, pendingLimit));
    }

    /// One command on its way.
    private final class Journey {
        final ShardId shard;
        final byte[] command;
        final Deadline deadline;
        final CompletableFuture<Result> arrived = new CompletableFuture<>();
        private int attempts;
        private @Nullable NodeId told;
        private Duration pause = FIRST_PAUSE;
        private boolean doubtful;
        private boolean begun;
        private String last = "not tried";

        /// None while the first attempt is under way: most commands need no other.
        private @Nullable Turnout turnout;

        // Attempts follow one another, each begun by the completion of the one before: no two threads are ever in here at once.
        Journey(ShardId shard, byte[] command, Deadline deadline) {
            this.shard = shard;
            this.command = command;
            this.deadline = deadline;
        }

        /// Whatever is thrown, by a replica that is being closed, say, or by timers that take no more: who waits is told.
        void attempt() {
            try {
                tryOnce();
            } catch (RuntimeException e) {
                broken(e);
            }
        }

        private void tryOnce() {
            if (deadline.passed(clock)) {
                end();
                return;
            }
            // Whoever was named as the leader, even if the replica here still believes in another.
            NodeId target = told != null ? told : hints.guess(shard, attempts++);
            told = null;
            Deadline slice = deadline.earlier(Deadline.after(ATTEMPT, clock));
            begun = true;
            CompletableFuture<Forwarder.Forwarded> attempt = target.equals(self) ? here(slice) : there(target, slice);
            var _ = attempt.whenComplete((what, fault) -> {
                try {
                    if (fault != null) refused(target, Faults.bare(fault));
                    else went(target, what);
                } catch (RuntimeException e) {
                    broken(e);
                }
            });
        }

        private void broken(RuntimeException e) {
            last = e.toString();
            arrived.completeExceptionally(begun ? unknown() : e);
        }

        private CompletableFuture<Forwarder.Forwarded> there(NodeId target, Deadline slice) {
            forwarded.increment();
            return forwarder(shard, target).submit(command, slice);
        }

        private CompletableFuture<Forwarder.Forwarded> here(Deadline slice) {
            GroupCommit leader = leaders.get(shard);
            if (leader == null) return CompletableFuture.completedFuture(new Forwarder.Forwarded.NotLeader(Optional.empty()));
            // It may have set out unstamped from a replica that knew no log time, before this node led.
            return leader.submit(stamps.stamp(shard, command), slice).thenApply(appended -> switch (appended) {
                case Appended.Applied(long index, var outcomes) -> new Forwarder.Forwarded.Applied(outcomes.getFirst());
                case Appended.NotLeader(Optional<NodeId> other) -> new Forwarder.Forwarded.NotLeader(other);
                case Appended.Unavailable(String why) -> throw new RefusedException(Reason.NOT_READY, why);
                case Appended.DiskFull(String why) -> throw new RefusedException(Reason.DISK_FULL, "node " + self + ": " + why);
            });
        }

        private void went(NodeId target, Forwarder.Forwarded what) {
            switch (what) {
                case Forwarder.Forwarded.Applied(byte[] outcome) -> {
                    hints.saw(shard, target);
                    arrived.complete(new Result(outcome, doubtful));
                }
                case Forwarder.Forwarded.NotLeader(Optional<NodeId> leader) -> {
                    heard(target, Turnout.Said.FOLLOWS);
                    last = "node " + target + " does not lead";
                    hints.forget(shard, target);
                    leader.filter(other -> !other.equals(target)).ifPresent(other -> {
                        hints.saw(shard, other);
                        told = other;
                    });
                    // The first hint is followed at once; when nodes point at each other, not for ever.
                    again(told != null && pause.equals(FIRST_PAUSE) ? Duration.ZERO : pause);
                }
                case Forwarder.Forwarded.Unknown(String why) -> {
                    heard(target, Turnout.Said.OTHER);
                    doubtful = true;
                    last = why;
                    hints.forget(shard, target);
                    again(pause);
                }
            }
        }

        private void refused(NodeId target, Throwable fault) {
            boolean full = fault instanceof RefusedException refused && refused.reason() == Reason.DISK_FULL;
            var heard = heard(target, full ? Turnout.Said.DISK_FULL : Turnout.Said.OTHER);
            if (fault instanceof OutcomeUnknownException) {
                doubtful = true;
                last = String.valueOf(fault.getMessage());
            } else if (fault instanceof RefusedException refused) {
                last = refused.getMessage() == null ? refused.reason().name() : refused.getMessage();
                // Waiting for room is the caller's choice. In doubt it goes on: the outcome may yet become known.
                if (!doubtful && heard.noMajorityHasRoom()) {
                    arrived.completeExceptionally(diskFull(heard));
                    return;
                }
                boolean elsewhere = switch (refused.reason()) {
                    case NOT_READY, REPLICA_NOT_HERE, DEADLINE_EXCEEDED, NO_LEADER, DISK_FULL -> true;
                    default -> false;
                };
                if (!elsewhere) {
                    arrived.completeExceptionally(doubtful ? unknown() : refused);
                    return;
                }
            } else {
                doubtful = true;
                last = fault.toString();
            }
            hints.forget(shard, target);
            again(pause);
        }

        private void again(Duration after) {
            retries.increment();
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
            Duration left = deadline.left(clock);
            Duration wait = after.compareTo(left) < 0 ? after : left.isNegative() ? Duration.ZERO : left;
            timers.after(wait, this::attempt);
        }

        private void end() {
            if (doubtful) arrived.completeExceptionally(unknown());
            else if (turnout != null && turnout.roomIsLacking()) arrived.completeExceptionally(diskFull(turnout));
            else
                arrived.completeExceptionally(new RefusedException(
                        Reason.NO_LEADER, "no leader of shard " + shard + " took the command within the deadline; last: " + last));
        }

        private Turnout heard(NodeId from, Turnout.Said what) {
            if (turnout == null) turnout = new Turnout(hints.holders(shard).size());
            turnout.heard(from, what);
            return turnout;
        }

        private RefusedException diskFull(Turnout heard) {
            return new RefusedException(
                    Reason.DISK_FULL, "disks are full, so that shard " + shard + " has no majority: " + heard + "; last: " + last);
        }

        private OutcomeUnknownException unknown() {
            return new OutcomeUnknownException("shard " + shard + " may or may not have recorded it: " + last);
        }
    }
}
