package io.engram.grid.simulation;

import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.freshness.ReadGate;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Entry;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardMachine;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.segment.MemorySegmentStore;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.shard.Applied;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardState;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.NumberedObservation;
import io.engram.grid.wire.SessionBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/// The real state of a shard, on records in memory.
final class SimMachine implements ShardMachine, ReadGate.Positions {
    private final MemorySegmentStore segments = new MemorySegmentStore();
    private final ShardState state;
    private final Variation variation;

    /// @param recorded is told of each write that is applied, also when the log is applied again after a restart
    SimMachine(ShardId shard, SimTime time, BiConsumer<String, Long> recorded, Variation variation) {
        Applied listener = new Applied() {
            @Override
            public void recorded(Space space, MemoryKey key, long version, RowId row) {
                recorded.accept(key.value(), version);
            }

            @Override
            public void forgotten(Space space, MemoryKey key, long version) {}

            @Override
            public void dropped(SpaceId space) {}
        };
        this.state = new ShardState(shard, segments, MemoryConfig.DEFAULT, listener, time, time);
        this.variation = variation;
    }

    record Held(long version, String text) {}

    Optional<Held> get(SpaceId space, String key) {
        try (ShardReading reading = state.read()) {
            return reading.find(space, new MemoryKey(key))
                    .map(at -> new Held(at.version(), segments.read(at.row()).observation().text()));
        }
    }

    /// Equal on all replicas that have applied the same.
    long digest() {
        try (ShardReading reading = state.read()) {
            return reading.digest();
        }
    }

    @Override
    public List<byte[]> apply(long logIndex, Entry entry) throws IOException {
        if (variation != Variation.REQUESTS_FORGOTTEN && variation != Variation.SESSIONS_FORGOTTEN) return state.apply(logIndex, entry);
        List<byte[]> broken = new ArrayList<>();
        for (byte[] command : entry.commands()) broken.add(asIfNew(Command.parseFrom(command)).toByteArray());
        return state.apply(logIndex, new Entry(entry.elapsed(), broken));
    }

    /// The command, so that the state cannot know that it had it before.
    private Command asIfNew(Command command) {
        if (variation == Variation.REQUESTS_FORGOTTEN) return command.toBuilder().clearIdempotencyKey().build();
        if (!command.hasSessionBatch()) return command;
        SessionBatch batch = command.getSessionBatch();
        long covered;
        try (ShardReading reading = state.read()) {
            covered = reading.session(new SpaceId(batch.getSpace()), new SessionId(batch.getSession()))
                    .map(ShardReading.SessionReading::coveredThrough)
                    .orElse(batch.getFrom());
        }
        long shift = covered - batch.getFrom();
        if (shift <= 0) return command;
        SessionBatch.Builder again = batch.toBuilder().setFrom(covered).setThrough(batch.getThrough() + shift).clearItems();
        for (NumberedObservation item : batch.getItemsList()) again.addItems(item.toBuilder().setNumber(item.getNumber() + shift));
        return command.toBuilder().setSessionBatch(again).build();
    }

    @Override
    public void skip(long logIndex) {
        state.skip(logIndex);
    }

    @Override
    public long applied() {
        return state.applied();
    }

    @Override
    public List<Path> snapshot(Path folder) throws IOException {
        return state.snapshot(folder);
    }

    @Override
    public void retain(List<Path> kept) throws IOException {
        state.retain(kept);
    }

    @Override
    public void restore(Path folder, List<Path> files) throws IOException {
        state.restore(folder, files);
    }

    @Override
    public long published() {
        return state.published();
    }

    @Override
    public CompletableFuture<Void> whenPublished(long index, Deadline deadline) {
        return state.whenPublished(index, deadline);
    }
}
