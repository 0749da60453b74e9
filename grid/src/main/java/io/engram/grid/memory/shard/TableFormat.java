package io.engram.grid.memory.shard;

import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Framing of a table file: magic, then frames of kind (1 byte), length (4), CRC-32C of kind, length and payload (4), payload.
final class TableFormat {
    static final byte[] MAGIC = "ENGRAM-TABLE-1\n".getBytes(StandardCharsets.US_ASCII);
    static final String SUFFIX = ".table";
    static final byte HEADER = 1;
    static final byte BLOCK = 2;
    static final byte TRAILER = 3;
    static final int FRAME_BYTES = 9;
    /// A block is closed at this size.
    static final int BLOCK_BYTES = 64 * 1024;
    /// One row can be a session with thousands of rejections; no frame comes near this.
    static final int MAX_FRAME_BYTES = 64 * 1024 * 1024;

    private TableFormat() {}

    static void write(OutputStream out, byte kind, MessageLite message) throws IOException {
        byte[] payload = message.toByteArray();
        out.write(ByteBuffer.allocate(FRAME_BYTES)
                .put(kind)
                .putInt(payload.length)
                .putInt(crc(kind, payload))
                .array());
        out.write(payload);
    }

    static int crc(byte kind, byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(5).put(kind).putInt(payload.length).flip());
        crc.update(payload);
        return (int) crc.getValue();
    }
}
