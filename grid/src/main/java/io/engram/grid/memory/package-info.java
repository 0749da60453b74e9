/// Front of the story: spaces, and the memories in them.
///
/// Path: edge > **memory** > log > (apply) key table, sessions, segments
@NullMarked
package io.engram.grid.memory;

import org.jspecify.annotations.NullMarked;
