package io.engram.grid.tier.cold;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A blob as the grid holds it: magic and format (4) · CRC-32C of name and content (4) · content.
/// The name is part of the checksum, so that a blob under another's name is damage too.
final class Blob {
    /// "EC", format 1.
    private static final int MAGIC = 0x45430001;
    private static final int HEADER_BYTES = 8;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._/-]{0," + (ColdTier.MAX_NAME_BYTES - 1) + "}");

    private Blob() {}

    static void checkName(String name) {
        if (!NAME.matcher(name).matches())
            throw new IllegalArgumentException("blob name must match " + NAME + ", was '" + name + "'");
    }

    static byte[] seal(String name, byte[] content) {
        checkName(name);
        if (content.length > ColdTier.MAX_BLOB_BYTES)
            throw new IllegalArgumentException(
                    "blob must be at most " + ColdTier.MAX_BLOB_BYTES + " bytes, " + name + " has " + content.length);
        return ByteBuffer.allocate(HEADER_BYTES + content.length)
                .putInt(MAGIC)
                .putInt(checksum(name, content, 0))
                .put(content)
                .array();
    }

    static byte[] open(String name, @Nullable Object value) {
        if (!(value instanceof byte[] bytes) || bytes.length < HEADER_BYTES)
            throw new ColdTierException("blob " + name + " is damaged: too short or not bytes", null);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt(0) != MAGIC) throw new ColdTierException("blob " + name + " is damaged: not a blob of ours", null);
        if (buffer.getInt(4) != checksum(name, bytes, HEADER_BYTES))
            throw new ColdTierException("blob " + name + " is damaged: checksum does not match", null);
        return Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
    }

    private static int checksum(String name, byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }
}
