/// How long did it not answer, and how soon after a heal did it answer again?
///
/// Path: generator > workload client > history > **checker** > report
///
/// Availability as a client has it: of what was tried, what was answered, and for how long nothing was (the *yield* of Fox and Brewer,
/// "Harvest, yield, and scalable tolerant systems", HotOS 1999), beside the rates by phase that Jepsen's `perf` checker draws.
@NullMarked
package io.engram.jepsen.checker.availability;

import org.jspecify.annotations.NullMarked;
