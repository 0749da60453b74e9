package io.engram.grid.memory.shard;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.log.Entry;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.segment.MemorySegmentStore;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.Optional;
import java.util.TreeMap;

/// One replica of one shard, driven by hand.
public final class TestShard {
    public final ManualTime time = new ManualTime();
    public final MemorySegmentStore segments = new MemorySegmentStore();
    public final ShardState state;
    public final List<String> news = new ArrayList<>();
    /// Of all observations that were ever recorded, in order.
    public final List<String> recordedTexts = new ArrayList<>();

    public TestShard(int shard) {
        this(shard, MemoryConfig.DEFAULT);
    }

    public TestShard(int shard, MemoryConfig config) {
        state = new ShardState(new ShardId(shard), segments, config, new Applied() {
            @Override
            public void recorded(Space space, MemoryKey key, long version, RowId row) {
                news.add("recorded " + key + " " + version + " " + segments.read(row).version());
                recordedTexts.add(segments.read(row).observation().text());
            }

            @Override
            public void forgotten(Space space, MemoryKey key, long version) {
                news.add("forgotten " + key + " " + version);
            }

            @Override
            public void dropped(SpaceId space) {
                news.add("dropped " + space.value());
            }
        }, time, time);
    }

    public List<Outcome> apply(Duration elapsed, Command... commands) {
        try {
            List<byte[]> bytes = Arrays.stream(commands).map(Command::toByteArray).toList();
            List<Outcome> outcomes = new ArrayList<>();
            for (byte[] outcome : state.apply(state.applied() + 1, new Entry(elapsed, bytes)))
                outcomes.add(Outcome.parseFrom(outcome));
            return outcomes;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Outcome apply(Command command) {
        return apply(Duration.ZERO, command).getFirst();
    }

    /// Log time moves on by this much, in steps no longer than one entry may be.
    public void pass(Duration duration) {
        Duration left = duration;
        while (left.isPositive()) {
            Duration step = left.compareTo(ShardState.MAX_ELAPSED) > 0 ? ShardState.MAX_ELAPSED : left;
            apply(step, Wire.tick());
            left = left.minus(step);
        }
    }

    public long digest() {
        try (ShardReading reading = state.read()) {
            return reading.digest();
        }
    }

    /// Keys and versions, as a reader sees them.
    public SortedMap<String, Long> memories(Space space) {
        try (ShardReading reading = state.read()) {
            return memories(reading, space);
        }
    }

    public static SortedMap<String, Long> memories(ShardReading reading, Space space) {
        TreeMap<String, Long> memories = new TreeMap<>();
        reading.scan(space.id(), Optional.empty(), "").forEach(at -> memories.put(at.key().value(), at.version()));
        return memories;
    }
}
