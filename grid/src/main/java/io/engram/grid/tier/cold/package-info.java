/// Immutable blobs in a grid on disk.
///
/// Path: edge > log > segment > hot > recall > warm > **cold**
///
/// Knows Ignite; nothing outside this package does.
@NullMarked
package io.engram.grid.tier.cold;

import org.jspecify.annotations.NullMarked;
