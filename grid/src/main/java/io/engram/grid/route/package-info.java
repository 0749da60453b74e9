/// Brings each request to the replicas that can answer it, and puts the answers together: the working side of
/// [io.engram.grid.memory.Spaces] and [io.engram.grid.memory.Memories].
///
/// Path: edge > **route** > (write) log, or (read) freshness > key table > hot or segment
///
/// Knows every part below it and no engine; only `Grid` knows it.
@NullMarked
package io.engram.grid.route;

import org.jspecify.annotations.NullMarked;
