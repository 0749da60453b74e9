package io.engram.grid;

import static io.engram.grid.LocalCluster.in;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Deadline;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.IdempotencyKey;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.Spaces;
import io.engram.grid.memory.View;
import io.engram.grid.memory.WriteCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThreeNodesTest {
    private LocalCluster cluster;

    @BeforeAll
    void start(@TempDir Path folder) {
        cluster = LocalCluster.start(folder, 3, 2);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void what_one_node_took_every_node_gives() {
        var space = new SpaceName("first");
        cluster.any().spaces().create(
                new Spaces.NewSpace(space, 4, Similarity.COSINE, 0, SpaceLimits.DEFAULT), request(), deadline());
        int n = 0;
        for (Grid writer : cluster.grids()) {
            var key = new MemoryKey("key-" + n++);
            var written = writer.memories().put(space, observation(key, "text " + key), new WriteCondition.None(), request(), deadline());
            for (Grid reader : cluster.grids()) {
                var answer = reader.memories().get(space, key, View.FULL, new Consistency.Linearizable(), deadline());
                assertThat(answer.value()).isPresent();
                assertThat(answer.value().get().observation().text()).isEqualTo("text " + key);
                assertThat(answer.value().get().version()).isEqualTo(written.version());
                assertThat(answer.proof().shards()).singleElement()
                        .satisfies(proof -> assertThat(proof.staleness()).contains(Duration.ZERO));
            }
        }
    }

    static Observation observation(MemoryKey key, String text) {
        return new Observation(key, text, Optional.of(Embedding.of(1, 2, 3, text.length())), 0.9, Instant.EPOCH, new TreeMap<>(), List.of());
    }

    static RequestId request() {
        return new RequestId(new IdempotencyKey(UUID.randomUUID().toString()), 1);
    }

    static Deadline deadline() {
        return in(Duration.ofSeconds(20));
    }
}
