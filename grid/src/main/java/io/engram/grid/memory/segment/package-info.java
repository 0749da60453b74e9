/// Rows of a shard, on disk and searchable from the moment they are applied.
///
/// Path: edge > log > **segment** > hot > recall
///
/// Written by the thread that applies the log, read by all.
@NullMarked
package io.engram.grid.memory.segment;

import org.jspecify.annotations.NullMarked;
