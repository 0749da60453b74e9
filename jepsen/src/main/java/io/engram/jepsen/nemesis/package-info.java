/// Breaks nodes, networks, disks and clocks on purpose, sees that they broke, and mends them.
///
/// Path: schedule > **nemesis** > history (as operations of process -1) > checker (phases) > report
@NullMarked
package io.engram.jepsen.nemesis;

import org.jspecify.annotations.NullMarked;
