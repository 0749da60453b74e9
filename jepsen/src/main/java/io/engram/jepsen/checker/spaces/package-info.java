/// Does a space never show what belongs to another?
///
/// Path: generator > workload client > history > **checker** > report
@NullMarked
package io.engram.jepsen.checker.spaces;

import org.jspecify.annotations.NullMarked;
