package io.engram.grid.memory.shard;

import io.engram.grid.Reason;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.shard.KeyTable.Row;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Forget;
import io.engram.grid.wire.Forgotten;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.Put;
import io.engram.grid.wire.Recorded;
import java.io.IOException;
import java.util.Optional;

/// Unary writes of memories.
final class MemoryCommands {
    private MemoryCommands() {}

    static Outcome put(Draft draft, Command command) throws IOException {
        Put put = command.getPut();
        Optional<SpaceTable> space = draft.space(put.getSpace());
        if (space.isEmpty()) return Answers.noSpace(new SpaceId(put.getSpace()));
        SpaceTable table = space.get();
        return Once.apply(
                draft, command, table.space().id(), put.getObservation().getKey(), () -> put(draft, table, put));
    }

    private static Outcome put(Draft draft, SpaceTable table, Put put) throws IOException {
        Observation observation;
        try {
            observation = WireFormat.from(put.getObservation());
        } catch (IllegalArgumentException e) {
            return Answers.refused(Reason.INVALID_ARGUMENT, "observation." + e.getMessage());
        }
        if (!table.space().shardOf(observation.key()).equals(draft.shard())) return elsewhere(draft, "observation.key");
        Optional<String> misfit = misfit(table.space(), observation);
        if (misfit.isPresent()) return Answers.refused(Reason.DIMENSION_MISMATCH, "observation." + misfit.get());
        Row present = table.keys().find(observation.key());
        long version = present == null ? 0 : present.version();
        if (put.getMustNotExist() && version != 0)
            return Answers.refused(Reason.VERSION_CONFLICT, "the memory exists, with version " + version, version);
        if (put.getExpectedVersion() != 0 && put.getExpectedVersion() != version)
            return Answers.refused(
                    Reason.VERSION_CONFLICT,
                    version == 0
                            ? "expected version " + put.getExpectedVersion() + ", but there is no such memory"
                            : "expected version " + put.getExpectedVersion() + ", but it is " + version,
                    version);
        if (present == null && isFull(table)) return Answers.refused(Reason.SPACE_FULL, full(table));
        long replaced = draft.record(table, observation);
        return Outcome.newBuilder()
                .setRecorded(Recorded.newBuilder().setVersion(draft.position()).setReplacedVersion(replaced))
                .build();
    }

    static Outcome forget(Draft draft, Command command) throws IOException {
        Forget forget = command.getForget();
        Optional<SpaceTable> space = draft.space(forget.getSpace());
        if (space.isEmpty()) return Answers.noSpace(new SpaceId(forget.getSpace()));
        SpaceTable table = space.get();
        return Once.apply(draft, command, table.space().id(), forget.getKey(), () -> forget(draft, table, forget));
    }

    private static Outcome forget(Draft draft, SpaceTable table, Forget forget) {
        MemoryKey key;
        try {
            key = new MemoryKey(forget.getKey());
        } catch (IllegalArgumentException e) {
            return Answers.refused(Reason.INVALID_ARGUMENT, "key " + e.getMessage());
        }
        if (!table.space().shardOf(key).equals(draft.shard())) return elsewhere(draft, "key");
        Row present = table.keys().find(key);
        if (present == null) return Answers.refused(Reason.MEMORY_NOT_FOUND, "there is no such memory");
        if (forget.getExpectedVersion() != 0 && forget.getExpectedVersion() != present.version())
            return Answers.refused(
                    Reason.VERSION_CONFLICT,
                    "expected version " + forget.getExpectedVersion() + ", but it is " + present.version(), present.version());
        draft.forget(table, key, present);
        return Outcome.newBuilder().setForgotten(Forgotten.newBuilder().setVersion(present.version())).build();
    }

    /// What is wrong with the observation for this space, whatever else is in it.
    static Optional<String> misfit(Space space, Observation observation) {
        int floats = observation.vector().map(vector -> vector.dimension()).orElse(0);
        return floats == space.dimension()
                ? Optional.empty()
                : Optional.of("vector must have " + space.dimension() + " floats, had " + floats);
    }

    static boolean isFull(SpaceTable table) {
        return table.keys().size() >= table.memoryLimit();
    }

    static String full(SpaceTable table) {
        return "this shard may hold " + table.memoryLimit() + " memories of the space, its part of max_memories, and does";
    }

    private static Outcome elsewhere(Draft draft, String field) {
        return Answers.refused(Reason.INVALID_ARGUMENT, field + " does not belong to shard " + draft.shard());
    }
}
