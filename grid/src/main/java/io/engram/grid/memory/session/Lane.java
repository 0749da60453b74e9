package io.engram.grid.memory.session;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.ShardId;
import io.engram.grid.wire.NumberedObservation;
import io.engram.grid.wire.NumberedRejection;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.SessionBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A stream's way to one shard: one command under way at a time, so that none overtakes another; what comes meanwhile shares the
/// next one. Guarded by the stream's lock.
final class Lane {
    /// Far below what fits into a log entry, far above what an fsync costs to share.
    private static final int COMMAND_BYTES = 256 * 1024;
    private static final int COMMAND_ITEMS = 1_024;

    /// An item, or a rejection in its place, and the call that it came with.
    sealed interface Piece {
        long number();

        PendingTake take();

        record Item(NumberedObservation item, PendingTake take) implements Piece {
            @Override
            public long number() {
                return item.getNumber();
            }
        }

        record Rejection(NumberedRejection rejection, PendingTake take) implements Piece {
            @Override
            public long number() {
                return rejection.getNumber();
            }
        }
    }

    /// @param pieces what it carries
    record Sending(Lane lane, SessionBatch batch, List<Piece> pieces, Deadline deadline) {}

    private final ShardId shard;
    private final ArrayDeque<Piece> waiting = new ArrayDeque<>();
    private long covered;
    private long position;
    /// End of the last range sent, and of the last one that waits.
    private long sentThrough;
    private long wantedThrough;
    private Deadline latest = new Deadline(0);
    private boolean sending;

    Lane(ShardId shard, Outcome opened) {
        this.shard = shard;
        covered = opened.getSession().getCoveredThrough();
        position = opened.getIndex();
        sentThrough = covered;
        wantedThrough = covered;
    }

    ShardId shard() {
        return shard;
    }

    long covered() {
        return covered;
    }

    /// Numbers up to here are here already, or on their way.
    long wantedThrough() {
        return wantedThrough;
    }

    /// The last position that this shard is known to have reached.
    long position() {
        return position;
    }

    void add(Piece piece) {
        waiting.add(piece);
    }

    /// The shard is to cover everything up to `through`, whether or not anything of it is its own.
    void want(long through, Deadline deadline) {
        boolean idle = wantedThrough == sentThrough && !sending;
        if (idle || latest.nanos() - deadline.nanos() < 0) latest = deadline;
        wantedThrough = Math.max(wantedThrough, through);
    }

    /// The next command, if there is something to send and nothing under way.
    Optional<Sending> next(SessionBatch.Builder batch) {
        if (sending || sentThrough == wantedThrough) return Optional.empty();
        List<Piece> pieces = new ArrayList<>();
        int bytes = 0;
        for (Piece piece = waiting.peek(); piece != null; piece = waiting.peek()) {
            int size = switch (piece) {
                case Piece.Item item -> item.item().getSerializedSize();
                case Piece.Rejection rejection -> rejection.rejection().getSerializedSize();
            };
            if (!pieces.isEmpty() && (bytes + size > COMMAND_BYTES || pieces.size() == COMMAND_ITEMS)) break;
            bytes += size;
            pieces.add(waiting.remove());
            switch (piece) {
                case Piece.Item item -> batch.addItems(item.item());
                case Piece.Rejection rejection -> batch.addRejections(rejection.rejection());
            }
        }
        // Numbers between two pieces belong to other shards, so a range may end with any piece.
        long through = waiting.isEmpty() ? wantedThrough : pieces.getLast().number();
        batch.setFrom(sentThrough).setThrough(through);
        sentThrough = through;
        sending = true;
        return Optional.of(new Sending(this, batch.build(), pieces, latest));
    }

    void done(Outcome outcome) {
        sending = false;
        covered = Math.max(covered, outcome.getSession().getCoveredThrough());
        position = Math.max(position, outcome.getIndex());
    }
}
