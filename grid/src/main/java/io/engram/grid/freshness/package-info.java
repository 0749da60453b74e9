/// Lets reads through once their freshness is established, and says what was established.
///
/// Path: edge > **freshness** > key table > hot or segment
///
/// Knows the log and the peers, no engine; runs under simulation.
@NullMarked
package io.engram.grid.freshness;

import org.jspecify.annotations.NullMarked;
