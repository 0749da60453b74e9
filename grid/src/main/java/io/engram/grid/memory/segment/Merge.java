package io.engram.grid.memory.segment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Copies live records into new sealed files, checking each, and then points their rows there. Readers find the old place or
/// the new one; both hold the same bytes.
final class Merge implements AutoCloseable {
    private record Move(Block block, int slot, long place) {}

    private final RecordFolder records;
    private final List<RecordFile> merged = new ArrayList<>();
    private final List<Move> moves = new ArrayList<>();
    private @Nullable RecordFileWriter writer;

    Merge(RecordFolder records) {
        this.records = records;
    }

    void copy(Block block, int slot) throws IOException {
        byte[] record = records.read(block.place(slot), block.length(slot), block.checksum(slot));
        if (writer != null && !writer.takes(record.length)) seal();
        if (writer == null) writer = records.create(record.length);
        moves.add(new Move(block, slot, writer.append(record, block.checksum(slot))));
    }

    private void seal() throws IOException {
        if (writer != null) merged.add(writer.seal());
        writer = null;
    }

    List<RecordFile> finish() throws IOException {
        seal();
        for (Move move : moves) move.block().moved(move.slot(), move.place());
        return merged;
    }

    /// Gives up what was not finished.
    @Override
    public void close() throws IOException {
        if (writer != null) writer.abandon();
    }
}
