package io.engram.grid.log;

import io.engram.grid.GridConfig;
import io.engram.grid.GridConfig.Member;
import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipQuestion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftGroupId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The replicas of this node on Apache Ratis (decision 0001): one server, one Raft group for each shard.
public final class RatisShardLogs implements ShardLogs {
    private static final Logger LOG = LoggerFactory.getLogger(RatisShardLogs.class);
    private static final Duration JOIN_THREADS = Duration.ofSeconds(2);
    private static final Duration HAND_OVER = Duration.ofSeconds(3);

    private final Placement placement;
    private final RaftNode node;
    private final Map<ShardId, Replica> replicas = new TreeMap<>();
    private final List<ExecutorService> executors = new ArrayList<>();
    private final List<Thread> keepers = new ArrayList<>();
    private final MembershipDesk desk;
    private final LeaderBalance balance;
    private final ExecutorService answering;

    /// Returns before the replicas run. Needs [ShardLogs#answer] wired to the other nodes before any of them can run.
    ///
    /// @param identity of the data folder: whoever opens a folder knows first whose it is
    /// @param machines makes the state machine of a shard; called once for each shard held
    /// @param others carries questions to the other nodes; may fail until they are up
    /// @throws IOException the data folder cannot be used; or the port is taken
    public static ShardLogs open(
            GridConfig config, Identity identity, Function<ShardId, ShardMachine> machines, MembershipClient others) throws IOException {
        return new RatisShardLogs(config, identity, machines, others, MonotonicClock.SYSTEM);
    }

    private RatisShardLogs(
            GridConfig config, Identity identity, Function<ShardId, ShardMachine> machines, MembershipClient others, MonotonicClock clock)
            throws IOException {
        var data = config.data().toAbsolutePath().normalize();
        var storage = data.resolve("raft");
        Files.createDirectories(storage);
        placement = Placement.of(config);
        answering = executor();
        var shardOf = new TreeMap<RaftGroupId, ShardId>((a, b) -> a.getUuid().compareTo(b.getUuid()));
        node = new RaftNode(config, storage, group -> {
            var shard = shardOf.get(group);
            if (shard == null) throw new IllegalStateException("group " + group + " is no shard of this node");
            return replica(shard).machine();
        });
        var disk = new DiskProbe(data);
        for (var shard : placement.heldBy(config.self())) {
            var group = groupOf(config.cluster(), shard);
            shardOf.put(group, shard);
            var nodes = placement.replicas(shard);
            var neighbours = new Neighbours(
                    config.self(),
                    nodes.stream().map(Member::node).filter(n -> !n.equals(config.self())).toList(),
                    others,
                    clock);
            var applied = new AppliedIndex(answering);
            var appending = Executors.newSingleThreadExecutor(Thread.ofVirtual().name("append-" + shard).factory());
            executors.add(appending);
            var log = new RatisShardLog(shard, config.self(), applied, appending, answering, clock);
            replicas.put(
                    shard,
                    new Replica(
                            shard,
                            group,
                            node,
                            nodes.stream().map(RaftNode::peer).toList(),
                            neighbours,
                            new ReplicaFiles(data, shard, group),
                            disk,
                            log,
                            new ReplicaStateMachine.Machine(machines.apply(shard)),
                            applied));
        }
        desk = new MembershipDesk(placement, node, replicas);
        balance = new LeaderBalance(placement, node, replicas.values());
        LOG.info("logs opening node={} incarnation={} shards={}", identity.node(), identity.incarnation(), replicas.keySet());
        try {
            node.ensureOpen();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        for (var replica : replicas.values())
            keepers.add(Thread.ofVirtual().name("replica-" + replica.shard()).start(replica::keep));
        keepers.add(Thread.ofVirtual().name("leader-balance").start(balance::keep));
    }

    private ExecutorService executor() {
        var made = Executors.newVirtualThreadPerTaskExecutor();
        executors.add(made);
        return made;
    }

    static RaftGroupId groupOf(String cluster, ShardId shard) {
        return RaftGroupId.valueOf(
                UUID.nameUUIDFromBytes(("engram/" + cluster + "/" + shard).getBytes(StandardCharsets.UTF_8)));
    }

    Replica replica(ShardId shard) {
        var replica = replicas.get(shard);
        if (replica == null) throw new IllegalArgumentException("this node holds no replica of shard " + shard);
        return replica;
    }

    RaftNode node() {
        return node;
    }

    @Override
    public Set<ShardId> held() {
        return Set.copyOf(replicas.keySet());
    }

    @Override
    public ShardLog log(ShardId shard) {
        return replica(shard).log();
    }

    @Override
    public Placement placement() {
        return placement;
    }

    @Override
    public CompletableFuture<MembershipAnswer> answer(MembershipQuestion question, Deadline deadline) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return desk.answer(question, deadline);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                answering);
    }

    @Override
    public List<String> complaints() {
        return replicas.values().stream().flatMap(r -> r.complaints().stream()).toList();
    }

    @Override
    public void close() {
        keepers.forEach(Thread::interrupt);
        try {
            for (var keeper : keepers) {
                var _ = keeper.join(JOIN_THREADS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        balance.handOver(HAND_OVER);
        replicas.values().forEach(r -> r.log().stopped("FAILED: closed"));
        node.close();
        executors.forEach(ExecutorService::shutdownNow);
    }
}
