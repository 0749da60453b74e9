/// Is a memory found as soon as it was acknowledged, and no longer once it was forgotten?
///
/// Path: generator > workload client > history > **checker** > report
///
/// Each memory is a register of one bit, and each recall a read of many of them; what is judged is regularity in the sense of
/// Lamport, "On interprocess communication" (Distributed Computing, 1986): a read sees the last write that was over before it began,
/// or any that it overlaps.
@NullMarked
package io.engram.jepsen.checker.recall;

import org.jspecify.annotations.NullMarked;
