/// Is everything that was added still there, and nothing else?
///
/// Path: generator > workload client > history > **checker** > report
///
/// In the sense of Jepsen's `set-full` (github.com/jepsen-io/jepsen, jepsen.checker/set-full): an element's fate is told from when
/// it was known to be there, and from the last reads that had it and lacked it.
@NullMarked
package io.engram.jepsen.checker.set;

import org.jspecify.annotations.NullMarked;
