/// The network between nodes: carries the grid's questions over gRPC, on a port of its own. The other side of it is
/// [io.engram.grid.cluster.Peers].
@NullMarked
package io.engram.node.peer;

import org.jspecify.annotations.NullMarked;
