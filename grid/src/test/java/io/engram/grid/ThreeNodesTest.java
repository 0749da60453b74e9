package io.engram.grid;

import static io.engram.grid.Samples.DIMENSION;
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

import io.engram.grid.cluster.ClusterStatus;
import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.View;
import io.engram.grid.memory.WriteCondition;
import io.engram.grid.memory.session.Ingest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Three real nodes, all well, and no leadership on its way from one to another.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThreeNodesTest {
    private LocalCluster cluster;
    private SpaceName space;

    @BeforeAll
    void start(@TempDir Path folder) {
        cluster = LocalCluster.start(folder, 3, 3);
        for (int shard = 0; shard < 3; shard++) cluster.settledLeader(new ShardId(shard));
        space = newName();
        createSpace(cluster.any(), space);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void what_one_node_took_every_node_gives() {
        for (Grid writer : cluster.grids()) {
            for (int i = 0; i < 5; i++) {
                String name = "shared-" + i;
                var written = put(writer, space, name, "by " + writer.hashCode());
                for (Grid reader : cluster.grids()) {
                    var answer = reader.memories().get(space, key(name), View.FULL, LINEARIZABLE, deadline());
                    assertThat(answer.value()).map(m -> m.observation().text()).contains("by " + writer.hashCode());
                    assertThat(answer.value()).map(Memory::version).contains(written.version());
                    assertThat(answer.proof().shards()).singleElement().satisfies(proof -> {
                        assertThat(proof.staleness()).contains(Duration.ZERO);
                        assertThat(proof.applied().shard()).isEqualTo(written.position().shard());
                        assertThat(proof.applied().index()).isGreaterThanOrEqualTo(written.position().index());
                    });
                }
            }
        }
    }

    @Test
    void a_read_at_a_position_sees_that_write() {
        var written = put(cluster.any(), space, "at-least", "here");
        var wanted = new Consistency.AtLeast(List.of(written.position()));
        for (Grid reader : cluster.grids())
            assertThat(reader.memories().get(space, key("at-least"), View.FULL, wanted, deadline()).value()).isPresent();
    }

    @Test
    void a_condition_holds_or_the_refusal_says_what_it_met() {
        var memories = cluster.grids().get(1).memories();
        var absent = new WriteCondition.MustNotExist();
        var first = memories.put(space, observation("cas", "a"), absent, request(), deadline());
        var exists = refusal(() -> memories.put(space, observation("cas", "b"), absent, request(), deadline()));
        assertThat(exists.reason()).isEqualTo(Reason.VERSION_CONFLICT);
        assertThat(exists.currentVersion()).isEqualTo(first.version());

        var second = memories.put(
                space, observation("cas", "c"), new WriteCondition.VersionIs(first.version()), request(), deadline());
        var outdated = refusal(() -> memories.put(
                space, observation("cas", "d"), new WriteCondition.VersionIs(first.version()), request(), deadline()));
        assertThat(outdated.reason()).isEqualTo(Reason.VERSION_CONFLICT);
        assertThat(outdated.currentVersion()).isEqualTo(second.version());
        assertThat(text(cluster.any(), space, "cas")).contains("c");
    }

    @Test
    void the_same_request_again_has_the_first_outcome_from_any_node() {
        RequestId request = request();
        var first = cluster.any().memories().put(space, observation("again", "x"), new WriteCondition.None(), request, deadline());
        assertThat(first.replayed()).isFalse();
        for (Grid grid : cluster.grids()) {
            var again = grid.memories().put(space, observation("again", "x"), new WriteCondition.None(), request, deadline());
            assertThat(again).isEqualTo(new Memories.Written(first.key(), first.version(), first.position(), true));
        }
        var other = refusal(() -> cluster.any().memories().put(
                space, observation("again", "y"), new WriteCondition.None(), new RequestId(request.key(), 2), deadline()));
        assertThat(other.reason()).isEqualTo(Reason.IDEMPOTENCY_KEY_REUSED);
    }

    @Test
    void a_forgotten_memory_is_gone_at_once_for_every_reader() {
        var written = put(cluster.any(), space, "gone-1", "soon gone");
        var vector = cluster.any().memories().get(space, key("gone-1"), View.FULL, LINEARIZABLE, deadline())
                .value().orElseThrow().observation().vector().orElseThrow();
        var forgotten = cluster.grids().get(2).memories().forget(space, key("gone-1"), written.version(), request(), deadline());
        assertThat(forgotten.version()).isEqualTo(written.version());
        for (Grid reader : cluster.grids()) {
            assertThat(text(reader, space, "gone-1")).isEmpty();
            assertThat(keys(list(reader, space, "gone-", Optional.empty(), 10))).isEmpty();
            assertThat(recall(reader, space, vector, 1_000).value().matches())
                    .noneMatch(match -> match.memory().observation().key().equals(key("gone-1")));
        }
        assertThat(refusal(() -> cluster.any().memories().forget(space, key("gone-1"), 0, request(), deadline())).reason())
                .isEqualTo(Reason.MEMORY_NOT_FOUND);
    }

    @Test
    void several_keys_come_in_the_order_asked_for() {
        for (String name : List.of("b-1", "b-2", "b-3")) put(cluster.any(), space, name, name);
        var asked = Stream.of("b-3", "b-missing", "b-1", "b-2").map(MemoryKey::new).toList();
        for (Grid reader : cluster.grids()) {
            var answer = reader.memories().get(space, asked, View.WITHOUT_VECTOR, LINEARIZABLE, deadline());
            assertThat(keys(answer.value())).containsExactly("b-3", "b-1", "b-2");
            assertThat(answer.value()).allMatch(memory -> memory.observation().vector().isEmpty());
        }
    }

    @Test
    void listing_pages_through_all_shards_in_order() {
        var name = newName();
        createSpace(cluster.any(), name);
        var written = IntStream.range(0, 40).mapToObj(i -> String.format("p-%02d", i)).toList();
        for (String key : written) put(cluster.any(), name, key, "x".repeat(1 + written.indexOf(key) % 4));
        put(cluster.any(), name, "other", "x");

        Optional<MemoryKey> from = Optional.empty();
        var seen = new ArrayList<String>();
        do {
            var page = cluster.grids().get(2).memories()
                    .list(name, "p-", Optional.empty(), from, 7, View.KEYS, LINEARIZABLE, deadline());
            assertThat(page.proof().shards()).hasSize(3);
            seen.addAll(keys(page.value().memories()));
            from = page.value().next();
        } while (from.isPresent());
        assertThat(seen).isEqualTo(written);

        var three = new Filter.Equal("length", new AttributeValue.Whole(3));
        assertThat(list(cluster.any(), name, "", Optional.of(three), 100))
                .hasSize(10)
                .allMatch(memory -> memory.observation().text().equals("xxx"));
    }

    @Test
    void recall_is_exact_over_all_shards() {
        var name = newName();
        createSpace(cluster.any(), name);
        long seed = System.nanoTime();
        var random = new Random(seed);
        var all = new ArrayList<Observation>();
        for (int i = 0; i < 150; i++) {
            var observation = observation("v-" + i, "t" + i, random);
            all.add(observation);
        }
        ingest(cluster.any(), name, "recall", all);
        for (Grid reader : cluster.grids()) {
            Embedding query = vector(random);
            var answer = recall(reader, name, query, 10);
            var best = all.stream()
                    .sorted(Comparator.comparingDouble((Observation o) -> -cosine(query, o.vector().orElseThrow()))
                            .thenComparing(Observation::key))
                    .limit(10)
                    .map(o -> o.key().value())
                    .toList();
            assertThat(answer.value().matches().stream().map(m -> m.memory().observation().key().value()).toList())
                    .as("seed %d", seed)
                    .isEqualTo(best);
            assertThat(answer.value().considered()).isEqualTo(150);
            assertThat(answer.proof().shards()).hasSize(3);
            assertThat(answer.proof().missing()).isEmpty();
        }
        var mismatch = refusal(() -> cluster.any().memories().recall(
                name, new Memories.Query(Embedding.of(1, 2), 1, Optional.empty(), OptionalDouble.empty(), false), View.KEYS,
                LINEARIZABLE, deadline()));
        assertThat(mismatch.reason()).isEqualTo(Reason.DIMENSION_MISMATCH);
    }

    @Test
    void a_session_goes_on_at_another_node_and_records_nothing_twice() {
        var name = newName();
        createSpace(cluster.any(), name);
        var items = IntStream.range(0, 120).mapToObj(i -> observation("s-" + i, "v" + i)).toList();
        ingest(cluster.any(), name, "stream", items.subList(0, 80));
        var versions = versions(name);
        try (Ingest resumed = cluster.grids().get(1).memories().observe(name, new SessionId("stream"), 0, deadline())) {
            assertThat(resumed.resumed()).isTrue();
            assertThat(resumed.durableThrough()).isEqualTo(80);
            // From the start, as a client that has lost every acknowledgement would.
            take(resumed, 1, items);
        }
        assertThat(versions(name)).hasSize(120).containsAllEntriesOf(versions);
    }

    @Test
    void a_space_is_there_for_everyone_once_created_and_for_nobody_once_deleted() {
        var name = newName();
        for (int round = 0; round < 3; round++) {
            Grid creator = cluster.grids().get(round);
            var created = createSpace(creator, name);
            for (Grid reader : cluster.grids()) {
                assertThat(reader.spaces().get(name, LINEARIZABLE, deadline()).value()).contains(created);
                assertThat(text(reader, name, "k")).as("of the space before").isEmpty();
            }
            put(cluster.any(), name, "k", "round " + round);
            assertThat(text(cluster.grids().get(2), name, "k")).contains("round " + round);
            cluster.grids().get((round + 1) % 3).spaces().delete(name, request(), deadline());
            for (Grid reader : cluster.grids()) {
                assertThat(refusal(() -> text(reader, name, "k")).reason()).isEqualTo(Reason.SPACE_NOT_FOUND);
                assertThat(refusal(() -> put(reader, name, "k", "late")).reason()).isEqualTo(Reason.SPACE_NOT_FOUND);
            }
        }
    }

    @Test
    void of_several_who_create_a_space_at_once_one_succeeds() {
        var name = newName();
        var attempts = cluster.grids().stream().map(grid -> async(() -> createSpace(grid, name))).toList();
        var outcomes = attempts.stream().map(a -> a.handle((created, fault) -> fault == null)).map(CompletableFuture::join).toList();
        assertThat(outcomes).containsOnlyOnce(true);
    }

    @Test
    void writes_that_race_with_deleting_and_creating_anew_never_come_back() {
        var name = newName();
        createSpace(cluster.any(), name);
        var writers = cluster.grids().stream()
                .map(grid -> async(() -> {
                    int refused = 0;
                    for (int i = 0; i < 25; i++) {
                        try {
                            put(grid, name, "race-" + i, "old");
                        } catch (RefusedException e) {
                            assertThat(e.reason()).isEqualTo(Reason.SPACE_NOT_FOUND);
                            refused++;
                        }
                    }
                    return refused;
                }))
                .toList();
        cluster.grids().get(1).spaces().delete(name, request(), deadline());
        writers.forEach(CompletableFuture::join);
        createSpace(cluster.grids().get(2), name);
        for (Grid reader : cluster.grids()) assertThat(list(reader, name, "", Optional.empty(), 100)).isEmpty();
    }

    @Test
    void clients_in_different_spaces_never_see_each_other() {
        var names = Stream.generate(Samples::newName).limit(3).toList();
        names.forEach(name -> createSpace(cluster.any(), name));
        var streams = IntStream.range(0, 3)
                .mapToObj(i -> async(() -> {
                    // The same keys in each space.
                    ingest(cluster.grids().get(i), names.get(i), "same-name",
                            IntStream.range(0, 200).mapToObj(n -> observation("k-" + n, "of " + names.get(i))).toList());
                    return i;
                }))
                .toList();
        streams.forEach(CompletableFuture::join);
        for (SpaceName name : names)
            for (Grid reader : cluster.grids()) {
                assertThat(list(reader, name, "", Optional.empty(), 1_000)).hasSize(200).allMatch(m -> isOf(m, name));
                assertThat(recall(reader, name, vector(new Random(1)), 300).value().matches())
                        .hasSize(200)
                        .allMatch(match -> isOf(match.memory(), name));
            }
    }

    private static boolean isOf(Memory memory, SpaceName name) {
        return memory.observation().text().equals("of " + name);
    }

    @Test
    void every_replica_comes_to_the_same_state() {
        await().atMost(LocalCluster.PATIENCE).untilAsserted(() -> {
            ClusterStatus status = cluster.any().status(true, false, deadline());
            assertThat(status.members()).hasSize(3).allMatch(ClusterStatus.Member::reachable);
            for (int s = 0; s < 3; s++) {
                var shard = new ShardId(s);
                var replicas = status.members().stream()
                        .flatMap(m -> m.replicas().stream())
                        .filter(r -> r.shard().equals(shard))
                        .toList();
                assertThat(replicas).hasSize(3).allMatch(r -> !r.digest().isEmpty());
                assertThat(replicas).extracting(r -> r.applied() + " " + r.digest()).containsOnly(
                        replicas.getFirst().applied() + " " + replicas.getFirst().digest());
            }
        });
    }

    private static <T> CompletableFuture<T> async(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> Thread.ofVirtual().start(task)).orTimeout(60, TimeUnit.SECONDS);
    }

    private Map<String, Long> versions(SpaceName name) {
        var versions = new TreeMap<String, Long>();
        for (Memory memory : list(cluster.any(), name, "", Optional.empty(), 1_000))
            versions.put(memory.observation().key().value(), memory.version());
        return versions;
    }

    static Optional<String> text(Grid grid, SpaceName space, String key) {
        return grid.memories().get(space, key(key), View.FULL, LINEARIZABLE, deadline()).value().map(m -> m.observation().text());
    }

    private static List<Memory> list(Grid grid, SpaceName space, String prefix, Optional<Filter> filter, int limit) {
        return grid.memories()
                .list(space, prefix, filter, Optional.empty(), limit, View.WITHOUT_VECTOR, LINEARIZABLE, deadline())
                .value()
                .memories();
    }

    private static Answer<Memories.Recalled> recall(Grid grid, SpaceName space, Embedding query, int k) {
        return grid.memories().recall(
                space, new Memories.Query(query, k, Optional.empty(), OptionalDouble.empty(), false), View.WITHOUT_VECTOR, LINEARIZABLE,
                deadline());
    }

    private static List<String> keys(List<Memory> memories) {
        return memories.stream().map(m -> m.observation().key().value()).toList();
    }

    static void ingest(Grid grid, SpaceName space, String session, List<Observation> items) {
        try (Ingest ingest = grid.memories().observe(space, new SessionId(session), 0, deadline())) {
            take(ingest, 1, items);
        }
    }

    private static void take(Ingest ingest, long first, List<Observation> items) {
        var taken = new ArrayList<CompletableFuture<Ingest.Taken>>();
        for (int i = 0; i < items.size(); i += 50) {
            var part = items.subList(i, Math.min(items.size(), i + 50));
            taken.add(ingest.take(
                    first + i, part.stream().<Ingest.Item>map(Ingest.Item.Good::new).toList(), 0, deadline()));
        }
        for (var future : taken) assertThat(future.join().rejections()).isEmpty();
        assertThat(ingest.durableThrough()).isGreaterThanOrEqualTo(first + items.size() - 1);
    }

    private static double cosine(Embedding a, Embedding b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < DIMENSION; i++) {
            dot += a.at(i) * b.at(i);
            aa += a.at(i) * a.at(i);
            bb += b.at(i) * b.at(i);
        }
        return dot / Math.sqrt(aa * bb);
    }
}
