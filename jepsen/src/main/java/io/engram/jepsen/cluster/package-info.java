/// Real clusters to try things on: processes of this machine, which can be killed, paused, wiped and started again.
///
/// Path: **cluster** > workload > nemesis > history > checker > report
///
/// Knows nothing of a node's inside: it starts the server as a user would and talks to it through the client.
@NullMarked
package io.engram.jepsen.cluster;

import org.jspecify.annotations.NullMarked;
