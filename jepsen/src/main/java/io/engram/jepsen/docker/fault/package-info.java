/// Breaks containers on purpose: each class one kind of fault, how it is injected, how it shows, and how it is mended.
///
/// Path: nemesis > **docker.fault** > docker
///
/// A fault counts only if its effect was seen from where it matters: datagrams that no longer arrive, the kernel's counters, a write
/// that fails, the clock that the node itself tells. Used by one thread; nodes are worked on side by side.
@NullMarked
package io.engram.jepsen.docker.fault;

import org.jspecify.annotations.NullMarked;
