/// What is asked of the system under test, and by which checkers the answers are judged: one class for each workload.
///
/// Path: generator > **workload client** > history > checker > report
@NullMarked
package io.engram.jepsen.workload;

import org.jspecify.annotations.NullMarked;
