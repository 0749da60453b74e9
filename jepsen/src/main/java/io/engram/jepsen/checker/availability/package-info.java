/// How long did it not answer, and how soon after a heal did it answer again?
///
/// Path: generator > workload client > history > **checker** > report
@NullMarked
package io.engram.jepsen.checker.availability;

import org.jspecify.annotations.NullMarked;
