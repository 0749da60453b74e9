package io.engram.jepsen.store;

import io.engram.jepsen.history.Evidence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One process' way to a system that remembers. Used by one thread at a time. Every call ends within some seconds.
///
/// All calls fail with a [StoreException], which says whether it is certain that nothing was done.
public interface Store extends AutoCloseable {
    /// @param space that the key is in
    record Name(String space, String key) {}

    /// @param version larger is later, per key
    /// @param position of the write within its shard
    record Found(String key, String text, long version, int shard, long position) {}

    /// A value with what came along with it.
    record Seen<T>(T value, Evidence evidence) {}

    /// How fresh an answer must be.
    sealed interface Wanted {
        record Linearizable() implements Wanted {}

        record Bounded(Duration staleness) implements Wanted {}

        /// At least what this store has written and read before.
        record Causal() implements Wanted {}
    }

    /// What must hold for a write to be made.
    sealed interface When {
        record Always() implements When {}

        record VersionIs(long version) implements When {}
    }

    /// An absent memory has version 0.
    Seen<Optional<Found>> get(Name name, Wanted wanted);

    /// @return with the version written
    Evidence put(Name name, String text, When when);

    Evidence forget(Name name);

    /// Every memory of the space whose key begins with the prefix; linearizable page by page.
    Seen<List<Found>> list(String space, String prefix);

    /// The `k` memories whose vectors are closest to that of the named key; linearizable.
    Seen<List<Found>> recall(Name like, int k);

    /// Opens or resumes numbered ingest. Who opens it anew takes it over.
    ///
    /// @param acknowledgedThrough what was acknowledged to earlier openings
    Numbered session(Name session, long acknowledgedThrough);

    @Override
    void close();

    /// A session of numbered observations.
    interface Numbered extends AutoCloseable {
        /// As it was opened: all up to here are durable.
        long durableThrough();

        /// Sends the next numbers and waits until they are durable.
        ///
        /// @param from the one after the last that was sent, or after the durable mark
        /// @throws StoreException of what was sent, any part may be recorded
        void send(long from, List<Note> notes);

        @Override
        void close();
    }

    record Note(String key, String text) {}
}
