/// The other nodes: asking them, and where the replicas of each shard are.
@NullMarked
package io.engram.grid.cluster;

import org.jspecify.annotations.NullMarked;
