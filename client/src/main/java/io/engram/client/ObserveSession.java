package io.engram.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/// An ingest session: observations in, numbered 1, 2, 3 …, each recorded exactly once and in order, across lost connections and nodes.
///
/// What is taken from the caller is kept until it is acknowledged, in a bounded buffer; when the connection breaks, another node is
/// asked, tells how far the session is durable, and is sent the rest. For many threads; numbers follow the order of the calls.
@SuppressWarnings("DoNotCallSuggester")
public final class ObserveSession implements AutoCloseable {
    ObserveSession() {}

    public String id() {
        throw new UnsupportedOperationException();
    }

    /// Whether the session existed before: this process, or another, began it earlier.
    public boolean resumed() {
        throw new UnsupportedOperationException();
    }

    /// Everything up to here is durable or was rejected. After opening: go on with the observation after this one.
    public long durableThrough() {
        throw new UnsupportedOperationException();
    }

    /// As the session was opened: observations up to here may have been recorded by an earlier process, and those above
    /// [#durableThrough()] must be sent again as they were.
    public long takenThrough() {
        throw new UnsupportedOperationException();
    }

    /// Number of the last observation taken from the caller; of the durable mark if there was none.
    public long lastNumber() {
        throw new UnsupportedOperationException();
    }

    /// Rejections of an earlier process's observations, above the mark that the options named.
    public List<Rejection> earlierRejections() {
        throw new UnsupportedOperationException();
    }

    /// What the node said last about its load; empty: it is at ease.
    public Optional<Pressure> pressure() {
        throw new UnsupportedOperationException();
    }

    /// Takes one observation; waits while the session has no credit or the buffer is full. It is durable when it is
    /// acknowledged, not yet when this returns.
    ///
    /// @return its number
    /// @throws DeadlineException if there was no room within the send timeout; it was not taken
    /// @throws EngramException why the session has failed, if it has
    public long send(Observation observation) {
        throw new UnsupportedOperationException();
    }

    /// Takes one observation if there is room, without waiting. Completes when it is durable; fails with the reason if it is
    /// rejected, with `BUFFER_FULL` if it was not taken, with [OutcomeUnknownException] if the session ends before it is known.
    public CompletableFuture<Receipt> sendAsync(Observation observation) {
        throw new UnsupportedOperationException();
    }

    /// Waits until all that was taken before this call is durable or rejected.
    ///
    /// @throws DeadlineException if that takes longer; the session goes on
    public void flush(Duration limit) {
        throw new UnsupportedOperationException();
    }

    /// Progress and rejections from the time of subscribing on. A subscriber that asks for too little stops the stream:
    /// nothing is dropped, and no more than a few messages are kept for it.
    public Flow.Publisher<Acknowledgement> acknowledgements() {
        throw new UnsupportedOperationException();
    }

    /// Tells a listener of progress and rejections from now on, on the client's threads, one at a time.
    public void onAcknowledgement(Consumer<Acknowledgement> listener) {
        throw new UnsupportedOperationException();
    }

    /// A subscriber that feeds this session.
    public ObservationSink sink() {
        throw new UnsupportedOperationException();
    }

    /// Stops taking observations, waits for those taken, and ends the connection. The session itself lives on at the cluster until
    /// it was idle for long enough.
    ///
    /// @return what is not known to be durable, in order; empty if all is well
    public List<Unacknowledged> close(Duration limit) {
        throw new UnsupportedOperationException();
    }

    /// As [#close(Duration)] with the close timeout of the options.
    ///
    /// @throws OutcomeUnknownException if anything is not known to be durable
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
