package io.engram.grid.tier.hot;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.nio.serialization.StreamSerializer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a batch of one shard's values in one call. `getAll` would do, but has no form that does not block.
///
/// Runs on the partition's thread of the member that owns the shard.
record Fetch() implements EntryProcessor<GridKey, Object, Object>, ReadOnly {
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable Object process(Map.Entry<GridKey, Object> entry) {
        return valueOf(entry);
    }

    /// Null: nothing is there, or nothing that can be read. One foreign object must not fail a whole batch.
    static @Nullable Object valueOf(Map.Entry<GridKey, Object> entry) {
        try {
            return entry.getValue();
        } catch (HazelcastSerializationException e) {
            return null;
        }
    }

    @Override
    public @Nullable EntryProcessor<GridKey, Object, Object> getBackupProcessor() {
        return null;
    }

    static final class Serializer implements StreamSerializer<Fetch> {
        @Override
        public int getTypeId() {
            return TypeIds.FETCH;
        }

        @Override
        public void write(ObjectDataOutput out, Fetch fetch) {}

        @Override
        public Fetch read(ObjectDataInput in) {
            return new Fetch();
        }
    }
}
