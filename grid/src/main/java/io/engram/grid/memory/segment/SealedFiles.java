package io.engram.grid.memory.segment;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.ShardId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// Takes up sealed record files, checking every byte.
final class SealedFiles {
    private SealedFiles() {}

    interface Rows {
        /// @param place where the record stands
        void row(RecordFile file, long place, byte[] record, int checksum) throws IOException;
    }

    /// Reads the whole file, row by row; the caller closes the returned file.
    static RecordFile open(Path path, int id, ShardId shard, Rows rows) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < RecordFormat.HEADER_BYTES + RecordFormat.FOOTER_BYTES || size > Integer.MAX_VALUE)
                throw new DamagedFileException(path, "no record file has a length of " + size + " bytes");
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            RecordFile file = new RecordFile(id, path, arena, bytes);
            check(file, bytes, shard, rows);
            return file;
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        } catch (InternalError e) {
            arena.close();
            throw new DamagedFileException(path, "cannot be read: " + e.getMessage());
        }
    }

    private static void check(RecordFile file, MemorySegment bytes, ShardId shard, Rows rows) throws IOException {
        Path path = file.path();
        RecordFormat.checkHeader(path, bytes, shard);
        RecordFormat.Footer footer = RecordFormat.checkFooter(path, bytes);
        CRC32C whole = new CRC32C();
        whole.update(bytes.asSlice(0, RecordFormat.HEADER_BYTES).asByteBuffer());
        file.counted(bytes.byteSize(), footer.rows());
        long seen = 0;
        long at = RecordFormat.HEADER_BYTES;
        while (at < footer.length()) {
            if (footer.length() - at < RecordFormat.FRAME_BYTES)
                throw new DamagedFileException(path, "half a frame, at offset " + at);
            long length = Integer.toUnsignedLong(bytes.get(RecordFormat.INT, at));
            int checksum = bytes.get(RecordFormat.INT, at + 4);
            long end = at + RecordFormat.FRAME_BYTES + length;
            if (end > footer.length()) throw new DamagedFileException(path, "frame runs past the end, at offset " + at);
            byte[] record = bytes.asSlice(at + RecordFormat.FRAME_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
            if (RecordFormat.crc(record) != checksum)
                throw new DamagedFileException(path, "record checksum does not match, at offset " + at);
            whole.update(bytes.asSlice(at, RecordFormat.FRAME_BYTES).asByteBuffer());
            whole.update(record);
            rows.row(file, file.place(at), record, checksum);
            seen++;
            at = end;
        }
        if (seen != footer.rows())
            throw new DamagedFileException(path, "has " + seen + " rows, its footer says " + footer.rows() + ", at offset " + at);
        if ((int) whole.getValue() != footer.fileChecksum())
            throw new DamagedFileException(path, "file checksum does not match, at offset 0.." + at);
    }
}
