/// The store: remembers observations on a replicated log and serves them from three tiers.
///
/// `Grid` opens and closes it; `node` puts edges in front of it. Knows no gRPC and no HTTP.
@NullMarked
package io.engram.grid;

import org.jspecify.annotations.NullMarked;
