package io.engram.grid.memory.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.log.Entry;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.segment.FileSegmentStore;
import io.engram.grid.memory.segment.MemorySegmentStore;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The same entries give the same state and outcomes, whatever the store and however often a replica was restored; and the
/// memories are those of a plain map. `-Dseed=N` runs one history again.
class ShardHistoryTest {
    private static final MemoryConfig CONFIG = new MemoryConfig(Duration.ofSeconds(20), 40, 5);
    private static final List<Space> SPACES = List.of(RandomCommands.ALONE, RandomCommands.SPREAD);

    @TempDir
    Path folder;

    static List<Long> seeds() {
        Long given = Long.getLong("seed");
        if (given != null) return List.of(given);
        List<Long> seeds = new ArrayList<>();
        for (int i = 0; i < 4; i++) seeds.add(new Random().nextLong());
        return seeds;
    }

    private final ManualTime time = new ManualTime();

    private ShardState replica(SegmentStore store) {
        return new ShardState(new ShardId(0), store, CONFIG, Applied.NOBODY, time, time);
    }

    private static long digest(ShardState state) {
        try (ShardReading reading = state.read()) {
            return reading.digest();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void replicas_agree_at_every_position(long seed) throws Exception {
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        RandomCommands commands = new RandomCommands(seed);
        ShardState first = replica(new MemorySegmentStore());
        Path snapshots = Files.createDirectory(folder.resolve("snapshots"));
        int stores = 0;
        SegmentStore store = FileSegmentStore.open(folder.resolve("store" + stores), new ShardId(0));
        ShardState second = replica(store);
        Map<Outcome.KindCase, Integer> kinds = new EnumMap<>(Outcome.KindCase.class);
        for (int index = 0; index < 400; index++) {
            List<Command> entry = index == 0
                    ? List.of(Wire.install(RandomCommands.ALONE), Wire.install(RandomCommands.SPREAD))
                    : commands.entry();
            Entry wire = new Entry(commands.elapsed(), entry.stream().map(Command::toByteArray).toList());
            List<byte[]> outcomes = first.apply(index, wire);
            List<byte[]> same = second.apply(index, wire);
            for (int i = 0; i < outcomes.size(); i++) {
                assertThat(same.get(i)).as("outcome of %s", entry.get(i)).isEqualTo(outcomes.get(i));
                Outcome outcome = Outcome.parseFrom(outcomes.get(i));
                commands.outcome(entry.get(i), outcome);
                kinds.merge(outcome.getKindCase(), 1, Integer::sum);
            }
            assertThat(digest(second)).as("digest after entry %s, seed %s", index, seed).isEqualTo(digest(first));
            if (random.nextInt(25) == 0) {
                List<Path> files = second.snapshot(snapshots);
                second.retain(files);
                if (random.nextBoolean()) {
                    second.close();
                    store.close();
                    store = FileSegmentStore.open(folder.resolve("store" + ++stores), new ShardId(0));
                    second = replica(store);
                }
                second.restore(snapshots, files);
                assertThat(second.applied()).isEqualTo(index);
                assertThat(digest(second)).as("digest after restoring at %s, seed %s", index, seed).isEqualTo(digest(first));
            }
        }
        // A history in which nothing happened would prove nothing.
        assertThat(kinds.keySet()).contains(
                Outcome.KindCase.RECORDED, Outcome.KindCase.FORGOTTEN, Outcome.KindCase.SESSION, Outcome.KindCase.SPACE,
                Outcome.KindCase.DONE, Outcome.KindCase.REFUSED);
        second.close();
        store.close();
    }

    private record Seen(ShardReading reading, Map<Space, NavigableMap<MemoryKey, Long>> expected) {}

    @ParameterizedTest
    @MethodSource("seeds")
    void readings_show_for_ever_what_a_plain_map_held_at_their_position(long seed) throws Exception {
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        RandomCommands commands = new RandomCommands(seed);
        SegmentStore store = FileSegmentStore.open(folder.resolve("store"), new ShardId(0));
        ShardState state = replica(store);
        Map<Space, NavigableMap<MemoryKey, Long>> model = new LinkedHashMap<>();
        SPACES.forEach(space -> model.put(space, new TreeMap<>()));
        List<Seen> seen = new ArrayList<>();
        for (int index = 0; index < 600; index++) {
            List<Command> entry = index == 0 ? SPACES.stream().map(Wire::install).toList() : commands.entry();
            long before = state.published();
            List<byte[]> outcomes =
                    state.apply(index, new Entry(commands.elapsed(), entry.stream().map(Command::toByteArray).toList()));
            for (int i = 0; i < outcomes.size(); i++) {
                Outcome outcome = Outcome.parseFrom(outcomes.get(i));
                commands.outcome(entry.get(i), outcome);
                fold(model, entry.get(i), outcome);
                if (!outcome.getReplayed()) assertThat(outcome.getIndex()).isGreaterThan(before);
                before = outcome.getReplayed() ? before + 1 : outcome.getIndex();
            }
            assertThat(state.published()).isEqualTo(before);
            if (random.nextInt(10) == 0) {
                Map<Space, NavigableMap<MemoryKey, Long>> copy = new LinkedHashMap<>();
                model.forEach((space, memories) -> copy.put(space, new TreeMap<>(memories)));
                seen.add(new Seen(state.read(), copy));
            }
            if (!seen.isEmpty() && random.nextInt(5) == 0) {
                Seen one = seen.remove(random.nextInt(seen.size()));
                check(one, store, random);
                one.reading().close();
            }
        }
        for (Seen one : seen) {
            check(one, store, random);
            one.reading().close();
        }
        state.close();
        store.close();
    }

    /// Puts and forgets by their outcomes, sessions by what they record: the items above what was covered that were not rejected.
    private void fold(Map<Space, NavigableMap<MemoryKey, Long>> model, Command command, Outcome outcome) {
        if (outcome.getReplayed()) return;
        for (Space space : SPACES) {
            NavigableMap<MemoryKey, Long> memories = model.getOrDefault(space, new TreeMap<>());
            if (outcome.hasRecorded() && command.getPut().getSpace() == space.id().value()) {
                Long replaced = memories.put(
                        new MemoryKey(command.getPut().getObservation().getKey()), outcome.getRecorded().getVersion());
                assertThat(outcome.getRecorded().getReplacedVersion()).isEqualTo(replaced == null ? 0 : replaced);
            }
            if (outcome.hasForgotten() && command.getForget().getSpace() == space.id().value())
                assertThat(memories.remove(new MemoryKey(command.getForget().getKey()))).isEqualTo(outcome.getForgotten().getVersion());
            if (outcome.hasSession() && command.hasSessionBatch() && command.getSessionBatch().getSpace() == space.id().value())
                foldBatch(memories, command, outcome);
        }
    }

    private final Map<String, Long> coveredBy = new TreeMap<>();

    private void foldBatch(NavigableMap<MemoryKey, Long> memories, Command command, Outcome outcome) {
        var batch = command.getSessionBatch();
        String incarnation = batch.getSpace() + " " + batch.getSession() + " " + batch.getIncarnation();
        long covered = coveredBy.getOrDefault(incarnation, 0L);
        List<MemoryKey> recorded = new ArrayList<>();
        for (var item : batch.getItemsList()) {
            boolean rejected = outcome.getSession().getRejectionsList().stream().anyMatch(r -> r.getNumber() == item.getNumber());
            if (item.getNumber() > covered && !rejected) recorded.add(new MemoryKey(item.getObservation().getKey()));
        }
        long version = outcome.getIndex() - recorded.size();
        for (MemoryKey key : recorded) memories.put(key, ++version);
        coveredBy.put(incarnation, Math.max(covered, batch.getThrough()));
    }

    private static NavigableMap<String, Long> texts(NavigableMap<MemoryKey, Long> memories) {
        NavigableMap<String, Long> texts = new TreeMap<>();
        memories.forEach((key, version) -> texts.put(key.value(), version));
        return texts;
    }

    private static void check(Seen seen, SegmentStore store, Random random) throws Exception {
        for (Map.Entry<Space, NavigableMap<MemoryKey, Long>> expected : seen.expected().entrySet()) {
            Space space = expected.getKey();
            NavigableMap<MemoryKey, Long> memories = expected.getValue();
            assertThat(TestShard.memories(seen.reading(), space))
                    .isEqualTo(texts(memories));
            assertThat(seen.reading().memories(space.id())).isEqualTo(memories.size());
            for (int i = 0; i < 60; i++) {
                MemoryKey key = new MemoryKey("key" + i);
                assertThat(seen.reading().find(space.id(), key).map(ShardReading.Located::version).orElse(null))
                        .isEqualTo(memories.get(key));
            }
            MemoryKey from = new MemoryKey("key" + random.nextInt(60));
            assertThat(seen.reading().scan(space.id(), Optional.of(from), "key1").map(ShardReading.Located::key).toList())
                    .isEqualTo(memories.tailMap(from, true).keySet().stream().filter(k -> k.value().startsWith("key1")).toList());
            try (var at = seen.reading().scan(space.id(), Optional.empty(), "")) {
                for (var located : at.toList()) {
                    assertThat(seen.reading().rows().shows(located.row())).isTrue();
                    assertThat(store.read(located.row()).version()).isEqualTo(located.version());
                    assertThat(store.read(located.row()).checksum()).isEqualTo(located.checksum());
                }
            }
        }
    }
}
