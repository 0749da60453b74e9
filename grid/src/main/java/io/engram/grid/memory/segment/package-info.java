/// Rows of a shard, on disk and searchable from the moment they are applied.
///
/// Path: edge > log > **segment** > hot > recall
///
/// Records stand in append-only files ([FileSegmentStore], format in `RecordFormat`); blocks of rows in memory hold what search
/// and filters need. A view pins one published position: rows that died after it, and the files they stand in, are kept until
/// it is closed. Sealing makes files final, merges small and mostly dead ones, and links them into the snapshot's folder.
///
/// Written by the thread that applies the log, read by all without a lock.
@NullMarked
package io.engram.grid.memory.segment;

import org.jspecify.annotations.NullMarked;
