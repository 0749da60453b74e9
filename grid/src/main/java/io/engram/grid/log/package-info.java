/// Durable and ordered: one replicated log for each shard.
///
/// Path: edge > **log** > segment > hot > recall
///
/// Knows Ratis; nothing outside this package does.
@NullMarked
package io.engram.grid.log;

import org.jspecify.annotations.NullMarked;
