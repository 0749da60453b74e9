package io.engram.client;

import io.engram.v1.ObservationBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Observations taken from the caller and not yet acknowledged, in order of number, and how far they have been sent on
/// the present stream. Guarded by the session's lock.
final class SendBuffer {
    /// The protocol's limit.
    private static final int BATCH_OBSERVATIONS = 1024;
    /// Well below what a node takes in one message.
    private static final int BATCH_BYTES = 1 << 20;

    static final class Item {
        final long number;
        final Observation observation;
        final io.engram.v1.Observation wire;
        final int bytes;
        final Optional<CompletableFuture<Receipt>> receipt;
        /// On any stream: it may have been recorded.
        boolean everSent;

        Item(long number, Observation observation, io.engram.v1.Observation wire, Optional<CompletableFuture<Receipt>> receipt) {
            this.number = number;
            this.observation = observation;
            this.wire = wire;
            this.bytes = wire.getSerializedSize();
            this.receipt = receipt;
        }
    }

    private final Deque<Item> unacknowledged = new ArrayDeque<>();
    /// Those of `unacknowledged` that the present stream has not carried.
    private final Deque<Item> unsent = new ArrayDeque<>();
    private long bytes;
    private long inFlightBytes;
    private long durableThrough;
    private long lastNumber;

    /// The first number is the one after `durableThrough`.
    void startAt(long durableThrough) {
        this.durableThrough = durableThrough;
        this.lastNumber = durableThrough;
    }

    Item add(Observation observation, io.engram.v1.Observation wire, Optional<CompletableFuture<Receipt>> receipt) {
        Item item = new Item(++lastNumber, observation, wire, receipt);
        unacknowledged.add(item);
        unsent.add(item);
        bytes += item.bytes;
        return item;
    }

    /// What to send next within the credit; empty: nothing now. One observation may always be in flight, however small the credit
    /// in bytes, or the stream would stand still.
    Optional<ObservationBatch> nextBatch(long creditThrough, long creditBytes) {
        var batch = ObservationBatch.newBuilder();
        long batchBytes = 0;
        while (!unsent.isEmpty() && batch.getObservationsCount() < BATCH_OBSERVATIONS) {
            Item item = unsent.element();
            boolean first = batch.getObservationsCount() == 0;
            if (item.number > creditThrough) break;
            if (!first && batchBytes + item.bytes > BATCH_BYTES) break;
            if (inFlightBytes > 0 && inFlightBytes + item.bytes > creditBytes) break;
            unsent.remove();
            if (first) batch.setFirstNumber(item.number);
            batch.addObservations(item.wire);
            batchBytes += item.bytes;
            inFlightBytes += item.bytes;
            item.everSent = true;
        }
        if (batch.getObservationsCount() == 0) return Optional.empty();
        return Optional.of(batch.setAcknowledgedThrough(durableThrough).build());
    }

    /// @return those acknowledged by this, in order
    List<Item> acknowledge(long through) {
        List<Item> done = new ArrayList<>();
        while (!unacknowledged.isEmpty() && unacknowledged.element().number <= through) {
            Item item = unacknowledged.remove();
            bytes -= item.bytes;
            if (!unsent.isEmpty() && unsent.element() == item) unsent.remove();
            else inFlightBytes -= item.bytes;
            done.add(item);
        }
        durableThrough = Math.max(durableThrough, through);
        return done;
    }

    /// A new stream has carried nothing yet.
    void rewind() {
        unsent.clear();
        unsent.addAll(unacknowledged);
        inFlightBytes = 0;
    }

    boolean inFlight() {
        return unsent.size() < unacknowledged.size();
    }

    long sentThrough() {
        return unsent.isEmpty() ? lastNumber : unsent.element().number - 1;
    }

    long durableThrough() {
        return durableThrough;
    }

    long lastNumber() {
        return lastNumber;
    }

    int size() {
        return unacknowledged.size();
    }

    long bytes() {
        return bytes;
    }

    Iterator<Item> items() {
        return unacknowledged.iterator();
    }
}
