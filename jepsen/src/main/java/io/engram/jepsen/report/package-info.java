/// Shows a run to a reader: one HTML file that needs nothing beside it, `results.json` for programs, and a small server for a
/// folder of runs.
///
/// Path: generator > workload client > history > checker > **report**
///
/// Judges nothing: verdicts and figures are the checkers'. Everything here is made from plain values, so that a report can be
/// made again from a run's folder. Knows Jackson and the JDK's HTTP server; nothing of Engram's client.
@NullMarked
package io.engram.jepsen.report;

import org.jspecify.annotations.NullMarked;
