/// Was enough done, and enough broken, for a verdict to mean anything?
///
/// Path: generator > workload client > history > **checker** > report
@NullMarked
package io.engram.jepsen.checker.statistics;

import org.jspecify.annotations.NullMarked;
