package io.engram.grid.memory.shard;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.ShardId;
import io.engram.grid.wire.TableBlock;
import io.engram.grid.wire.TableHeader;
import io.engram.grid.wire.TableTrailer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/// Reads a table file block by block. Nothing of it counts before the trailer has been checked.
final class TableReader {
    interface Rows {
        void header(TableHeader header) throws IOException;

        void block(TableBlock block) throws IOException;
    }

    private record Frame(byte kind, byte[] payload) {}

    private final Path file;
    private final CheckedInputStream in;

    private TableReader(Path file, InputStream in) {
        this.file = file;
        this.in = new CheckedInputStream(in, new CRC32C());
    }

    static TableHeader header(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return new TableReader(file, in).header();
        }
    }

    /// @throws DamagedFileException if anything of it is not as it was written
    static void read(Path file, ShardId shard, Rows rows) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), TableFormat.BLOCK_BYTES)) {
            new TableReader(file, in).read(shard, rows);
        } catch (IllegalArgumentException | IllegalStateException e) {
            // The checksums held, so this was written so: a fault of ours, but still no state to go on with.
            throw new DamagedFileException(file, String.valueOf(e.getMessage()));
        }
    }

    private void read(ShardId shard, Rows rows) throws IOException {
        TableHeader header = header();
        if (header.getShard() != shard.value())
            throw damaged("is of shard " + header.getShard() + ", not of " + shard);
        rows.header(header);
        long blocks = 0;
        long memories = 0;
        while (true) {
            long crc = in.getChecksum().getValue();
            Frame frame = frame();
            switch (frame.kind()) {
                case TableFormat.BLOCK -> {
                    TableBlock block = parse(frame, TableBlock::parseFrom);
                    blocks++;
                    memories += block.getMemoriesCount();
                    rows.block(block);
                }
                case TableFormat.TRAILER -> {
                    TableTrailer trailer = parse(frame, TableTrailer::parseFrom);
                    if (trailer.getBlocks() != blocks || trailer.getMemories() != memories)
                        throw damaged("has " + blocks + " blocks and " + memories + " memories, its trailer says "
                                + trailer.getBlocks() + " and " + trailer.getMemories());
                    if (trailer.getCrc() != (int) crc) throw damaged("checksum of the whole does not match");
                    if (in.read() != -1) throw damaged("goes on after its trailer");
                    return;
                }
                default -> throw damaged("has a frame of unknown kind " + frame.kind());
            }
        }
    }

    private TableHeader header() throws IOException {
        if (!Arrays.equals(in.readNBytes(TableFormat.MAGIC.length), TableFormat.MAGIC)) throw damaged("is no table file");
        Frame frame = frame();
        if (frame.kind() != TableFormat.HEADER) throw damaged("does not begin with a header");
        return parse(frame, TableHeader::parseFrom);
    }

    private Frame frame() throws IOException {
        ByteBuffer start = ByteBuffer.wrap(bytes(TableFormat.FRAME_BYTES));
        byte kind = start.get();
        int length = start.getInt();
        int crc = start.getInt();
        if (length < 0 || length > TableFormat.MAX_FRAME_BYTES) throw damaged("has a frame of " + length + " bytes");
        byte[] payload = bytes(length);
        if (TableFormat.crc(kind, payload) != crc) throw damaged("checksum of a frame does not match");
        return new Frame(kind, payload);
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) throw damaged("ends before its trailer");
        return bytes;
    }

    private interface Parser<T> {
        T parse(byte[] bytes) throws InvalidProtocolBufferException;
    }

    private <T> T parse(Frame frame, Parser<T> parser) throws IOException {
        try {
            return parser.parse(frame.payload());
        } catch (InvalidProtocolBufferException e) {
            throw damaged("has a frame that cannot be read: " + e.getMessage());
        }
    }

    private DamagedFileException damaged(String what) {
        return new DamagedFileException(file, what);
    }
}
