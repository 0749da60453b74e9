package io.engram.grid.log;

import static io.engram.grid.log.Cluster.PATIENCE;
import static io.engram.grid.log.Cluster.entry;
import static io.engram.grid.log.Cluster.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.grid.GridConfig.Member;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real Ratis servers, three in this process.
class RatisShardLogsTest {
    @TempDir
    Path folder;

    private static void everywhere(Cluster cluster, int shard, String... commands) {
        for (var node : cluster.up())
            await(node.value()).atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.node(node).machine(shard).commands()).containsExactly(commands));
    }

    @Test
    void an_entry_is_applied_on_every_replica_in_order() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            var log = cluster.node(cluster.settledLeader(0)).log(0);
            var first = log.append(entry("a", "b"), in(PATIENCE)).get();
            assertThat(first).isInstanceOfSatisfying(Appended.Applied.class, applied -> assertThat(applied.outcomes())
                    .extracting(o -> new String(o, StandardCharsets.UTF_8))
                    .containsExactly("did a", "did b"));
            var second = log.append(entry("c"), in(PATIENCE)).get();
            assertThat(second).isInstanceOf(Appended.Applied.class);
            everywhere(cluster, 0, "a", "b", "c");
            long index = ((Appended.Applied) second).logIndex();
            for (var node : cluster.up()) {
                cluster.node(node).log(0).whenApplied(index, in(PATIENCE)).get();
                var view = cluster.node(node).log(0).view();
                assertThat(view.running()).as(view.toString()).isTrue();
                assertThat(view.applied()).isGreaterThanOrEqualTo(index);
            }
            assertThat(log.membership().current()).extracting(v -> v.node().value()).containsExactlyInAnyOrder("n1", "n2", "n3");
            assertThat(log.membership().previous()).isEmpty();
        }
    }

    @Test
    void a_follower_appends_nothing_and_names_the_leader() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            var leader = cluster.settledLeader(0);
            cluster.write(0, "a");
            var follower = cluster.follower(0);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            cluster.node(follower).log(0).append(entry("x"), in(PATIENCE)).get())
                    .isInstanceOfSatisfying(Appended.NotLeader.class, no -> assertThat(no.leader()).contains(leader)));
        }
    }

    @Test
    void writes_go_on_when_the_leader_stops_and_it_catches_up_when_it_returns() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var first = cluster.leader(0);
            cluster.stop(first);
            cluster.write(0, "b");
            assertThat(cluster.leader(0)).isNotEqualTo(first);
            cluster.start(first);
            everywhere(cluster, 0, "a", "b");
        }
    }

    @Test
    void a_restart_of_all_replays_the_log() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            for (int i = 0; i < 20; i++) cluster.write(0, "c" + i);
            var all = IntStream.range(0, 20).mapToObj(i -> "c" + i).toArray(String[]::new);
            everywhere(cluster, 0, all);
            for (var node : cluster.up()) cluster.stop(node);
            cluster.startAll();
            everywhere(cluster, 0, all);
        }
    }

    @Test
    void leaders_spread_to_the_preferred_nodes() throws Exception {
        try (var cluster = new Cluster(folder, 3, 3, 3, Cluster.logConfig(1_000_000)).startAll()) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                for (int shard = 0; shard < 3; shard++)
                    assertThat(cluster.currentLeader(shard)).isEqualTo(new NodeId("n" + (shard + 1)));
            });
        }
    }

    @Test
    void leaders_spread_again_after_a_restart() throws Exception {
        try (var cluster = new Cluster(folder, 3, 3, 3, Cluster.logConfig(1_000_000)).startAll()) {
            for (int shard = 0; shard < 3; shard++) cluster.settledLeader(shard);
            var away = new NodeId("n2");
            cluster.stop(away);
            await().atMost(PATIENCE).until(() -> {
                var leader = cluster.currentLeader(1);
                return leader != null && !leader.equals(away);
            });
            cluster.start(away);
            for (int shard = 0; shard < 3; shard++) assertThat(cluster.settledLeader(shard)).isEqualTo(new NodeId("n" + (shard + 1)));
        }
    }

    @Test
    void what_is_wrong_with_one_shard_does_not_keep_the_leaders_of_the_others_where_they_are() throws Exception {
        try (var cluster = new Cluster(folder, 3, 2, 3, Cluster.logConfig(1_000_000)).startAll()) {
            var leader = cluster.settledLeader(0);
            var logs = (RatisShardLogs) cluster.node(leader).logs();
            var members = cluster.config(leader).members();
            // Knows shard 0 alone, and prefers another node for it.
            var other = new Placement(List.of(members.get(1), members.get(2), ranked(members.getFirst(), 9)), 1, 3);
            var balance = new LeaderBalance(other, logs.node(), List.of(logs.replica(new ShardId(1)), logs.replica(new ShardId(0))));
            await().atMost(PATIENCE).until(balance::lookOnce);
        }
    }

    private static Member ranked(Member member, int rank) {
        return new Member(
                member.node(), member.host(), rank, member.clientPort(), member.peerPort(), member.raftPort(), member.hotPort(),
                member.coldDiscoveryPort(), member.coldCommunicationPort());
    }

    @Test
    void a_leader_without_a_majority_says_that_the_outcome_is_unknown() throws Exception {
        try (var cluster = Cluster.ofThree(folder)) {
            // For minutes: it is our own deadline that ends the append.
            cluster.unaware.add(cluster.preferredLeader(0));
            cluster.startAll();
            cluster.write(0, "a");
            var leader = cluster.settledLeader(0);
            var log = cluster.node(leader).log(0);
            var followers = cluster.up().stream().filter(n -> !n.equals(leader)).toList();
            var stopping = followers.stream().map(n -> Thread.ofVirtual().start(() -> cluster.stop(n))).toList();
            await().atMost(PATIENCE).until(() -> {
                try {
                    var _ = log.append(entry("b"), in(Duration.ofMillis(700))).get(30, TimeUnit.SECONDS);
                    return false;
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(OutcomeUnknownException.class);
                    return true;
                }
            });
            for (var thread : stopping) thread.join();
        }
    }

    @Test
    void an_entry_in_the_log_of_a_leader_that_gave_up_is_unknown_not_refused() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll(); var links = new RaftLinks()) {
            cluster.write(0, "a");
            var leader = cluster.settledLeader(0);
            var log = cluster.node(leader).log(0);
            links.isolate(leader, cluster.up());
            // Longer than Ratis leads without followers: it answers "not leader" to what hangs in its log by then.
            assertThatThrownBy(log.append(entry("b"), in(PATIENCE))::get)
                    .hasCauseInstanceOf(OutcomeUnknownException.class)
                    .hasMessageContaining("had the entry in its log");
        }
    }

    @Test
    void a_single_node_starts_at_once() throws Exception {
        try (var cluster = new Cluster(folder, 1, 2, 1, Cluster.logConfig(1_000_000)).startAll()) {
            cluster.write(0, "a");
            cluster.write(1, "b");
            everywhere(cluster, 0, "a");
            everywhere(cluster, 1, "b");
        }
    }
}
