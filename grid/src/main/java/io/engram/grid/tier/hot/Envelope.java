package io.engram.grid.tier.hot;

import com.google.common.hash.Hashing;
import io.engram.grid.tier.hot.HotTier.HotRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The bytes of a record in the grid: anybody may have put anything there, so they prove themselves.
///
/// Big-endian: magic and format (4) · CRC-32C of all that follows (4) · fingerprint of the key (8) · version (8) · content.
final class Envelope {
    /// "EH", format 1.
    private static final int MAGIC = 0x45480001;
    private static final int CHECKED_FROM = 8;
    static final int HEADER_BYTES = 24;
    /// Versions are positions, from 1.
    static final long NOTHING = Long.MIN_VALUE;

    private Envelope() {}

    static byte[] seal(GridKey key, long version, byte[] content) {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + content.length);
        buffer.putInt(MAGIC).putInt(0).putLong(fingerprint(key)).putLong(version).put(content);
        byte[] bytes = buffer.array();
        buffer.putInt(4, checksum(bytes));
        return bytes;
    }

    /// Null: not an envelope of ours, damaged, or another key's.
    static @Nullable HotRecord open(GridKey key, @Nullable Object value) {
        byte[] bytes = verified(key, value);
        if (bytes == null) return null;
        return new HotRecord(version(bytes), Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length));
    }

    /// Version of a verified envelope of this key; below every version if there is none.
    static long versionOf(GridKey key, @Nullable Object value) {
        byte[] bytes = verified(key, value);
        return bytes == null ? NOTHING : version(bytes);
    }

    private static byte @Nullable [] verified(GridKey key, @Nullable Object value) {
        if (!(value instanceof byte[] bytes) || bytes.length < HEADER_BYTES) return null;
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        boolean ours = buffer.getInt(0) == MAGIC && buffer.getInt(4) == checksum(bytes)
                && buffer.getLong(8) == fingerprint(key);
        return ours ? bytes : null;
    }

    private static long version(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong(16);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM);
        return (int) crc.getValue();
    }

    private static long fingerprint(GridKey key) {
        byte[] text = key.key().getBytes(StandardCharsets.UTF_8);
        byte[] bytes = ByteBuffer.allocate(12 + text.length).putInt(key.shard()).putLong(key.space()).put(text).array();
        return Hashing.farmHashFingerprint64().hashBytes(bytes).asLong();
    }
}
