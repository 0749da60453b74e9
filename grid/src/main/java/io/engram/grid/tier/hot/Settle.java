package io.engram.grid.tier.hot;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.nio.serialization.StreamSerializer;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Carries changes of one shard to the member that owns it and to its backups. The higher version wins there, so
/// changes may be late, repeated, or out of order. What does not prove itself as ours counts as nothing.
///
/// Runs on partition threads.
record Settle(Map<GridKey, Change> changes) implements EntryProcessor<GridKey, Object, Object> {
    private static final long serialVersionUID = 1;

    Settle {
        changes = Map.copyOf(changes);
    }

    @Override
    public @Nullable Object process(Map.Entry<GridKey, Object> entry) {
        Change change = changes.get(entry.getKey());
        if (change == null) return null;
        try {
            settle(entry, change);
        } catch (HazelcastSerializationException e) {
            // Setting a value reads the one before. An object that nobody here can read stays until it is evicted: its
            // key is a miss, and the other keys of the batch do not suffer for it.
            return null;
        }
        return null;
    }

    @SuppressWarnings("NullAway") // Hazelcast is not annotated: setting null removes the entry
    private static void settle(Map.Entry<GridKey, Object> entry, Change change) {
        Object there = Fetch.valueOf(entry);
        long version = Envelope.versionOf(entry.getKey(), there);
        byte[] envelope = change.envelope();
        if (envelope != null) {
            // Of the same version there is one true record; what differs was not written by us, and must not stay for ever.
            boolean repairs = change.version() == version && !(there instanceof byte[] bytes && Arrays.equals(bytes, envelope));
            if (change.version() > version || repairs) entry.setValue(envelope);
        } else if (change.version() >= version) {
            entry.setValue(null);
        }
    }

    static final class Serializer implements StreamSerializer<Settle> {
        @Override
        public int getTypeId() {
            return TypeIds.SETTLE;
        }

        @Override
        public void write(ObjectDataOutput out, Settle settle) throws IOException {
            out.writeInt(settle.changes.size());
            for (Map.Entry<GridKey, Change> change : settle.changes.entrySet()) {
                change.getKey().write(out);
                out.writeLong(change.getValue().version());
                out.writeByteArray(change.getValue().envelope());
            }
        }

        @Override
        public Settle read(ObjectDataInput in) throws IOException {
            int count = in.readInt();
            if (count < 0 || count > OfferQueue.BATCH_KEYS) throw new IOException("batch of " + count + " changes");
            Map<GridKey, Change> changes = new HashMap<>();
            for (int i = 0; i < count; i++) changes.put(GridKey.read(in), new Change(in.readLong(), in.readByteArray()));
            return new Settle(changes);
        }
    }
}
