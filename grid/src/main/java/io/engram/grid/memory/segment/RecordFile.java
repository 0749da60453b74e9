package io.engram.grid.memory.segment;

import io.engram.grid.log.DamagedFileException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// A record file as readers see it: mapped, so that an interrupted reader cannot close it for the others (as it would a
/// channel). The counts belong to the writer.
final class RecordFile {
    private final int id;
    private final Arena arena;
    private final MemorySegment bytes;
    private volatile Path path;
    private long length;
    private long rows;
    private long liveRows;
    private long liveBytes;

    /// @param bytes of `arena`, at least as long as the file will be
    RecordFile(int id, Path path, Arena arena, MemorySegment bytes) {
        this.id = id;
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
    }

    int id() {
        return id;
    }

    Path path() {
        return path;
    }

    /// Where a row stands: file and offset in one number, so that moving a row is one write.
    long place(long offset) {
        return (long) id << 32 | offset;
    }

    static int fileOf(long place) {
        return (int) (place >>> 32);
    }

    private static long offsetOf(long place) {
        return place & 0xffff_ffffL;
    }

    byte[] read(long place, int recordLength, int checksum) throws DamagedFileException {
        long at = offsetOf(place);
        try {
            if (bytes.get(RecordFormat.INT, at) != recordLength || bytes.get(RecordFormat.INT, at + 4) != checksum)
                throw new DamagedFileException(path, "frame does not match what was written, at offset " + at);
            byte[] record = new byte[recordLength];
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at + RecordFormat.FRAME_BYTES, record, 0, recordLength);
            if (RecordFormat.crc(record) != checksum)
                throw new DamagedFileException(path, "record checksum does not match, at offset " + at);
            return record;
        } catch (InternalError e) {
            // What a mapped page that the disk cannot deliver turns into.
            throw new DamagedFileException(path, "cannot be read, at offset " + at + ": " + e.getMessage());
        }
    }

    void renamed(Path to) {
        path = to;
    }

    void counted(long newLength, long newRows) {
        length = newLength;
        rows = newRows;
    }

    void born(int recordLength) {
        liveRows++;
        liveBytes += RecordFormat.FRAME_BYTES + recordLength;
    }

    void died(int recordLength) {
        liveRows--;
        liveBytes -= RecordFormat.FRAME_BYTES + recordLength;
    }

    long length() {
        return length;
    }

    long rows() {
        return rows;
    }

    long liveRows() {
        return liveRows;
    }

    /// Of live records with their frames.
    long liveBytes() {
        return liveBytes;
    }

    /// Of frames that are no longer live; counts a sealed file only.
    long deadBytes() {
        return length - RecordFormat.HEADER_BYTES - RecordFormat.FOOTER_BYTES - liveBytes;
    }

    void close() {
        arena.close();
    }
}
