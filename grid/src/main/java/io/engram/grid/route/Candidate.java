package io.engram.grid.route;

import io.engram.grid.RefusedException;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.View;
import io.engram.grid.memory.shard.ShardReading.Located;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A memory that may be part of an answer. Of those on this node only the winners' records are fetched; those from
/// elsewhere came with theirs.
sealed interface Candidate {
    MemoryKey key();

    double score();

    /// @param shard stays open until the winners have been loaded
    record Here(Located row, double score, OpenShard shard) implements Candidate {
        @Override
        public MemoryKey key() {
            return row.key();
        }
    }

    record Loaded(Memory memory, double score) implements Candidate {
        @Override
        public MemoryKey key() {
            return memory.observation().key();
        }
    }

    static Candidate here(Located row, double score, OpenShard shard) {
        return new Here(row, score, shard);
    }

    static Candidate loaded(Memory memory, double score) {
        return new Loaded(memory, score);
    }

    /// What loading the winners came to.
    sealed interface Loading<T> {
        record Whole<T>(T value) implements Loading<T> {}

        /// A record here is damaged: the shard is to be asked elsewhere.
        record Damaged<T>(ShardId shard, RefusedException why) implements Loading<T> {}

        default <R> Loading<R> map(Function<T, R> step) {
            return switch (this) {
                case Whole<T>(T value) -> new Whole<>(step.apply(value));
                case Damaged<T>(ShardId shard, RefusedException why) -> new Damaged<>(shard, why);
            };
        }

        /// @throws RefusedException a record is damaged
        default T orElseThrow() {
            return switch (this) {
                case Whole<T>(T value) -> value;
                case Damaged<T>(ShardId shard, RefusedException why) -> throw why;
            };
        }
    }

    /// Their memories, in this order; each shard's records are fetched together.
    static Loading<List<Memory>> load(List<Candidate> winners, SpaceId space, View view) {
        var memories = new ArrayList<@Nullable Memory>(Collections.nCopies(winners.size(), null));
        var places = new IdentityHashMap<OpenShard, List<Integer>>();
        for (int i = 0; i < winners.size(); i++) {
            switch (winners.get(i)) {
                case Loaded(Memory memory, double score) -> memories.set(i, memory);
                case Here(Located row, double score, OpenShard shard) ->
                    places.computeIfAbsent(shard, s -> new ArrayList<>()).add(i);
            }
        }
        for (var place : places.entrySet()) {
            OpenShard shard = place.getKey();
            List<Integer> indexes = place.getValue();
            var rows = indexes.stream().map(i -> ((Here) winners.get(i)).row()).toList();
            List<Memory> loaded;
            try {
                loaded = shard.load(space, rows, view);
            } catch (RefusedException e) {
                return new Loading.Damaged<>(shard.shard(), e);
            }
            for (int i = 0; i < rows.size(); i++) memories.set(indexes.get(i), loaded.get(i));
        }
        return new Loading.Whole<>(memories.stream().map(Objects::requireNonNull).toList());
    }
}
