package io.engram.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.grid.GridConfig.ColdConfig;
import io.engram.grid.GridConfig.HotConfig;
import io.engram.grid.GridConfig.LogConfig;
import io.engram.grid.GridConfig.Member;
import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.cluster.Peers;
import io.engram.grid.cluster.Reception;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Placement;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Real grids in one JVM: Ratis, Hazelcast and (if wanted) Ignite over loopback, questions between nodes by direct calls. Any
/// node can be cut off from the others, its Raft traffic and its questions alike (not the tiers', which decide nothing).
final class LocalCluster implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    private final String name = "test-" + CLUSTERS.incrementAndGet() + "-" + ProcessHandle.current().pid();
    private final Path folder;
    private final int shards;
    private final boolean cold;
    private final List<Member> members;
    private final Map<String, CuttableLink> links = new HashMap<>();
    private final Map<NodeId, Reception> receptions = new ConcurrentHashMap<>();
    private final Set<NodeId> cutOff = ConcurrentHashMap.newKeySet();
    private final Map<NodeId, Grid> grids = new ConcurrentHashMap<>();

    private LocalCluster(Path folder, int nodes, int shards, boolean cold) {
        this.folder = folder;
        this.shards = shards;
        this.cold = cold;
        int[] ports = FreePorts.pick(nodes * 6);
        this.members = IntStream.range(0, nodes)
                .mapToObj(i -> new Member(
                        new NodeId("n" + (i + 1)), "127.0.0.1", i, ports[i * 6], ports[i * 6 + 1], ports[i * 6 + 2], ports[i * 6 + 3],
                        ports[i * 6 + 4], ports[i * 6 + 5]))
                .toList();
        for (Member from : members)
            for (Member to : members)
                if (!from.equals(to)) links.put(from.node() + ">" + to.node(), new CuttableLink(to.raftPort()));
    }

    static LocalCluster start(Path folder, int nodes, int shards) {
        return start(folder, nodes, shards, false);
    }

    static LocalCluster start(Path folder, int nodes, int shards, boolean cold) {
        var cluster = new LocalCluster(folder, nodes, shards, cold);
        try {
            cluster.openAll();
            return cluster;
        } catch (RuntimeException | Error e) {
            // Nobody has it yet who could close it.
            cluster.close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    List<NodeId> nodes() {
        return members.stream().map(Member::node).toList();
    }

    Grid grid(NodeId node) {
        Grid grid = grids.get(node);
        if (grid == null) throw new IllegalStateException(node + " is not open");
        return grid;
    }

    List<Grid> grids() {
        return nodes().stream().filter(grids::containsKey).map(this::grid).toList();
    }

    Grid any() {
        return grids().getFirst();
    }

    void openAll() {
        open(nodes());
    }

    void open(List<NodeId> nodes) {
        var opening = nodes.stream()
                .filter(node -> !grids.containsKey(node))
                .map(node -> CompletableFuture.runAsync(() -> grids.put(node, openGrid(node)), task -> Thread.ofVirtual().start(task)))
                .toList();
        opening.forEach(CompletableFuture::join);
        awaitReady();
    }

    void awaitReady() {
        for (Grid grid : grids()) {
            try {
                assertThat(grid.awaitReady(in(PATIENCE))).as("ready: %s", grid.health()).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private Grid openGrid(NodeId node) {
        var reception = new Reception();
        receptions.put(node, reception);
        try {
            return Grid.open(config(node), new Direct(node), reception);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As this node sees the others: its Raft traffic goes through links that can be cut.
    private GridConfig config(NodeId self) {
        var seen = members.stream()
                .map(member -> {
                    CuttableLink link = links.get(self + ">" + member.node());
                    return link == null ? member : throughLink(member, link);
                })
                .toList();
        return new GridConfig(
                name, self, seen, folder.resolve(self.value()), shards, Math.min(3, members.size() % 2 == 0 ? 1 : members.size()),
                new LogConfig(Duration.ofMillis(500), Duration.ofMillis(1_000), 2_000, 256 << 10, 4, 8 << 20),
                new MemoryConfig(Duration.ofMinutes(10), 100_000, 100), new HotConfig(true, 64 << 20, 1),
                new ColdConfig(cold, 64 << 20, 1));
    }

    private static Member throughLink(Member member, CuttableLink link) {
        return new Member(
                member.node(), member.host(), member.rank(), member.clientPort(), member.peerPort(), link.port(), member.hotPort(),
                member.coldDiscoveryPort(), member.coldCommunicationPort());
    }

    void close(NodeId node) {
        Grid grid = grids.remove(node);
        if (grid != null) grid.close();
    }

    void closeAll() {
        var closing = nodes().stream()
                .map(node -> CompletableFuture.runAsync(() -> close(node), task -> Thread.ofVirtual().start(task)))
                .toList();
        closing.forEach(CompletableFuture::join);
    }

    /// Nothing goes between this node and the others from now on, either way.
    void cutOff(NodeId node) {
        cutOff.add(node);
        links.forEach((between, link) -> {
            if (between.startsWith(node + ">") || between.endsWith(">" + node)) link.cut(true);
        });
    }

    void heal() {
        cutOff.clear();
        links.values().forEach(link -> link.cut(false));
    }

    /// The preferred leader, once it leads: from then on nobody transfers leadership.
    NodeId settledLeader(ShardId shard) {
        NodeId preferred = Placement.of(config(nodes().getFirst())).preferredLeader(shard);
        await().atMost(PATIENCE).until(() -> leads(preferred, shard));
        return preferred;
    }

    boolean leads(NodeId node, ShardId shard) {
        return grid(node).status(false, true, in(PATIENCE)).members().getFirst().replicas().stream()
                .anyMatch(replica -> replica.shard().equals(shard) && replica.role() == ReplicaView.Role.LEADER);
    }

    static Deadline in(Duration duration) {
        return Deadline.after(duration, MonotonicClock.SYSTEM);
    }

    @Override
    public void close() {
        closeAll();
        links.values().forEach(link -> {
            try {
                link.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private final class Direct implements Peers {
        private final NodeId from;

        Direct(NodeId from) {
            this.from = from;
        }

        @Override
        public CompletableFuture<byte[]> ask(NodeId to, byte[] question, Deadline deadline) {
            var answer = new CompletableFuture<byte[]>()
                    .orTimeout(Math.max(0, deadline.left(MonotonicClock.SYSTEM).toNanos()), TimeUnit.NANOSECONDS);
            @Nullable Reception reception = receptions.get(to);
            if (isCut(to)) return answer;
            if (reception == null) {
                answer.completeExceptionally(new IOException(to + " is not up"));
                return answer;
            }
            Thread.ofVirtual().start(() -> {
                var _ = reception.answer(question, deadline).whenComplete((bytes, fault) -> {
                    // An answer does not pass a cut either.
                    if (isCut(to)) return;
                    if (fault != null) answer.completeExceptionally(fault);
                    else answer.complete(bytes);
                });
            });
            return answer;
        }

        private boolean isCut(NodeId to) {
            return cutOff.contains(from) || cutOff.contains(to);
        }
    }
}
