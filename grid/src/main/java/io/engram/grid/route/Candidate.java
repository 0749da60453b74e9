package io.engram.grid.route;

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

    /// Their memories, in this order; each shard's records are fetched together.
    static List<Memory> load(List<Candidate> winners, SpaceId space, View view) {
        var memories = new ArrayList<@Nullable Memory>(Collections.nCopies(winners.size(), null));
        var places = new IdentityHashMap<OpenShard, List<Integer>>();
        for (int i = 0; i < winners.size(); i++) {
            switch (winners.get(i)) {
                case Loaded(Memory memory, double score) -> memories.set(i, memory);
                case Here(Located row, double score, OpenShard shard) ->
                    places.computeIfAbsent(shard, s -> new ArrayList<>()).add(i);
            }
        }
        places.forEach((shard, indexes) -> {
            var rows = indexes.stream().map(i -> ((Here) winners.get(i)).row()).toList();
            List<Memory> loaded = shard.load(space, rows, view);
            for (int i = 0; i < rows.size(); i++) memories.set(indexes.get(i), loaded.get(i));
        });
        return memories.stream().map(Objects::requireNonNull).toList();
    }
}
