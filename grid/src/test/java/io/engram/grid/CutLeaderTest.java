package io.engram.grid;

import static io.engram.grid.LocalCluster.in;
import static io.engram.grid.Samples.LINEARIZABLE;
import static io.engram.grid.Samples.createSpace;
import static io.engram.grid.Samples.deadline;
import static io.engram.grid.Samples.key;
import static io.engram.grid.Samples.newName;
import static io.engram.grid.Samples.observation;
import static io.engram.grid.Samples.put;
import static io.engram.grid.Samples.refusal;
import static io.engram.grid.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.View;
import io.engram.grid.memory.WriteCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A leader that is cut off from the others does not know it yet, and must not answer as if it still led.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutLeaderTest {
    /// What a node that is cut off may say; never an answer.
    private static final Set<Reason> CANNOT_TELL = EnumSet.of(Reason.NO_LEADER, Reason.DEADLINE_EXCEEDED, Reason.NOT_READY);

    private LocalCluster cluster;

    @BeforeAll
    void start(@TempDir Path folder) {
        cluster = LocalCluster.start(folder, 3, 1);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void it_refuses_rather_than_answer_stale_and_is_whole_again_after_healing() {
        SpaceName space = newName();
        createSpace(cluster.any(), space);
        put(cluster.any(), space, "k", "old");
        NodeId old = cluster.settledLeader(ShardId.CATALOG);
        assertThat(text(cluster.grid(old), space, LINEARIZABLE).value()).contains("old");

        cluster.cutOff(old);
        Grid cut = cluster.grid(old);
        // While it still believes to lead, too: the first question comes at once.
        assertThat(cluster.leads(old, ShardId.CATALOG)).isTrue();
        var atOnce = refusal(() -> cut.memories().get(space, key("k"), View.FULL, LINEARIZABLE, in(Duration.ofSeconds(2))));
        assertThat(atOnce.reason()).isIn(CANNOT_TELL);

        // What it can prove it goes on answering, and says how old that may be.
        var provable = text(cut, space, new Consistency.Bounded(Duration.ofMinutes(1)));
        assertThat(provable.value()).contains("old");
        assertThat(provable.proof().shards().getFirst().staleness().orElseThrow()).isPositive().isLessThan(Duration.ofMinutes(1));

        Grid rest = cluster.grids().stream().filter(grid -> grid != cut).findFirst().orElseThrow();
        put(rest, space, "k", "new");
        assertThat(text(rest, space, LINEARIZABLE).value()).contains("new");

        var stale = refusal(() -> cut.memories().get(
                space, key("k"), View.FULL, new Consistency.Bounded(Duration.ofMillis(300)), deadline()));
        assertThat(stale.reason()).isEqualTo(Reason.STALE);
        for (int i = 0; i < 5; i++) {
            var refused = refusal(() -> cut.memories().get(space, key("k"), View.FULL, LINEARIZABLE, in(Duration.ofMillis(500))));
            assertThat(refused.reason()).isIn(CANNOT_TELL);
        }
        // A write there has nowhere to go, and is never called failed if it may still be in its log.
        var write = refusal(() -> cut.memories().put(
                space, observation("k", "cut"), new WriteCondition.None(), request(), in(Duration.ofSeconds(3))));
        assertThat(write.reason()).isIn(Reason.NO_LEADER, Reason.OUTCOME_UNKNOWN);
        // This replica's state, and no claim about its age but one that can be proven.
        var eventual = text(cut, space, new Consistency.Eventual());
        assertThat(eventual.value()).contains("old");
        assertThat(eventual.proof().shards().getFirst().staleness().orElse(Duration.ofHours(1))).isGreaterThan(Duration.ofSeconds(1));

        cluster.heal();
        await().atMost(LocalCluster.PATIENCE).ignoreExceptions().untilAsserted(() ->
                assertThat(text(cut, space, LINEARIZABLE).value()).isPresent());
        String now = text(rest, space, LINEARIZABLE).value().orElseThrow();
        assertThat(now).isIn("new", "cut");
        assertThat(now.equals("cut")).as("a write that was refused as not appended").isIn(false, write.reason() == Reason.OUTCOME_UNKNOWN);
        assertThat(text(cut, space, LINEARIZABLE).value()).contains(now);
    }

    private static Answer<Optional<String>> text(Grid grid, SpaceName space, Consistency consistency) {
        Answer<Optional<Memory>> answer = grid.memories().get(space, key("k"), View.FULL, consistency, deadline());
        return new Answer<>(answer.value().map(memory -> memory.observation().text()), answer.proof());
    }
}
