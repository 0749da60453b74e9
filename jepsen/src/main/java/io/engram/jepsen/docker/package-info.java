/// Containers with a node in each, kept alive while the node is killed, so that it can be broken in every way and looked at.
///
/// Path: cluster > **docker** > docker.fault > nemesis
///
/// Knows Testcontainers and the engine's API; nothing outside this package and `docker.fault` does. What runs inside the
/// containers is `ops/images/faults.sh` and the tools in `ops/images/native`.
@NullMarked
package io.engram.jepsen.docker;

import org.jspecify.annotations.NullMarked;
