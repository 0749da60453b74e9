package io.engram.grid.log;

import static io.engram.grid.log.Cluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.grid.wire.MembershipQuestion.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a leader tells a replica that wants to start from nothing.
class MembershipDeskTest {
    private static final NodeId LOST = new NodeId("n3");

    @TempDir
    Path folder;

    @Test
    void one_that_was_taken_out_before_is_told_the_term_of_an_entry_committed_since_it_asked() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var leader = cluster.settledLeader(0);
            cluster.stop(LOST);
            var first = cluster.asks(LOST, Step.STEP_LEAVE, leader, PATIENCE);
            assertThat(first.getDone()).as(first.getDetail()).isTrue();
            int before = cluster.node(leader).machine(0).entries();
            var second = cluster.asks(LOST, Step.STEP_LEAVE, leader, PATIENCE);
            assertThat(second.getDone()).as(second.getDetail()).isTrue();
            assertThat(cluster.node(leader).machine(0).entries()).isGreaterThan(before);
            assertThat(second.getTerm()).isEqualTo(cluster.node(leader).log(0).view().term());
            assertThat(cluster.node(leader).machine(0).commands()).containsExactly("a");
        }
    }

    @Test
    void a_leader_that_has_lost_its_majority_and_does_not_know_it_yet_tells_no_term() throws Exception {
        try (var cluster = Cluster.ofThree(folder)) {
            cluster.unaware.add(cluster.preferredLeader(0));
            cluster.startAll();
            cluster.write(0, "a");
            var leader = cluster.settledLeader(0);
            cluster.stop(LOST);
            assertThat(cluster.asks(LOST, Step.STEP_LEAVE, leader, PATIENCE).getDone()).isTrue();
            var stopping = Thread.ofVirtual().start(() -> cluster.stop(new NodeId("n2")));
            var refused = new AtomicReference<String>();
            // It goes on leading for long after its last follower is gone.
            await().atMost(PATIENCE).until(() -> {
                var answer = cluster.asks(LOST, Step.STEP_LEAVE, leader, Duration.ofMillis(400));
                refused.set(answer.getDetail());
                return !answer.getDone();
            });
            assertThat(refused.get()).contains("cannot prove that it leads");
            stopping.join();
        }
    }
}
