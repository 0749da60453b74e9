package io.engram.grid.log;

import static org.awaitility.Awaitility.await;

import io.engram.grid.FreePorts;
import io.engram.grid.GridConfig;
import io.engram.grid.GridConfig.LogConfig;
import io.engram.grid.GridConfig.Member;
import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipQuestion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// Nodes with real Ratis servers in this process, on loopback ports. Each can be closed, opened again, cut off from
/// membership questions.
final class Cluster implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration UNAWARE = Duration.ofMinutes(5);

    private final Path folder;
    private final int shards;
    private final int replication;
    private final LogConfig log;
    private final List<Member> members = new ArrayList<>();
    private final Map<NodeId, Node> nodes = new ConcurrentHashMap<>();
    final Set<NodeId> unreachable = ConcurrentHashMap.newKeySet();

    /// What the machines of nodes that start from now on wait for.
    volatile CountDownLatch open = new CountDownLatch(0);

    /// Whose machines fail from their start on.
    final Set<NodeId> ill = ConcurrentHashMap.newKeySet();

    /// Nodes that go on leading for long after they have lost their followers, as one does whose process is paused. They also wait for
    /// long before they ask for votes.
    final Set<NodeId> unaware = ConcurrentHashMap.newKeySet();

    /// Term on a node's disk when it first asked to be taken in.
    final Map<NodeId, Long> termAtJoin = new ConcurrentHashMap<>();

    record Node(ShardLogs logs, Map<ShardId, RecordingMachine> machines) {
        RecordingMachine machine(int shard) {
            var machine = machines.get(new ShardId(shard));
            if (machine == null) throw new IllegalStateException("no machine for shard " + shard);
            return machine;
        }

        ShardLog log(int shard) {
            return logs.log(new ShardId(shard));
        }
    }

    Cluster(Path folder, int size, int shards, int replication, LogConfig log) throws IOException {
        this.folder = folder;
        this.shards = shards;
        this.replication = replication;
        this.log = log;
        int[] ports = FreePorts.pick(size);
        for (int i = 0; i < size; i++)
            members.add(new Member(new NodeId("n" + (i + 1)), "127.0.0.1", i, 1, 1, ports[i], 1, 1, 1));
    }

    static LogConfig logConfig(long snapshotEvery) {
        return new LogConfig(Duration.ofMillis(500), Duration.ofMillis(1000), snapshotEvery, 1 << 20, 4, 16 << 20);
    }

    static Cluster ofThree(Path folder) throws IOException {
        return new Cluster(folder, 3, 1, 3, logConfig(1_000_000));
    }

    static Cluster ofOne(Path folder) throws IOException {
        return new Cluster(folder, 1, 1, 1, logConfig(1_000_000));
    }

    /// Three that take a snapshot every few entries.
    static Cluster snapshotting(Path folder) throws IOException {
        return new Cluster(folder, 3, 1, 3, logConfig(5));
    }

    /// Stops a node and takes away all that it had.
    void wipe(NodeId node) throws IOException {
        stop(node);
        SnapshotFolder.delete(data(node));
    }

    Cluster startAll() throws IOException {
        try {
            for (var member : members) start(member.node());
            return this;
        } catch (IOException | RuntimeException e) {
            // Nobody has it yet who could close it.
            close();
            throw e;
        }
    }

    Node start(NodeId node) throws IOException {
        var machines = new ConcurrentHashMap<ShardId, RecordingMachine>();
        var identity = Identity.open(data(node), "test", node);
        var logs = RatisShardLogs.open(
                config(node), identity, shard -> machines.computeIfAbsent(shard, s -> machine(node)), (to, question, deadline) -> {
                    var target = nodes.get(to);
                    if (target == null || unreachable.contains(to) || unreachable.contains(node))
                        return CompletableFuture.<MembershipAnswer>failedFuture(new IOException(to + " is away"));
                    if (question.getStep() == MembershipQuestion.Step.STEP_JOIN) termAtJoin.putIfAbsent(node, storedTerm(node, question.getShard()));
                    return target.logs.answer(question, deadline);
                });
        var started = new Node(logs, machines);
        nodes.put(node, started);
        return started;
    }

    private RecordingMachine machine(NodeId node) {
        var machine = new RecordingMachine();
        machine.failing = ill.contains(node);
        machine.open = open;
        return machine;
    }

    /// Asks `at` to change the membership on behalf of `asking`.
    MembershipAnswer asks(NodeId asking, MembershipQuestion.Step step, NodeId at, Duration limit) throws ExecutionException, InterruptedException {
        var question = MembershipQuestion.newBuilder().setShard(0).setNode(asking.value()).setStep(step).build();
        return node(at).logs.answer(question, in(limit)).get();
    }

    private long storedTerm(NodeId node, int shard) {
        try {
            return new RaftFolder(raft(node, shard)).term();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LogConfig log(NodeId node) {
        if (!unaware.contains(node)) return log;
        return new LogConfig(
                log.electionMin(), UNAWARE, log.snapshotEvery(), log.entryBytes(), log.entriesInFlight(), log.pendingBytes());
    }

    GridConfig config(NodeId node) {
        return new GridConfig(
                "test",
                node,
                members,
                data(node),
                shards,
                replication,
                log(node),
                GridConfig.MemoryConfig.DEFAULT,
                new GridConfig.HotConfig(false, 0, 0),
                new GridConfig.ColdConfig(false, 0, 0));
    }

    Path data(NodeId node) {
        return folder.resolve(node.value());
    }

    Path raft(NodeId node, int shard) {
        return data(node).resolve("raft").resolve(RatisShardLogs.groupOf("test", new ShardId(shard)).getUuid().toString());
    }

    void stop(NodeId node) {
        var stopped = nodes.remove(node);
        if (stopped != null) stopped.logs.close();
    }

    Node node(NodeId node) {
        var found = nodes.get(node);
        if (found == null) throw new IllegalStateException(node + " is not up");
        return found;
    }

    List<NodeId> up() {
        return nodes.keySet().stream().sorted().toList();
    }

    NodeId leader(int shard) {
        return await().atMost(PATIENCE).until(() -> currentLeader(shard), Objects::nonNull);
    }

    NodeId preferredLeader(int shard) {
        return new Placement(members, shards, replication).preferredLeader(new ShardId(shard));
    }

    /// The preferred leader, once it leads: from then on nobody transfers leadership.
    NodeId settledLeader(int shard) {
        var preferred = preferredLeader(shard);
        await().atMost(PATIENCE).until(() -> preferred.equals(currentLeader(shard)));
        return preferred;
    }

    /// Of several that believe to lead, the one of the latest term.
    @Nullable NodeId currentLeader(int shard) {
        NodeId leader = null;
        long latest = -1;
        for (var entry : nodes.entrySet()) {
            if (!entry.getValue().logs.held().contains(new ShardId(shard))) continue;
            var view = entry.getValue().log(shard).view();
            if (!view.leads() || view.term() <= latest) continue;
            leader = entry.getKey();
            latest = view.term();
        }
        return leader;
    }

    /// One that nobody makes a leader while the others are well.
    NodeId follower(int shard) {
        var leader = settledLeader(shard);
        return up().stream().filter(n -> !n.equals(leader)).findFirst().orElseThrow();
    }

    /// Appends one command through whoever leads, until it is known to be applied. May append it twice: the machine
    /// takes it once.
    void write(int shard, String command) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            var log = node(leader(shard)).log(shard);
            return log.append(entry(command), Deadline.after(Duration.ofSeconds(5), MonotonicClock.SYSTEM)).get()
                    instanceof Appended.Applied;
        });
    }

    static Entry entry(String... commands) {
        return new Entry(
                Duration.ZERO, Arrays.stream(commands).map(c -> c.getBytes(StandardCharsets.UTF_8)).toList());
    }

    static Deadline in(Duration time) {
        return Deadline.after(time, MonotonicClock.SYSTEM);
    }

    @Override
    public void close() {
        for (var node : up()) stop(node);
    }
}
