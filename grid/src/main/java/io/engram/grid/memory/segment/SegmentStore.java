package io.engram.grid.memory.segment;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// The rows of one shard: each a recorded observation, on local disk (records) and in memory (search codes, attributes).
///
/// One writer, the thread that applies the log; any number of readers. A reader works on a [View], which shows exactly
/// the rows that were visible at one position of the shard, however long it takes.
public interface SegmentStore extends AutoCloseable {
    /// Where a row stands on this node. Differs between replicas; never leaves the node except inside a snapshot.
    record RowId(int segment, int row) {}

    /// Appends a row that becomes visible with the next `publish`.
    ///
    /// @throws IOException nothing of it is visible; the replica must stop and restart from snapshot and log
    RowId append(Space space, Observation observation, long version) throws IOException;

    /// The row stops being visible with the next `publish`, which is at or after `index`.
    void kill(Space space, RowId row, long index);

    /// All rows of the space stop being visible with the next `publish`; their memory is released once no view needs it.
    void drop(SpaceId space);

    /// Makes everything appended and killed since the last call visible at once, as the state at position `index`, which never
    /// goes back.
    ///
    /// @throws IOException nothing became visible; the replica must stop and restart from snapshot and log
    void publish(long index) throws IOException;

    /// The rows as of the last `publish`. Cheap. Close it: it keeps memory from being reused.
    View view();

    /// The record itself, checked against its checksum. Works for every row that a view shows.
    Recorded read(RowId row) throws DamagedFileException;

    /// @param bytes the record's serialized form, as the hot tier carries it
    /// @param checksum CRC-32C of `bytes`
    record Recorded(Observation observation, long version, SpaceId space, byte[] bytes, int checksum) {}

    /// CRC-32C of the row's record, without reading it.
    int checksum(RowId row);

    /// Turns serialized bytes (from the hot tier) back into a record.
    ///
    /// @throws IllegalArgumentException if they are none
    Recorded parse(byte[] bytes);

    /// Makes all rows durable in files that never change afterwards, and links them into `folder` under names that no other
    /// replica and no later file will use.
    ///
    /// @return those links
    List<Path> seal(Path folder) throws IOException;

    /// Takes up these files as the state at position `index`, building aside and swapping at once; views that are open go on
    /// showing what they showed. Rows that `live` does not accept are dead. Whatever else was in the store is forgotten.
    ///
    /// @throws DamagedFileException naming the file and the place; the store is as it was
    void restore(List<Path> files, long index, LiveRows live) throws IOException;

    @FunctionalInterface
    interface LiveRows {
        /// The space of the row if it is live, or null. Called once for each row, in order of files and rows.
        @Nullable Space accept(RowId row, SpaceId space, String key, long version);
    }

    /// Bytes on disk, live and dead rows.
    Figures figures();

    record Figures(long diskBytes, long memoryBytes, long liveRows, long deadRows, int files) {}

    @Override
    void close();

    /// The rows of the shard at one position.
    interface View extends AutoCloseable {
        long position();

        boolean shows(RowId row);

        boolean matches(RowId row, Filter filter);

        /// The exact `k` best rows of a space, best first, equal scores by key. `minScore` is inclusive.
        ///
        /// @param look called by the searching thread once for every few thousand rows at least; what it throws ends the search
        /// @throws IllegalArgumentException if the query has not the space's dimension or `k` is below 1
        Found search(
                Space space, Embedding query, int k, Optional<Filter> filter, OptionalDouble minScore, Runnable look)
                throws DamagedFileException;

        @Override
        void close();
    }

    /// @param considered live rows that passed the filter
    record Found(List<Hit> hits, long considered) {}

    record Hit(RowId row, String key, long version, double score) {}
}
