package io.engram.node.edge.grpc;

import io.engram.grid.Reason;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.session.Ingest;
import io.engram.v1.Progress;
import io.engram.v1.Rejection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a stream has to tell its client and has not yet. It does not grow while the client is slow to listen: newer marks replace older ones, and
/// the stream takes no more observations while [#isFull].
final class Acknowledgements {
    /// About 300 KiB in one message.
    private static final int REJECTIONS_A_MESSAGE = 512;
    private static final int FULL = 4096;

    private final Queue<Ingest.Rejected> rejections = new ArrayDeque<>();
    private final SortedMap<ShardId, Position> positions = new TreeMap<>();
    private long toldThrough;
    private long durableThrough;
    private boolean news;

    /// At the opening: the mark that the client is told with it, and the rejections that go before all others.
    void begin(long durableThrough, List<Ingest.Rejected> pending) {
        this.durableThrough = durableThrough;
        this.toldThrough = durableThrough;
        rejections.addAll(pending);
    }

    void taken(Ingest.Taken taken) {
        durableThrough = Math.max(durableThrough, taken.durableThrough());
        taken.rejections().stream().sorted(Comparator.comparingLong(Ingest.Rejected::number)).forEach(rejections::add);
        for (Position position : taken.positions())
            positions.merge(position.shard(), position, (a, b) -> a.index() >= b.index() ? a : b);
        news = true;
    }

    /// Something else is to be told, pressure or credit.
    void touch() {
        news = true;
    }

    long durableThrough() {
        return durableThrough;
    }

    /// Everything up to here is durable, or its rejection has been handed out.
    long toldThrough() {
        return toldThrough;
    }

    boolean isFull() {
        return rejections.size() >= FULL;
    }

    boolean hasNews() {
        return news || !rejections.isEmpty();
    }

    /// At most so many, in order.
    List<Rejection> nextRejections() {
        List<Rejection> next = new ArrayList<>();
        while (next.size() < REJECTIONS_A_MESSAGE && !rejections.isEmpty()) {
            Ingest.Rejected rejected = rejections.remove();
            next.add(Rejection.newBuilder()
                    .setNumber(rejected.number())
                    .setStatus(Refusal.of(Reason.named(rejected.reason()), rejected.field(), rejected.message()).toStatus())
                    .build());
        }
        Ingest.Rejected untold = rejections.peek();
        if (untold != null) toldThrough = Math.min(toldThrough, untold.number() - 1);
        return next;
    }

    /// The next message, without credit and pressure. The mark moves only once all rejections below it are told.
    Progress.Builder next() {
        Progress.Builder progress = Progress.newBuilder().addAllRejections(nextRejections());
        if (rejections.isEmpty()) {
            toldThrough = durableThrough;
            positions.values().forEach(position -> progress.addPositions(Answers.position(position)));
            positions.clear();
            news = false;
        }
        return progress.setDurableThrough(toldThrough);
    }
}
