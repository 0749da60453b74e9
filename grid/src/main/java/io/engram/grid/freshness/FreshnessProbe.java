package io.engram.grid.freshness;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.log.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps evidence of how fresh each replica of this node is: asks the leaders for fenced indexes (or fences, where this node
/// leads), waits until they are applied, and remembers when it had asked. Never blocks.
final class FreshnessProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FreshnessProbe.class);
    static final Duration OFTEN_AT_LEAST = Duration.ofMillis(100);
    static final Duration OFTEN_AT_MOST = Duration.ofMillis(250);

    /// While nobody reads: often enough that the first read after a pause mostly finds some evidence.
    static final Duration SELDOM = Duration.ofSeconds(1);

    static final Duration QUIET_AFTER = Duration.ofSeconds(10);

    /// A replica that is further behind than this takes its evidence from a later probe.
    private static final Duration APPLIED_WITHIN = Duration.ofSeconds(5);

    private final NodeId self;
    private final Map<ShardId, ShardLog> replicas;
    private final Fence fence;
    private final LeaderQuestions leaders;
    private final Clocks clocks;
    private final Timers timers;
    private final RandomGenerator random;
    private final Map<ShardId, Evidence> evidence = new ConcurrentHashMap<>();
    private volatile long lastRead;
    private volatile boolean closed;

    FreshnessProbe(
            NodeId self, Map<ShardId, ShardLog> replicas, Fence fence, LeaderQuestions leaders, Clocks clocks, Timers timers,
            RandomGenerator random) {
        this.self = self;
        this.replicas = replicas;
        this.fence = fence;
        this.leaders = leaders;
        this.clocks = clocks;
        this.timers = timers;
        this.random = random;
        this.lastRead = clocks.monotonic().nanos();
    }

    void start() {
        timers.after(pause(), this::tick);
    }

    /// Keeps the probe going often for a while.
    void readHappened() {
        lastRead = clocks.monotonic().nanos();
    }

    /// The latest evidence that still holds: a replica that was restarted in place from a snapshot may have lost it.
    Optional<Evidence> latest(ShardLog log) {
        return Optional.ofNullable(evidence.get(log.shard())).filter(known -> {
            ReplicaView view = log.view();
            return view.running() && view.applied() >= known.index();
        });
    }

    /// One try to establish, with questions sent after this call, how fresh the replica is. What it proves holds every write
    /// acknowledged before this call, once it is applied.
    ///
    /// @param other a node that may lead, asked if this one does not
    CompletableFuture<Fenced> ask(ShardLog log, Optional<NodeId> other) {
        ReplicaView view = log.view();
        if (!view.running()) return CompletableFuture.completedFuture(new Fenced.NotReady(view.lifeCycle()));
        if (view.leads()) return only(fence.ask(List.of(log.shard())));
        return other.or(view::leader)
                .filter(node -> !node.equals(self))
                .map(node -> only(leaders.ask(node, List.of(log.shard()))))
                .orElseGet(() -> CompletableFuture.completedFuture(new Fenced.NotLeader(Optional.empty())));
    }

    /// Completes with the evidence once the replica has applied what was proven; with a
    /// [java.util.concurrent.TimeoutException] at the deadline.
    CompletableFuture<Evidence> applied(ShardLog log, Fenced.Proven proven, Deadline deadline) {
        return log.whenApplied(proven.index(), deadline).thenApply(done -> {
            Evidence fresh = new Evidence(proven.asked(), proven.index(), proven.term(), proven.how());
            evidence.merge(log.shard(), fresh, Evidence::later);
            return fresh;
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    private void tick() {
        if (closed) return;
        try {
            look();
        } catch (RuntimeException e) {
            // Ratis may close or change a replica while it is looked at. The next look must come all the same.
            LOG.warn("looking at replicas failed node={}", self, e);
        }
        timers.after(pause(), this::tick);
    }

    private void look() {
        List<ShardId> led = new ArrayList<>();
        Map<NodeId, List<ShardId>> followed = new TreeMap<>();
        replicas.forEach((shard, log) -> {
            ReplicaView view = log.view();
            if (!view.running()) return;
            if (view.leads()) led.add(shard);
            else
                view.leader()
                        .filter(leader -> !leader.equals(self))
                        .ifPresent(leader -> followed.computeIfAbsent(leader, l -> new ArrayList<>()).add(shard));
        });
        if (!led.isEmpty()) remember(fence.ask(led));
        followed.forEach((leader, shards) -> remember(leaders.ask(leader, shards)));
    }

    private void remember(Map<ShardId, CompletableFuture<Fenced>> asked) {
        asked.forEach((shard, result) -> {
            ShardLog log = replicas.get(shard);
            if (log == null) return;
            var _ = result.thenCompose(fenced -> fenced instanceof Fenced.Proven proven
                    ? applied(log, proven, clocks.in(APPLIED_WITHIN)).thenApply(Optional::of)
                    : CompletableFuture.completedFuture(Optional.empty()));
        });
    }

    private Duration pause() {
        boolean quiet = clocks.monotonic().nanos() - lastRead > QUIET_AFTER.toNanos();
        if (quiet) return SELDOM;
        return Duration.ofNanos(random.nextLong(OFTEN_AT_LEAST.toNanos(), OFTEN_AT_MOST.toNanos()));
    }

    private static CompletableFuture<Fenced> only(Map<ShardId, CompletableFuture<Fenced>> one) {
        return one.values().iterator().next();
    }
}
