package io.engram.grid.freshness;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.log.Timers;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.TermsAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The read gate of one node: fence on the leader, fenced index on a follower, probed evidence for bounded reads.
///
/// Also answers what the gates of other nodes ask. Safe for use by many threads; never blocks; every read ends by its deadline.
///
/// In the proof that `pass` gives, `applied` is what readers could see when the read was let through. A reader that finds
/// less than that when it looks (the replica was restarted in between) must refuse with `NOT_READY`.
public final class FreshnessGate implements ReadGate, AutoCloseable {
    /// How long a bounded read waits for a proof. Asking the leader takes milliseconds: who has none after this is cut off.
    static final Duration BOUNDED_WAIT = Duration.ofSeconds(1);

    private final NodeId self;
    private final Map<ShardId, ShardLog> replicas;
    private final Clocks clocks;
    private final Timers timers;
    private final RandomGenerator random;
    private final Fence fence;
    private final FreshnessProbe probe;

    /// @param replicas of this node; each stays the same object for the life of the gate
    /// @param random jitter only; safe for use by many threads
    public FreshnessGate(
            NodeId self, Map<ShardId, ShardLog> replicas, FreshnessPeers peers, Clocks clocks, Timers timers,
            RandomGenerator random) {
        this.self = self;
        this.replicas = Collections.unmodifiableSortedMap(new TreeMap<>(replicas));
        this.clocks = clocks;
        this.timers = timers;
        this.random = random;
        this.fence = new Fence(self, this.replicas, peers, clocks, timers);
        LeaderQuestions leaders = new LeaderQuestions(peers, clocks, timers);
        this.probe = new FreshnessProbe(self, this.replicas, fence, leaders, clocks, timers, random);
    }

    /// Starts probing. Reads work without, but have no evidence except what they gather themselves.
    public void start() {
        probe.start();
    }

    @Override
    public CompletableFuture<ShardProof> pass(ShardId shard, Consistency consistency, Positions positions, Deadline deadline) {
        Moment began = clocks.now();
        ShardLog log = replicas.get(shard);
        if (log == null) return refused(Reason.REPLICA_NOT_HERE, "no replica of shard " + shard + " on " + self);
        if (deadline.passed(clocks.monotonic())) return refused(Reason.DEADLINE_EXCEEDED, "the deadline passed before the read began");
        ReplicaView view = log.view();
        if (!view.running()) return CompletableFuture.failedFuture(notReady(shard, view.lifeCycle()));
        probe.readHappened();
        Read read = new Read(log, positions, began, deadline);
        return switch (consistency) {
            case Consistency.Linearizable() -> linearizable(read);
            case Consistency.Bounded(Duration bound) -> bounded(read, bound);
            case Consistency.AtLeast(List<Position> wanted) -> atLeast(read, wanted);
            case Consistency.Eventual() -> weak(read);
        };
    }

    /// What this node says to a terms question that has arrived: only terms that count.
    public TermsAnswer answerTerms() {
        TermsAnswer.Builder answer = TermsAnswer.newBuilder();
        replicas.forEach((shard, log) -> {
            ReplicaView view = log.view();
            if (view.running() && view.term() >= 1)
                answer.addTerms(TermsAnswer.ShardTerm.newBuilder()
                        .setShard(shard.value())
                        .setTerm(view.term())
                        .setPeer(view.peer()));
        });
        return answer.build();
    }

    /// What this node says to a fenced index question that has arrived: an index where its fence holds, a hint elsewhere.
    /// Completes within a second.
    public CompletableFuture<FencedIndexAnswer> answerFencedIndex(FencedIndexQuestion question) {
        Map<ShardId, CompletableFuture<Fenced>> results = new TreeMap<>();
        List<ShardId> led = new ArrayList<>();
        for (int number : question.getShardsList()) {
            ShardId shard = new ShardId(number);
            ShardLog log = replicas.get(shard);
            ReplicaView view = log == null ? null : log.view();
            if (view != null && view.running() && view.leads()) led.add(shard);
            else results.put(shard, CompletableFuture.completedFuture(new Fenced.NotLeader(view == null ? Optional.empty() : view.leader())));
        }
        results.putAll(fence.ask(led));
        return CompletableFuture.allOf(results.values().toArray(CompletableFuture[]::new)).handle((done, failure) -> {
            FencedIndexAnswer.Builder answer = FencedIndexAnswer.newBuilder();
            results.forEach((shard, result) -> answer.addShards(told(shard, result)));
            return answer.build();
        });
    }

    /// Stops probing. Reads under way end by their deadlines.
    @Override
    public void close() {
        probe.close();
    }

    static RefusedException notReady(ShardId shard, String lifeCycle) {
        return new RefusedException(Reason.NOT_READY, "the replica of shard " + shard + " is " + lifeCycle);
    }

    private CompletableFuture<ShardProof> linearizable(Read read) {
        return fresh(read, Optional::empty, read.deadline)
                .thenCompose(found -> let(read, found.index(), found.how(), Optional.of(Duration.ZERO), found.term()));
    }

    private CompletableFuture<ShardProof> bounded(Read read, Duration bound) {
        Supplier<Optional<Evidence>> enough =
                () -> probe.latest(read.log).filter(known -> known.asked().ageAt(read.began).compareTo(bound) <= 0);
        Optional<Evidence> known = enough.get();
        if (known.isPresent()) return probed(read, known.get());
        Deadline until = read.deadline.earlier(clocks.in(BOUNDED_WAIT));
        return fresh(read, enough, until)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(stale(read, bound, failure)))
                .thenCompose(found -> probed(read, found));
    }

    private CompletableFuture<ShardProof> atLeast(Read read, List<Position> wanted) {
        long index = wanted.stream()
                .filter(position -> position.shard().equals(read.log.shard()))
                .mapToLong(Position::index)
                .max()
                .orElse(0);
        return read.positions.whenPublished(index, read.deadline)
                .exceptionallyCompose(failure -> refused(Reason.DEADLINE_EXCEEDED, "position " + index + " of shard "
                        + read.log.shard() + " has not been applied on " + self + " in time"))
                .thenCompose(done -> weak(read));
    }

    private CompletableFuture<Evidence> fresh(Read read, Supplier<Optional<Evidence>> known, Deadline until) {
        return new FreshRead(self, read.log, probe, clocks, timers, random, known, until).begin();
    }

    /// The last look before a read is let through, *after* what readers can see was noted: a replica that has failed
    /// meanwhile, or was restored from a snapshot and has not yet applied again what was proven, must not be read.
    private static CompletableFuture<ShardProof> let(
            Read read, long index, ShardProof.How how, Optional<Duration> staleness, long term) {
        Position published = new Position(read.log.shard(), read.positions.published());
        ReplicaView view = read.log.view();
        if (!view.running()) return CompletableFuture.failedFuture(notReady(read.log.shard(), view.lifeCycle()));
        if (view.applied() < index)
            return refused(Reason.NOT_READY, "the replica of shard " + read.log.shard() + " is being restored");
        return CompletableFuture.completedFuture(new ShardProof(published, how, staleness, term, Optional.of(view.role())));
    }

    private CompletableFuture<ShardProof> weak(Read read) {
        return probe.latest(read.log)
                .map(known -> probed(read, known))
                .orElseGet(() -> let(read, -1, ShardProof.How.UNPROVEN, Optional.empty(), 0));
    }

    private static CompletableFuture<ShardProof> probed(Read read, Evidence known) {
        Duration staleness = known.asked().ageAt(read.began);
        return let(read, known.index(), ShardProof.How.PROBED, Optional.of(staleness), known.term());
    }

    private RefusedException stale(Read read, Duration bound, Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause() : failure;
        if (cause instanceof RefusedException refused && refused.reason() == Reason.NOT_READY) return refused;
        return new RefusedException(Reason.STALE, "cannot prove on " + self + " that shard " + read.log.shard() + " is at most "
                + bound + " old", cause);
    }

    private FencedIndexAnswer.Fenced told(ShardId shard, CompletableFuture<Fenced> result) {
        FencedIndexAnswer.Fenced.Builder told = FencedIndexAnswer.Fenced.newBuilder().setShard(shard.value());
        Fenced fenced = result.isCompletedExceptionally() ? new Fenced.NoMajority() : result.join();
        return switch (fenced) {
            case Fenced.Proven proven -> told.setLogIndex(proven.index()).setTerm(proven.term()).build();
            case Fenced.NotLeader(Optional<NodeId> leader) ->
                told.setLeader(leader.map(NodeId::value).orElse(LeaderQuestions.NOBODY)).build();
            case Fenced.NoMajority() -> told.setLeader(LeaderQuestions.NOBODY).build();
            case Fenced.NotReady _ -> told.setLeader(LeaderQuestions.NOBODY).build();
        };
    }

    private static <T> CompletableFuture<T> refused(Reason reason, String message) {
        return CompletableFuture.failedFuture(new RefusedException(reason, message));
    }

    private record Read(ShardLog log, Positions positions, Moment began, Deadline deadline) {}
}
