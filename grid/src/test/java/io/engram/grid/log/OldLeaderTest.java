package io.engram.grid.log;

import static io.engram.grid.log.Cluster.PATIENCE;
import static io.engram.grid.log.Cluster.entry;
import static io.engram.grid.log.Cluster.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.grid.log.ShardLog.Membership;
import io.engram.grid.log.ShardLog.Voter;
import io.engram.grid.wire.MembershipQuestion.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Five replicas. One leads and is cut off without knowing it; of the other four, one loses its files, comes back through the leader that they
/// elect, and votes for the one after that. What the old leader is asked meanwhile it must not answer (decision 0003).
class OldLeaderTest {
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private final List<String> acknowledged = new ArrayList<>();

    enum Removal {
        /// The old leader took the lost replica out while it still led, and believes that it is out for good.
        BEFORE_THE_CUT("cannot prove that it leads"),
        /// In the old leader's configuration it still is.
        AFTER_IT("cannot take out");

        private final String refusal;

        Removal(String refusal) {
            this.refusal = refusal;
        }
    }

    private void write(Cluster cluster, String command) {
        cluster.write(0, command);
        acknowledged.add(command);
    }

    private void hasAll(Cluster cluster, NodeId node) {
        await(node.value()).atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.node(node).machine(0).commands()).isEqualTo(acknowledged);
            assertThat(cluster.node(node).log(0).view().running()).isTrue();
        });
    }

    private static NodeId leaderBeside(Cluster cluster, Set<NodeId> cutOff) {
        var leader = await().atMost(PATIENCE).until(() -> cluster.currentLeader(0), now -> now != null && !cutOff.contains(now));
        return Objects.requireNonNull(leader);
    }

    private static ReplicaView view(Cluster cluster, NodeId node) {
        return cluster.node(node).log(0).view();
    }

    /// It leads as far as it knows, so that what it is asked for it is asked as a leader.
    private static void refuses(Cluster cluster, NodeId old, NodeId asking, String why) throws Exception {
        assertThat(view(cluster, old).leads()).isTrue();
        var leave = cluster.asks(asking, Step.STEP_LEAVE, old, SHORT);
        assertThat(leave.getDone()).as("told term %d", leave.getTerm()).isFalse();
        assertThat(leave.getDetail()).containsAnyOf(why, "is under way");
        assertThat(cluster.asks(asking, Step.STEP_JOIN, old, SHORT).getDone()).isFalse();
        assertThat(view(cluster, old).leads()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_leader_that_was_voted_out_unawares_tells_nothing_of_a_replica_that_came_back_without_it(Removal removal) throws Exception {
        try (var cluster = new Cluster(folder, 5, 1, 5, Cluster.logConfig(1_000_000)); var links = new RaftLinks()) {
            var old = cluster.preferredLeader(0);
            cluster.unaware.add(old);
            cluster.startAll();
            cluster.settledLeader(0);
            var all = cluster.up();
            var lost = all.getLast();
            assertThat(lost).isNotEqualTo(old);
            write(cluster, "a");
            hasAll(cluster, lost);
            cluster.wipe(lost);
            if (removal == Removal.BEFORE_THE_CUT) assertThat(cluster.asks(lost, Step.STEP_LEAVE, old, PATIENCE).getDone()).isTrue();
            write(cluster, "b");
            long oldTerm = view(cluster, old).term();

            links.isolate(old, all);
            cluster.unreachable.add(old);
            var second = leaderBeside(cluster, Set.of(old));
            write(cluster, "c");
            cluster.start(lost);
            hasAll(cluster, lost);
            refuses(cluster, old, lost, removal.refusal);
            write(cluster, "d");

            // Three are left, of a configuration of five: whoever is elected has the vote of the one that came back.
            await().atMost(PATIENCE).until(() -> cluster.node(second).log(0).membership().equals(new Membership(voters(all), Set.of())));
            links.isolate(second, all);
            cluster.unreachable.add(second);
            var third = leaderBeside(cluster, Set.of(old, second));
            write(cluster, "e");
            assertThat(view(cluster, lost).term()).isEqualTo(view(cluster, third).term()).isGreaterThan(oldTerm);
            assertThat(view(cluster, old).term()).isEqualTo(oldTerm);
            refuses(cluster, old, lost, removal.refusal);
            assertThatThrownBy(() -> cluster.node(old).log(0).append(entry("unknown"), in(SHORT)).get())
                    .hasCauseInstanceOf(OutcomeUnknownException.class);

            links.heal();
            cluster.unreachable.clear();
            write(cluster, "f");
            for (var node : all) hasAll(cluster, node);
        }
    }

    private static Set<Voter> voters(List<NodeId> nodes) {
        return nodes.stream().map(n -> new Voter(n, n.value())).collect(Collectors.toUnmodifiableSet());
    }
}
