package io.engram.grid.memory.segment;

import io.engram.grid.log.ShardId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Appends to one record file until it is sealed. Appended records can be read once flushed.
final class RecordFileWriter {
    static final String OPEN = ".open";
    static final String SEALED = ".records";
    /// Large enough that a restart reads few files, small enough to merge in one step.
    static final int MAX_BYTES = 64 << 20;
    private static final int BUFFER_BYTES = 64 << 10;

    private final RecordFile file;
    private final FileChannel channel;
    private final int capacity;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();
    private long length;
    private long rows;

    private RecordFileWriter(RecordFile file, FileChannel channel, int capacity) {
        this.file = file;
        this.channel = channel;
        this.capacity = capacity;
    }

    /// @param first length of the first record, which always fits
    static RecordFileWriter create(Path folder, int id, ShardId shard, int first) throws IOException {
        int capacity = Math.max(MAX_BYTES, Math.addExact(first, RecordFormat.HEADER_BYTES + RecordFormat.FRAME_BYTES));
        // Random, since no replica may ever use a name for something else.
        Path path = folder.resolve("rows-" + UUID.randomUUID() + OPEN);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Arena arena = Arena.ofShared();
        try {
            // Extends the file, sparsely, to where it may grow: pages that are not written yet are never looked at.
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, capacity, arena);
            var writer = new RecordFileWriter(new RecordFile(id, path, arena, bytes), channel, capacity);
            writer.put(RecordFormat.header(shard));
            writer.file.counted(writer.length, 0);
            return writer;
        } catch (IOException | RuntimeException e) {
            arena.close();
            channel.close();
            throw e;
        }
    }

    RecordFile file() {
        return file;
    }

    boolean takes(int recordLength) {
        return length + RecordFormat.FRAME_BYTES + recordLength <= capacity;
    }

    /// @return the record's place
    long append(byte[] bytes, int recordChecksum) throws IOException {
        long at = length;
        put(ByteBuffer.allocate(RecordFormat.FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length).putInt(recordChecksum).flip());
        put(ByteBuffer.wrap(bytes));
        rows++;
        file.counted(length, rows);
        file.born(bytes.length);
        return file.place(at);
    }

    private void put(ByteBuffer bytes) throws IOException {
        length += bytes.remaining();
        checksum.update(bytes.duplicate());
        if (bytes.remaining() > buffer.remaining()) flush();
        if (bytes.remaining() > buffer.capacity()) write(bytes);
        else buffer.put(bytes);
    }

    void flush() throws IOException {
        write(buffer.flip());
        buffer.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) channel.write(bytes);
        } catch (IOException e) {
            throw new IOException("cannot append to " + file.path() + ": " + e.getMessage(), e);
        }
    }

    /// Durable and final on return, under its final name (the folder itself still wants a sync).
    RecordFile seal() throws IOException {
        put(RecordFormat.footer(rows, length, (int) checksum.getValue()));
        flush();
        channel.truncate(length);
        channel.force(true);
        channel.close();
        Path open = file.path();
        String name = open.getFileName().toString();
        Path sealed = open.resolveSibling(name.substring(0, name.length() - OPEN.length()) + SEALED);
        Files.move(open, sealed);
        file.renamed(sealed);
        file.counted(length, rows);
        return file;
    }

    /// Gives up what was not sealed. Readers keep what they have mapped.
    void abandon() throws IOException {
        channel.close();
        Files.deleteIfExists(file.path());
    }
}
