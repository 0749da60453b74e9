package io.engram.bench;

import static java.util.Comparator.comparing;

import io.engram.client.ClusterStatus;
import io.engram.client.ConflictException;
import io.engram.client.Engram;
import io.engram.client.MemorySpace;
import io.engram.client.Observation;
import io.engram.client.ObserveSession;
import io.engram.client.RecallQuery;
import io.engram.client.SpaceSettings;
import io.engram.client.Vector;
import io.engram.client.WriteCondition;
import io.engram.client.WriteOptions;
import io.engram.jepsen.cluster.LocalCluster;
import io.engram.jepsen.cluster.LocalNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// How long a client gets no answer when a node dies or falls silent: one client for each kind of call, each of which knew no
/// other node than the victim when it connected, and one that is bound to a node that goes on: it shows what of the outage is
/// the election and the node's, and not the client's.
///
/// The cluster has one shard, so that there is one leader and followers that lead nothing.
final class Outages {
    private static final Duration BROKEN = Duration.ofSeconds(8);
    private static final Duration READY = Duration.ofMinutes(2);
    private static final Duration SETTLE = Duration.ofSeconds(90);
    /// Leaders go back to where they belong soon after a node's return; that is none of this measurement's business.
    private static final Duration CALM = Duration.ofSeconds(3);
    private static final int DIMENSION = 8;

    /// What is done to a node.
    enum Fault {
        /// Its connections are reset.
        KILL {
            @Override
            void inject(LocalNode node) {
                node.kill();
            }

            @Override
            void heal(LocalNode node) {
                node.start();
            }
        },
        /// Its connections stay, and nothing comes any more: as a cut, to all who were connected.
        PAUSE {
            @Override
            void inject(LocalNode node) {
                node.pause();
            }

            @Override
            void heal(LocalNode node) {
                node.resume();
            }
        };

        abstract void inject(LocalNode node);

        abstract void heal(LocalNode node);
    }

    private final LocalCluster cluster;
    private final int rounds;
    private final Measurements measurements;
    private int runs;

    Outages(LocalCluster cluster, int rounds, Measurements measurements) {
        this.cluster = cluster;
        this.rounds = rounds;
        this.measurements = measurements;
    }

    /// One node, the leader or a follower.
    void ofOne(Fault fault) throws Exception {
        for (boolean leader : new boolean[] {true, false}) {
            Map<String, List<Double>> gaps = new LinkedHashMap<>();
            int tries = 0;
            for (int round = 0; round < rounds; ) {
                if (++tries > 3 * rounds) throw new IllegalStateException("the leader was another again and again when a node was to be broken");
                LocalNode victim = settled(leader);
                LocalNode other = cluster.nodes().stream().filter(n -> !n.name().equals(victim.name())).findFirst().orElseThrow();
                if (round(new Wanted(victim, leader, fault), clients(victim, other), gaps)) round++;
            }
            show(fault.name().toLowerCase(java.util.Locale.ROOT) + " of " + (leader ? "the leader" : "a follower"), gaps);
        }
    }

    /// All nodes at once, and started again at once: the time to readiness beside it is what no client can undercut.
    void ofAll() throws Exception {
        Map<String, List<Double>> gaps = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            LocalNode first = settled(true);
            List<Watched> clients = clients(first, first);
            try {
                warm(clients);
                long began = System.nanoTime();
                cluster.nodes().forEach(LocalNode::kill);
                cluster.nodes().forEach(LocalNode::start);
                cluster.awaitReady(READY);
                long ready = System.nanoTime();
                gaps.computeIfAbsent("until all are ready", _ -> new ArrayList<>()).add((ready - began) / 1e6);
                awaitAnswers(clients);
                for (Watched client : clients)
                    gaps.computeIfAbsent(client.name(), _ -> new ArrayList<>()).add(client.longestGapMillis(began, ready));
            } finally {
                for (Watched client : clients) client.end();
            }
        }
        show("kill and start of all", gaps);
    }

    private record Wanted(LocalNode victim, boolean leads, Fault fault) {}

    /// @return false: the leader was another meanwhile, nothing was broken
    private boolean round(Wanted wanted, List<Watched> clients, Map<String, List<Double>> gaps) throws Exception {
        try {
            warm(clients);
            if (leader().equals(wanted.victim().name()) != wanted.leads()) return false;
            long began = System.nanoTime();
            wanted.fault().inject(wanted.victim());
            try {
                TimeUnit.NANOSECONDS.sleep(BROKEN.toNanos());
            } finally {
                wanted.fault().heal(wanted.victim());
            }
            long healed = System.nanoTime();
            cluster.awaitReady(READY);
            awaitAnswers(clients);
            for (Watched client : clients)
                gaps.computeIfAbsent(client.name(), _ -> new ArrayList<>()).add(client.longestGapMillis(began, healed));
            return true;
        } finally {
            for (Watched client : clients) client.end();
        }
    }

    private void show(String what, Map<String, List<Double>> gaps) {
        gaps.forEach((client, millis) -> measurements.add(what, Map.of("client", client), "ms", millis));
    }

    /// Every client works, and has had time to learn of the other nodes.
    private static void warm(List<Watched> clients) throws InterruptedException {
        awaitAnswers(clients);
        TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
        awaitAnswers(clients);
    }

    private static void awaitAnswers(List<Watched> clients) throws InterruptedException {
        long now = System.nanoTime();
        for (Watched client : clients)
            while (!client.answeredSince(now)) {
                if (System.nanoTime() - now > SETTLE.toNanos()) throw new IllegalStateException("client " + client.name() + " is not answered within " + SETTLE);
                TimeUnit.MILLISECONDS.sleep(20);
            }
    }

    private List<Watched> clients(LocalNode victim, LocalNode other) {
        String space = "outage-" + ++runs;
        try (Engram engram = Engram.builder().endpoints(cluster.endpoints()).deadline(Duration.ofSeconds(30)).connect()) {
            engram.spaces().create(SpaceSettings.named(space, DIMENSION));
            for (String key : List.of("get", "cas")) engram.space(space).put(observation(key, 0));
        }
        List<Watched> clients = new ArrayList<>();
        for (String kind : List.of("get", "put", "cas", "recall", "observe")) {
            Engram engram = Engram.connect(victim.endpoint());
            clients.add(new Watched(kind, engram, step(kind, engram.space(space))));
        }
        if (!other.name().equals(victim.name())) {
            Engram bound = Engram.builder().endpoints(other.endpoint()).discoverMembers(false).connect();
            clients.add(new Watched("put at a node that goes on", bound, step("put-elsewhere", bound.space(space))));
        }
        return clients;
    }

    private static Watched.Step step(String kind, MemorySpace space) {
        return switch (kind) {
            case "get" -> number -> space.get("get");
            case "cas" -> {
                AtomicLong version = new AtomicLong(space.get("cas").value().version());
                yield number -> {
                    try {
                        version.set(space.put(observation("cas", number), WriteOptions.defaults().when(WriteCondition.version(version.get()))).version());
                    } catch (ConflictException earlierOneWasMade) {
                        version.set(earlierOneWasMade.currentVersion().orElseThrow());
                    }
                };
            }
            case "recall" -> number -> space.recall(RecallQuery.vector(vector(number)).k(3));
            case "observe" -> {
                ObserveSession session = space.observe("outage");
                yield number -> {
                    session.send(observation("observed-" + number % 100, number));
                    session.flush(Duration.ofSeconds(30));
                };
            }
            default -> number -> space.put(observation(kind, number));
        };
    }

    private static Observation observation(String key, long number) {
        return Observation.builder("note " + number).key(key).vector(vector(number)).build();
    }

    private static Vector vector(long number) {
        float[] values = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) values[i] = (float) Math.sin(number * 0.37 + i) + 0.001f;
        return Vector.of(values);
    }

    /// A node that leads, or does not, once the same one has led for a while.
    private LocalNode settled(boolean leads) throws InterruptedException {
        long end = System.nanoTime() + SETTLE.toNanos();
        String last = "";
        while (System.nanoTime() - end < 0) {
            String leader = leader();
            if (!leader.isEmpty() && leader.equals(last))
                return cluster.nodes().stream().filter(n -> n.name().equals(leader) == leads).min(comparing(LocalNode::name)).orElseThrow();
            last = leader;
            TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
        }
        throw new IllegalStateException("no leader stayed the same within " + SETTLE);
    }

    /// Name of the one node that says that it leads; empty if there is none, or two.
    private String leader() {
        try (Engram engram = Engram.connect(cluster.endpoints())) {
            List<String> leading = engram.cluster().status().members().stream()
                    .filter(m -> m.replicas().stream().anyMatch(r -> r.role() == ClusterStatus.Role.LEADER))
                    .map(ClusterStatus.Member::node)
                    .toList();
            return leading.size() == 1 ? leading.getFirst() : "";
        }
    }
}
