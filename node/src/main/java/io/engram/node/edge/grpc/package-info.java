/// The way in for clients: gRPC calls become domain records here, and refusals become statuses.
///
/// Path: **edge** > memory > log > ...
///
/// Everything a client can get wrong is found in this package, with the field named; behind it nobody checks again. Calls run on
/// virtual threads, so many at once and no more; each ends by its deadline.
@NullMarked
package io.engram.node.edge.grpc;

import org.jspecify.annotations.NullMarked;
