/// Judges histories. A checker says *valid* only of what it looked at, to the end.
///
/// Path: generator > workload client > history > **checker** > report
///
/// Checkers hold no state between calls and are safe for use by many threads. Nothing here knows Engram's client.
@NullMarked
package io.engram.jepsen.checker;

import org.jspecify.annotations.NullMarked;
