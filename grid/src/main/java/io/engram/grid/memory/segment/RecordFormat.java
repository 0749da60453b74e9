package io.engram.grid.memory.segment;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.ShardId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/// Layout of a record file, all numbers little-endian:
///
/// ```
/// header  magic u64, format u32, shard u32, CRC-32C of these u32
/// frame*  length u32, CRC-32C of the bytes u32, bytes (a Record message)
/// footer  magic u64, rows u64, length of all before the footer u64, CRC-32C of all before the footer u32,
///         CRC-32C of the footer so far u32
/// ```
///
/// A file without a footer was not sealed: what it holds is still in the log.
final class RecordFormat {
    static final int HEADER_BYTES = 20;
    static final int FRAME_BYTES = 8;
    static final int FOOTER_BYTES = 32;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    // "ENGRROWS" and "ENGREND." read as little-endian numbers.
    private static final long HEADER_MAGIC = 0x53574f5252474e45L;
    private static final long FOOTER_MAGIC = 0x2e444e4552474e45L;
    private static final int FORMAT = 1;

    private RecordFormat() {}

    static ByteBuffer header(ShardId shard) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(HEADER_MAGIC).putInt(FORMAT).putInt(shard.value());
        return header.putInt(crc(header.array(), header.position())).flip();
    }

    static ByteBuffer footer(long rows, long length, int fileChecksum) {
        ByteBuffer footer = ByteBuffer.allocate(FOOTER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        footer.putLong(FOOTER_MAGIC).putLong(rows).putLong(length).putInt(fileChecksum);
        return footer.putInt(crc(footer.array(), footer.position())).flip();
    }

    static void checkHeader(Path file, MemorySegment bytes, ShardId shard) throws DamagedFileException {
        byte[] header = bytes.asSlice(0, HEADER_BYTES).toArray(ValueLayout.JAVA_BYTE);
        if (bytes.get(INT, HEADER_BYTES - 4) != crc(header, HEADER_BYTES - 4))
            throw new DamagedFileException(file, "header checksum does not match, at offset 0");
        if (bytes.get(LONG, 0) != HEADER_MAGIC) throw new DamagedFileException(file, "not a record file, at offset 0");
        if (bytes.get(INT, 8) != FORMAT)
            throw new DamagedFileException(file, "format " + bytes.get(INT, 8) + ", this version reads " + FORMAT + ", at offset 8");
        if (bytes.get(INT, 12) != shard.value())
            throw new DamagedFileException(file, "belongs to shard " + bytes.get(INT, 12) + ", not to shard " + shard + ", at offset 12");
    }

    /// What a footer promises about the file.
    record Footer(long rows, long length, int fileChecksum) {}

    static Footer checkFooter(Path file, MemorySegment bytes) throws DamagedFileException {
        long at = bytes.byteSize() - FOOTER_BYTES;
        byte[] footer = bytes.asSlice(at, FOOTER_BYTES).toArray(ValueLayout.JAVA_BYTE);
        if (bytes.get(INT, at + 28) != crc(footer, 28) || bytes.get(LONG, at) != FOOTER_MAGIC)
            throw new DamagedFileException(file, "no footer, cut short or damaged, at offset " + at);
        if (bytes.get(LONG, at + 16) != at)
            throw new DamagedFileException(file, "footer is for " + bytes.get(LONG, at + 16) + " bytes before it, at offset " + at);
        return new Footer(bytes.get(LONG, at + 8), at, bytes.get(INT, at + 24));
    }

    static int crc(byte[] bytes) {
        return crc(bytes, bytes.length);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
