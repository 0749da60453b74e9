/// Records in RAM, in a grid that may lose, split or roll back: the worst it can do is a miss.
///
/// Path: edge > log > segment > **hot** > recall
///
/// Knows Hazelcast; nothing outside this package does.
@NullMarked
package io.engram.grid.tier.hot;

import org.jspecify.annotations.NullMarked;
