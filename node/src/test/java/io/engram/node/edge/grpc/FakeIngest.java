package io.engram.node.edge.grpc;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.session.Ingest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/// An ingest session whose batches become durable when the test says so, or at once.
final class FakeIngest implements Ingest {
    private final Space space;
    final List<Batch> batches = new CopyOnWriteArrayList<>();
    volatile boolean atOnce = true;
    volatile boolean closed;

    record Batch(long first, List<Item> items, CompletableFuture<Taken> taken) {
        /// The whole batch is durable, its bad items rejected.
        void complete() {
            List<Rejected> rejected = new ArrayList<>();
            for (int i = 0; i < items.size(); i++)
                if (items.get(i) instanceof Item.Bad bad)
                    rejected.add(new Rejected(first + i, bad.reason(), bad.field(), bad.message()));
            long last = first + items.size() - 1;
            taken.complete(new Taken(last, rejected, List.of(new Position(new ShardId(0), last))));
        }
    }

    FakeIngest(Space space) {
        this.space = space;
    }

    FakeIngest held() {
        atOnce = false;
        return this;
    }

    @Override
    public Space space() {
        return space;
    }

    @Override
    public boolean resumed() {
        return false;
    }

    @Override
    public long durableThrough() {
        return 0;
    }

    @Override
    public long takenThrough() {
        return 0;
    }

    @Override
    public List<Rejected> pendingRejections() {
        return List.of();
    }

    @Override
    public CompletableFuture<Taken> take(long first, List<Item> items, long acknowledgedThrough, Deadline deadline) {
        Batch batch = new Batch(first, List.copyOf(items), new CompletableFuture<>());
        batches.add(batch);
        if (atOnce) batch.complete();
        return batch.taken();
    }

    @Override
    public void close() {
        closed = true;
    }
}
