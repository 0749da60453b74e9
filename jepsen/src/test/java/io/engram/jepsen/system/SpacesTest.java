package io.engram.jepsen.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.client.AttributeValue;
import io.engram.client.Engram;
import io.engram.client.Match;
import io.engram.client.Observation;
import io.engram.client.ObserveSession;
import io.engram.client.ReadOptions;
import io.engram.client.RecallQuery;
import io.engram.client.Vector;
import io.engram.client.View;
import io.engram.jepsen.cluster.LocalNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Many clients at once on three real processes.
@Tag("system")
class SpacesTest {
    private static final long MIB = 1 << 20;
    private static ProcessCluster processes;

    @BeforeAll
    static void start() {
        processes = new ProcessCluster("spaces", Map.of());
    }

    @AfterAll
    static void stop() {
        if (processes != null) processes.close();
    }

    @Test
    void three_clients_in_three_spaces_never_see_each_other() {
        int count = 5_000;
        List<String> spaces = List.of("alpha", "beta", "gamma");
        spaces.forEach(processes::createSpace);
        // The same keys and the same vectors in every space: only the text tells them apart.
        CompletableFuture<?>[] streams = spaces.stream()
                .map(space -> CompletableFuture.runAsync(() -> {
                    try (Engram client = Engram.connect(processes.cluster.endpoints());
                            ObserveSession session = client.space(space).observe("load")) {
                        for (int i = 1; i <= count; i++)
                            session.send(ProcessCluster.observation("k" + i, i).toBuilder().attribute("space", space).build());
                        session.flush(Duration.ofMinutes(2));
                    }
                }))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(streams).orTimeout(4, TimeUnit.MINUTES).join();
        for (String space : spaces) {
            assertThat(processes.keys(space)).hasSize(count);
            for (int i = 1; i <= count; i += 250) {
                var memory = processes.engram().space(space).get("k" + i).value();
                assertThat(memory.attributes().get("space")).isEqualTo(AttributeValue.of(space));
                List<Match> matches = processes.engram().space(space)
                        .recall(RecallQuery.vector(Vector.of(ProcessCluster.vectorOf(ProcessCluster.observation("k", i)))).k(20),
                                ReadOptions.defaults().view(View.FULL))
                        .value().matches();
                assertThat(matches).hasSize(20).allSatisfy(
                        m -> assertThat(m.memory().attributes().get("space")).isEqualTo(AttributeValue.of(space)));
            }
        }
        processes.awaitConverged();
    }

    @Test
    void a_client_that_feeds_too_fast_is_slowed_and_nothing_grows_without_bound() {
        processes.createSpace("flood");
        // More than a node's whole heap.
        String text = "x".repeat(60_000);
        int count = 10_000;
        long[] before = processes.cluster.nodes().stream().mapToLong(LocalNode::residentBytes).toArray();
        long slowed = 0;
        try (Peak inFlight = Peak.of("engram_streams_in_flight_bytes", processes.cluster.nodes());
                Peak waiting = Peak.of("engram_streams_waiting_bytes", processes.cluster.nodes());
                ObserveSession session = processes.engram().space("flood").observe("flood")) {
            for (int i = 1; i <= count; i++) {
                session.send(Observation.builder(text).key("k" + i % 500).vector(ProcessCluster.observation("k", i).vector().orElseThrow()).build());
                if (session.pressure().isPresent()) slowed++;
            }
            session.flush(Duration.ofMinutes(3));
            assertThat(session.durableThrough()).isEqualTo(count);
            assertThat(slowed).as("observations sent while the node asked for patience").isPositive();
            // What one stream may have in flight (limits.stream-in-flight-bytes), and the batch that was let in last.
            assertThat(inFlight.bytes()).as("most bytes in flight at a node").isBetween(1.0, 4.0 * MIB + 2 * MIB);
            assertThat(waiting.bytes()).as("most bytes that waited for room").isLessThanOrEqualTo(2.0 * MIB);
        }
        assertThat(processes.keys("flood")).hasSize(500);
        long[] after = processes.cluster.nodes().stream().mapToLong(LocalNode::residentBytes).toArray();
        // 600 MB went through 512 MB of heap: a queue without a bound would have ended a process (nodes exit when out of memory).
        IntStream.range(0, after.length).forEach(i -> assertThat(after[i]).as("resident bytes, before: " + before[i]).isLessThan(2_000_000_000L));
        assertThat(processes.cluster.nodes()).allMatch(LocalNode::alive);
    }
}
