/// Do the replicas come together once nothing is broken any more?
///
/// Path: cluster status > samples > **checker** > report
///
/// Convergence as Jepsen's final reads look for it, read off the replicas' own state digests.
@NullMarked
package io.engram.jepsen.checker.liveness;

import org.jspecify.annotations.NullMarked;
