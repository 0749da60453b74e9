package io.engram.grid.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What a log drives: one shard's state, rebuilt by applying entries in order.
///
/// The log calls `apply`, `snapshot` and `restore` from one thread at a time, never two at once; readers
/// may look at the state from other threads meanwhile.
public interface ShardMachine {
    /// Applies one committed entry. Deterministic: reads no clock, draws no random number, waits for no grid.
    ///
    /// Any failure (disk full, a bug) must freeze the replica *before* `applied` moves on and before anything of the entry is
    /// visible: the log reports it as FAILED and restarts it from snapshot and log once the cause is gone. An outcome is never made from a local failure.
    ///
    /// @return serialized outcomes, one for each command, in order
    List<byte[]> apply(long logIndex, Entry entry) throws IOException;

    /// Tells of a log index that carried no entry of ours (configuration, no-op).
    void skip(long logIndex);

    /// Log index of the last entry applied or skipped; -1: none.
    long applied();

    /// Writes all state into files of `folder` that never change afterwards, durable on return.
    ///
    /// @return the files that make up the snapshot, inside `folder`, the table file first
    List<Path> snapshot(Path folder) throws IOException;

    /// Snapshot files outside `kept` are no longer listed by any snapshot and may be deleted.
    void retain(List<Path> kept) throws IOException;

    /// Takes up the snapshot whose files stand in `folder`; an empty list means start from nothing. Builds the new state
    /// aside and swaps it in at once: a reader sees the old state or the new one, never a half.
    ///
    /// @throws DamagedFileException naming the file and what is wrong with it
    void restore(Path folder, List<Path> files) throws IOException;
}
