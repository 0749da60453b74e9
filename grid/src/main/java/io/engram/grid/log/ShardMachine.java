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
    /// @return serialized outcomes, one for each command, in order
    List<byte[]> apply(long logIndex, Entry entry);

    /// Tells of a log index that carried no entry of ours (configuration, no-op).
    void skip(long logIndex);

    /// Log index of the last entry applied or skipped; -1: none.
    long applied();

    /// Writes all state into files of `folder` that never change afterwards, durable on return.
    ///
    /// @return the files that make up the snapshot, inside `folder`, the table file first
    List<Path> snapshot(Path folder) throws IOException;

    /// Forgets all state and takes up the snapshot whose files stand in `folder`; an empty list means start from nothing.
    ///
    /// @throws DamagedFileException naming the file and what is wrong with it
    void restore(Path folder, List<Path> files) throws IOException;
}
