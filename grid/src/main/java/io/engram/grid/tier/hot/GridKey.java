package io.engram.grid.tier.hot;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import com.hazelcast.partition.PartitionAware;
import io.engram.grid.tier.hot.HotTier.HotKey;
import java.io.IOException;

/// A key as the grid holds it. Keys of one shard live in one partition, so that a batch is one call to one member.
record GridKey(int shard, long space, String key) implements PartitionAware<Integer> {
    static GridKey of(HotKey key) {
        return new GridKey(key.shard().value(), key.space().value(), key.key().value());
    }

    @Override
    public Integer getPartitionKey() {
        return shard;
    }

    static GridKey read(ObjectDataInput in) throws IOException {
        int shard = in.readInt();
        long space = in.readLong();
        String key = in.readString();
        if (key == null) throw new IOException("key of a hot record is missing");
        return new GridKey(shard, space, key);
    }

    void write(ObjectDataOutput out) throws IOException {
        out.writeInt(shard);
        out.writeLong(space);
        out.writeString(key);
    }

    static final class Serializer implements StreamSerializer<GridKey> {
        @Override
        public int getTypeId() {
            return TypeIds.KEY;
        }

        @Override
        public void write(ObjectDataOutput out, GridKey key) throws IOException {
            key.write(out);
        }

        @Override
        public GridKey read(ObjectDataInput in) throws IOException {
            return GridKey.read(in);
        }
    }
}
