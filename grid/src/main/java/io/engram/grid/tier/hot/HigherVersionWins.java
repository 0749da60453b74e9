package io.engram.grid.tier.hot;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingEntry;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/// After a split: of two records of a key the one with the higher version stays; what does not prove itself goes.
///
/// Public with a public constructor, because Hazelcast makes it by name.
public final class HigherVersionWins
        implements SplitBrainMergePolicy<Object, MergingEntry<Object, Object>, @Nullable Object> {
    @Override
    public @Nullable Object merge(
            @Nullable MergingEntry<Object, Object> merging, @Nullable MergingEntry<Object, Object> existing) {
        long arriving = version(merging);
        long present = version(existing);
        if (arriving == Envelope.NOTHING && present == Envelope.NOTHING) return null;
        if (arriving > present) return merging == null ? null : merging.getRawValue();
        return existing == null ? null : existing.getRawValue();
    }

    private static long version(@Nullable MergingEntry<Object, Object> side) {
        if (side == null || !(side.getKey() instanceof GridKey key)) return Envelope.NOTHING;
        return Envelope.versionOf(key, side.getDeserializedValue());
    }

    @Override
    public void writeData(ObjectDataOutput out) {}

    @Override
    public void readData(ObjectDataInput in) {}
}
