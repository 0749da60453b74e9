package io.engram.grid.memory.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Readers beside the one writer: each entry writes two keys, one right after the other, and forgets a third or brings it back.
class ReadersTest {
    private static final Space SPACE = Wire.space(9, 1);
    private final TestShard shard = new TestShard(0);

    @Test
    void see_whole_entries_and_never_go_back() throws Exception {
        shard.apply(Duration.ZERO, Wire.install(SPACE), Wire.put(SPACE, "left", "x"), Wire.put(SPACE, "right", "x"));
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService readers = Executors.newFixedThreadPool(3)) {
            List<Future<Integer>> reading = new ArrayList<>();
            for (int i = 0; i < 3; i++) reading.add(readers.submit(read(stop)));
            try {
                for (int i = 0; i < 3_000; i++) {
                    var third = i % 2 == 0 ? Wire.put(SPACE, "third", "x") : Wire.forget(SPACE, "third");
                    shard.apply(Duration.ZERO, Wire.put(SPACE, "left", "x"), Wire.put(SPACE, "right", "x"), third);
                }
            } finally {
                stop.set(true); // closing the readers waits for them
            }
            for (Future<Integer> reader : reading) assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
        }
        assertThat(shard.segments.openViews()).as("views that nobody closed").isEqualTo(1);
    }

    private Callable<Integer> read(AtomicBoolean stop) {
        return () -> {
            int readings = 0;
            long last = 0;
            while (!stop.get() || readings == 0) {
                try (ShardReading reading = shard.state.read()) {
                    var left = reading.find(SPACE.id(), new MemoryKey("left")).orElseThrow();
                    Thread.onSpinWait();
                    var right = reading.find(SPACE.id(), new MemoryKey("right")).orElseThrow();
                    assertThat(right.version()).isEqualTo(left.version() + 1);
                    assertThat(reading.position()).isGreaterThanOrEqualTo(last).isEqualTo(reading.rows().position());
                    assertThat(reading.rows().shows(left.row())).isTrue();
                    assertThat(reading.rows().shows(right.row())).isTrue();
                    assertThat(reading.scan(SPACE.id(), Optional.empty(), "").count()).isEqualTo(reading.memories(SPACE.id()));
                    last = reading.position();
                }
                readings++;
            }
            return readings;
        };
    }
}
