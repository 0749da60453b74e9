/// A plain Hazelcast map behind Engram's protocol: what a memory would be if the grid decided. Fast, and wrong as soon as the
/// network splits.
///
/// Serves what the register workload needs: spaces are created and named, memories are put, read and compared-and-set; everything
/// else is `UNIMPLEMENTED`. Takes a node's settings and listens on a node's ports.
@NullMarked
package io.engram.jepsen.controls.map;

import org.jspecify.annotations.NullMarked;
