package io.engram.grid.route;

import io.engram.grid.GridConfig;
import io.engram.grid.cluster.ClusterStatus;
import io.engram.grid.cluster.ClusterStatus.Engine;
import io.engram.grid.cluster.ClusterStatus.Health;
import io.engram.grid.cluster.ClusterStatus.Replica;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ReadGate;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLogs;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.tier.cold.ColdTier;
import io.engram.grid.tier.hot.HotTier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What this node says of itself.
///
/// Safe for use by many threads; waits for nobody.
public final class NodeReport {
    /// Less than one segment of the log: the next one may be the last.
    static final long LOW_DISK_BYTES = 32 << 20;

    private static final Duration LOOK = Duration.ofMillis(200);

    private final GridConfig config;
    private final ShardLogs logs;
    private final List<Held> held;
    private final Map<ShardId, Records> records;
    private final ReadGate gate;
    private final HotTier hot;
    private final ColdTier cold;
    private final MonotonicClock clock;
    private final Footprint footprint;
    private final long opened;
    private final String version;
    private volatile boolean wasReady;

    NodeReport(
            GridConfig config, ShardLogs logs, List<Held> held, Map<ShardId, Records> records, ReadGate gate, HotTier hot,
            ColdTier cold, MonotonicClock clock) {
        this.config = config;
        this.logs = logs;
        this.held = List.copyOf(held);
        this.records = Map.copyOf(records);
        this.gate = gate;
        this.hot = hot;
        this.cold = cold;
        this.clock = clock;
        this.footprint = new Footprint(config.data(), clock);
        this.opened = clock.nanos();
        String built = NodeReport.class.getPackage().getImplementationVersion();
        this.version = built == null ? "development" : built;
    }

    /// Every replica held here runs and knows a leader.
    public boolean ready() {
        boolean ready = held.stream().map(shard -> logs.log(shard.shard()).view()).allMatch(NodeReport::serves);
        if (ready) wasReady = true;
        return ready;
    }

    private static boolean serves(ReplicaView view) {
        return view.running() && (view.leads() || view.leader().isPresent());
    }

    public Health health() {
        return health(ready(), complaints());
    }

    private Health health(boolean ready, List<String> complaints) {
        if (!ready) return wasReady ? Health.UNHEALTHY : Health.STARTING;
        if (complaints.stream().anyMatch(complaint -> complaint.startsWith("disk-full"))) return Health.UNHEALTHY;
        return complaints.isEmpty() ? Health.HEALTHY : Health.DEGRADED;
    }

    /// One line each; the first word is stable.
    public List<String> complaints() {
        var complaints = new ArrayList<String>();
        long free = footprint.diskFreeBytes();
        if (free < LOW_DISK_BYTES) complaints.add("disk-full " + free + " bytes are left on the disk of " + config.data());
        for (Held shard : held) {
            ReplicaView view = logs.log(shard.shard()).view();
            if (view.lifeCycle().startsWith("FAILED"))
                complaints.add("replica-failed shard " + shard.shard() + " is " + view.lifeCycle());
            else if (!view.running()) complaints.add("replica-starting shard " + shard.shard() + " is " + view.lifeCycle());
            else if (!serves(view)) complaints.add("no-leader shard " + shard.shard() + " knows no leader");
        }
        // The log probes the disk by writing to it, and knows of a full one even where some bytes are left.
        for (String said : logs.complaints())
            complaints.add((said.contains("cannot be written") ? "disk-full " : said.contains("damaged file") ? "damaged-file " : "log ") + said);
        records.forEach((shard, of) -> of.damagedFiles().forEach(file -> complaints.add("damaged-file shard " + shard + " " + file)));
        tier("hot", hot.health().state(), hot.health().detail()).ifPresent(complaints::add);
        tier("cold", cold.health().state(), cold.health().detail()).ifPresent(complaints::add);
        return List.copyOf(complaints);
    }

    private static Optional<String> tier(String name, String state, String detail) {
        return switch (state) {
            case "up", "off" -> Optional.empty();
            default -> Optional.of(name + "-" + state + " " + detail);
        };
    }

    public ClusterStatus.Member member(boolean withDigests) {
        var self = config.selfMember();
        boolean ready = ready();
        var complaints = complaints();
        var replicas = held.stream().map(shard -> replica(shard, withDigests)).toList();
        return new ClusterStatus.Member(
                self.node(), self.host(), self.clientPort(), true, health(ready, complaints), complaints, version,
                Duration.ofNanos(clock.nanos() - opened), replicas, engines(ready), footprint.residentBytes(), footprint.dataBytes(),
                footprint.diskFreeBytes());
    }

    private List<Engine> engines(boolean ready) {
        HotTier.Health warmth = hot.health();
        ColdTier.Health frost = cold.health();
        long running = held.stream().filter(shard -> logs.log(shard.shard()).view().running()).count();
        String log = ready ? "up" : running == 0 ? (wasReady ? "down" : "starting") : "degraded";
        return List.of(
                new Engine("log", log, running + " of " + held.size() + " replicas run", config.replication()),
                new Engine("hot", warmth.state(), warmth.detail(), warmth.members()),
                new Engine("cold", frost.state(), frost.detail(), frost.members()));
    }

    private Replica replica(Held shard, boolean withDigest) {
        ReplicaView view = logs.log(shard.shard()).view();
        try (ShardReading reading = shard.state().read()) {
            return new Replica(
                    shard.shard(), view.role(), view.term(), view.leads() ? Optional.of(config.self()) : view.leader(),
                    new Position(shard.shard(), reading.position()), view.committed(), view.applied(), view.snapshot(), view.lifeCycle(),
                    staleness(shard), shard.segments().figures().liveRows(), sessions(reading),
                    withDigest ? HexFormat.of().toHexDigits(reading.digest()) : "");
        }
    }

    private static long sessions(ShardReading reading) {
        try (var spaces = reading.spaces()) {
            return spaces.mapToLong(space -> reading.sessions(space.id())).sum();
        }
    }

    /// What can be proven without asking anybody.
    private Optional<Duration> staleness(Held shard) {
        var proof = gate.pass(shard.shard(), new Consistency.Eventual(), shard.state(), Deadline.after(LOOK, clock));
        if (!proof.isDone() || proof.isCompletedExceptionally()) return Optional.empty();
        ShardProof now = proof.join();
        return now.staleness();
    }
}
