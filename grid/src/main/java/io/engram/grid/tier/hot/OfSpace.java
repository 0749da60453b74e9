package io.engram.grid.tier.hot;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import com.hazelcast.query.Predicate;
import java.io.IOException;
import java.util.Map;

/// The entries of one space.
record OfSpace(long space) implements Predicate<GridKey, Object> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean apply(Map.Entry<GridKey, Object> entry) {
        return entry.getKey().space() == space;
    }

    static final class Serializer implements StreamSerializer<OfSpace> {
        @Override
        public int getTypeId() {
            return TypeIds.OF_SPACE;
        }

        @Override
        public void write(ObjectDataOutput out, OfSpace predicate) throws IOException {
            out.writeLong(predicate.space);
        }

        @Override
        public OfSpace read(ObjectDataInput in) throws IOException {
            return new OfSpace(in.readLong());
        }
    }
}
