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
import static io.engram.grid.Samples.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.Spaces;
import io.engram.grid.memory.View;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Two nodes, each with shards that the other does not hold: what is not here is asked for there.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ElsewhereTest {
    private static final int SHARDS = 4;
    private LocalCluster cluster;
    private Space space;

    @BeforeAll
    void start(@TempDir Path folder) {
        cluster = LocalCluster.start(folder, 2, SHARDS);
        space = createSpace(cluster.any(), newName());
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void both_nodes_write_and_read_all_shards() {
        for (Grid writer : cluster.grids())
            for (int i = 0; i < 12; i++) put(writer, space.name(), "e-" + i, "by " + cluster.grids().indexOf(writer));
        for (Grid reader : cluster.grids()) {
            for (Consistency consistency : List.of(
                    LINEARIZABLE, new Consistency.Bounded(Duration.ofSeconds(30)), new Consistency.Eventual())) {
                for (int i = 0; i < 12; i++) {
                    var answer = reader.memories().get(space.name(), key("e-" + i), View.FULL, consistency, deadline());
                    assertThat(answer.value().orElseThrow().observation().text()).isEqualTo("by 1");
                    assertThat(answer.value().get().observation().vector()).isPresent();
                    ShardId shard = space.shardOf(key("e-" + i));
                    assertThat(answer.proof().node()).isEqualTo(holder(shard));
                }
            }
            var filter = new Filter.And(List.of(
                    new Filter.Range("length", Optional.of(new Filter.Range.End(new AttributeValue.Whole(4), true)), Optional.empty()),
                    new Filter.Not(new Filter.In("length", List.of(new AttributeValue.Whole(99)))),
                    new Filter.Or(List.of(new Filter.Exists("length"), new Filter.Exists("nothing")))));
            var page = reader.memories()
                    .list(space.name(), "e-", Optional.of(filter), Optional.of(key("e-1")), 5, View.WITHOUT_VECTOR, LINEARIZABLE, deadline())
                    .value();
            assertThat(page.memories()).extracting(m -> m.observation().key().value())
                    .containsExactly("e-1", "e-10", "e-11", "e-2", "e-3");
            assertThat(page.next()).contains(key("e-4"));
            var recalled = recall(reader, 5, false, LINEARIZABLE, deadline());
            assertThat(recalled.value().matches()).hasSize(5);
            assertThat(recalled.proof().shards()).hasSize(SHARDS);
        }
        var all = cluster.grids().stream().map(grid -> recall(grid, 12, false, LINEARIZABLE, deadline()).value().matches()).toList();
        assertThat(all.get(0)).extracting(m -> m.memory().observation().key() + " " + m.score())
                .isEqualTo(all.get(1).stream().map(m -> m.memory().observation().key() + " " + m.score()).toList());
    }

    @Test
    void sessions_and_the_catalog_work_from_the_node_that_does_not_hold_it() {
        Grid far = cluster.grids().get(1);
        var name = newName();
        far.spaces().create(
                new Spaces.NewSpace(name, Samples.DIMENSION, Similarity.COSINE, 2, SpaceLimits.DEFAULT), request(), deadline());
        assertThat(far.spaces().list(Optional.empty(), 100, LINEARIZABLE, deadline()).value())
                .extracting(Space::name)
                .contains(name, space.name());
        ThreeNodesTest.ingest(far, name, "far", IntStream.range(0, 60).mapToObj(i -> observation("s-" + i, "t")).toList());
        assertThat(far.memories().list(name, "", Optional.empty(), Optional.empty(), 100, View.KEYS, LINEARIZABLE, deadline()).value().memories())
                .hasSize(60);
        var changed = far.spaces().update(
                name, new Spaces.LimitsChange(Optional.empty(), Optional.of(10L), Optional.empty()), 1, request(), deadline());
        assertThat(changed.space().revision()).isEqualTo(2);
        assertThat(refusal(() -> far.spaces().update(
                        name, new Spaces.LimitsChange(Optional.empty(), Optional.of(10L), Optional.empty()), 1, request(), deadline()))
                .reason()).isEqualTo(Reason.REVISION_CONFLICT);
        assertThat(refusal(() -> put(far, name, "one-too-many", "x")).reason()).isEqualTo(Reason.SPACE_FULL);
        far.spaces().delete(name, request(), deadline());
        assertThat(refusal(() -> put(far, name, "k", "x")).reason()).isEqualTo(Reason.SPACE_NOT_FOUND);
    }

    @Test
    void with_the_other_node_away_an_answer_is_partial_only_if_that_is_allowed() {
        put(cluster.any(), space.name(), "partial", "x");
        cluster.cutOff(cluster.nodes().getLast());
        try {
            var partial = recall(cluster.any(), 10, true, LINEARIZABLE, in(Duration.ofSeconds(5)));
            assertThat(partial.proof().missing()).containsExactly(new ShardId(1), new ShardId(3));
            assertThat(partial.proof().shards()).extracting(proof -> proof.applied().shard())
                    .containsExactly(new ShardId(0), new ShardId(2));
            assertThat(partial.value().matches())
                    .allMatch(match -> match.memory().shard().value() % 2 == 0);
            assertThat(refusal(() -> recall(cluster.any(), 10, false, LINEARIZABLE, in(Duration.ofSeconds(2)))).reason())
                    .isIn(Reason.DEADLINE_EXCEEDED, Reason.NO_LEADER);
        } finally {
            cluster.heal();
        }
    }

    @Test
    void a_space_whose_creator_gave_up_is_finished_by_the_catalogs_leader() {
        var name = newName();
        NodeId far = cluster.nodes().getLast();
        var request = request();
        cluster.cutOff(far);
        RefusedException gaveUp;
        try {
            gaveUp = refusal(() -> cluster.any().spaces().create(
                    new Spaces.NewSpace(name, Samples.DIMENSION, Similarity.COSINE, 0, SpaceLimits.DEFAULT), request,
                    in(Duration.ofSeconds(4))));
            assertThat(cluster.any().spaces().get(name, LINEARIZABLE, deadline()).value()).isEmpty();
        } finally {
            cluster.heal();
        }
        assertThat(gaveUp.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        await().atMost(LocalCluster.PATIENCE).untilAsserted(() -> assertThat(
                        cluster.any().spaces().get(name, LINEARIZABLE, deadline()).value())
                .isPresent());
        for (int i = 0; i < 8; i++) put(cluster.any(), name, "k-" + i, "everywhere");
        var again = cluster.any().spaces().create(
                new Spaces.NewSpace(name, Samples.DIMENSION, Similarity.COSINE, 0, SpaceLimits.DEFAULT), request, deadline());
        assertThat(again.space().name()).isEqualTo(name);
    }

    private NodeId holder(ShardId shard) {
        return cluster.nodes().get(shard.value() % 2);
    }

    private Answer<Memories.Recalled> recall(
            Grid grid, int k, boolean partial, Consistency consistency, Deadline deadline) {
        var query = new Memories.Query(vector(new Random(7)), k, Optional.empty(), OptionalDouble.empty(), partial);
        return grid.memories().recall(space.name(), query, View.WITHOUT_VECTOR, consistency, deadline);
    }
}
