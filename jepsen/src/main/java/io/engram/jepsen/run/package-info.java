/// One run from start to verdict: cluster, clients, faults, history, checkers, folder.
///
/// Path: plan + schedule > **run** > history > checkers > report
///
/// The run owns every thread it starts, and ends what it broke: healed in any case, at the latest when the JVM ends. Runs can be
/// repeated from their folder, their schedules shrunk, and many runs put in a row.
@NullMarked
package io.engram.jepsen.run;

import org.jspecify.annotations.NullMarked;
