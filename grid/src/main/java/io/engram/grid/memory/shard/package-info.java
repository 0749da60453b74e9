/// One shard's state: folds log entries into spaces, key tables, sessions and outcomes, and shows readers one position of it.
///
/// Path: edge > log > **shard** > segment > hot > recall
///
/// [ShardState] is driven by the log from one thread; [ShardReads] may be used from any.
@NullMarked
package io.engram.grid.memory.shard;

import org.jspecify.annotations.NullMarked;
