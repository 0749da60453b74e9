package io.engram.grid;

import io.engram.grid.cluster.ClusterStatus;
import io.engram.grid.cluster.Peers;
import io.engram.grid.cluster.Reception;
import io.engram.grid.freshness.Clocks;
import io.engram.grid.freshness.FreshnessGate;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Identity;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Placement;
import io.engram.grid.log.RatisShardLogs;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.log.ShardLogs;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Spaces;
import io.engram.grid.memory.segment.FileSegmentStore;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.shard.ShardState;
import io.engram.grid.route.Held;
import io.engram.grid.route.HotWrites;
import io.engram.grid.route.PeerCalls;
import io.engram.grid.route.Routing;
import io.engram.grid.route.SystemTimers;
import io.engram.grid.tier.cold.ColdTier;
import io.engram.grid.tier.cold.IgniteColdTier;
import io.engram.grid.tier.hot.HazelcastHotTier;
import io.engram.grid.tier.hot.HotTier;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node's part of the store: its replicas, its share of the tiers, and the way to everyone else's.
///
/// Safe for use by many threads. Open one for each process (tests open several, on different ports and folders).
public final class Grid implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Grid.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    /// Parts in the order in which they were opened; closed in the reverse order.
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Reception reception;
    private final Routing routing;

    /// Starts all engines at once and returns before they are up: [#awaitReady] waits for the replicas, and a tier that does not
    /// start holds nothing up.
    ///
    /// @param peers how to ask other nodes; used from now on
    /// @param reception where their questions arrive; answers from now until `close`
    /// @throws IOException the data folder cannot be used: not ours, locked, damaged, of another cluster; or a port is taken
    public static Grid open(GridConfig config, Peers peers, Reception reception) throws IOException {
        return new Grid(config, peers, reception);
    }

    private Grid(GridConfig config, Peers peers, Reception reception) throws IOException {
        this.reception = reception;
        try {
            // Before any part touches the folder: the records below would else count as those of a node that lost its name.
            Identity identity = Identity.open(config.data(), config.cluster(), config.self());
            SystemTimers timers = opened(new SystemTimers("engram-timers-" + config.self()));
            HotTier hot = opened(HazelcastHotTier.open(config));
            ColdTier cold = opened(IgniteColdTier.open(config));

            Map<ShardId, Held> held = new TreeMap<>();
            Map<ShardId, ShardState> machines = new TreeMap<>();
            for (ShardId shard : Placement.of(config).heldBy(config.self())) {
                SegmentStore segments = opened(FileSegmentStore.open(config.data().resolve("records").resolve(shard.toString()), shard));
                HotWrites hotWrites = opened(new HotWrites(shard, segments, hot));
                ShardState state = opened(
                        new ShardState(shard, segments, config.memory(), hotWrites, timers, MonotonicClock.SYSTEM));
                hotWrites.start(state);
                machines.put(shard, state);
                held.put(shard, new Held(shard, segments, state, hotWrites));
            }

            PeerCalls calls = new PeerCalls(config.self(), peers);
            ShardLogs logs = opened(RatisShardLogs.open(config, identity, shard -> Objects.requireNonNull(machines.get(shard)), calls));
            Map<ShardId, ShardLog> replicas = new TreeMap<>();
            for (ShardId shard : logs.held()) replicas.put(shard, logs.log(shard));

            FreshnessGate gate = opened(new FreshnessGate(config.self(), replicas, calls, Clocks.SYSTEM, timers, new Random()));
            gate.start();
            routing = opened(new Routing(config, logs, List.copyOf(held.values()), gate, calls, hot, cold, timers));
            reception.open(routing.desk());
            log.info("grid opened cluster={} node={} shards={}", config.cluster(), config.self(), held.keySet());
        } catch (IOException | RuntimeException e) {
            closeParts();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    public Spaces spaces() {
        return routing.spaces();
    }

    public Memories memories() {
        return routing.memories();
    }

    /// Waits until every replica held here runs and knows a leader, so that requests can be served.
    ///
    /// @return false: not by the deadline; [#health] says why
    public boolean awaitReady(Deadline deadline) throws InterruptedException {
        while (!routing.report().ready()) {
            if (deadline.passed(MonotonicClock.SYSTEM)) return false;
            Thread.sleep(LOOK_EVERY);
        }
        return true;
    }

    /// The cluster as this node sees it; asks the other members, all at once, unless `localOnly`. Blocks until the deadline at most.
    public ClusterStatus status(boolean withDigests, boolean localOnly, Deadline deadline) {
        return routing.status(withDigests, localOnly, deadline);
    }

    /// Cheap; asks nobody.
    public Health health() {
        return new Health(routing.report().health(), routing.report().ready(), routing.report().complaints());
    }

    /// @param ready every replica held here runs and knows a leader: requests can be served
    /// @param complaints as in [ClusterStatus.Member]
    public record Health(ClusterStatus.Health state, boolean ready, List<String> complaints) {
        public Health {
            complaints = List.copyOf(complaints);
        }
    }

    /// Counters and gauges as of now. Cheap; asks nobody.
    public List<Figure> figures() {
        return routing.figures();
    }

    /// Stops taking questions, hands leaderships over where that is quick, closes the replicas, then the tiers. At most about ten seconds.
    @Override
    public void close() {
        reception.close();
        closeParts();
    }

    private void closeParts() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.warn("part did not close part={}", part.getClass().getSimpleName(), e);
            }
        }
    }
}
