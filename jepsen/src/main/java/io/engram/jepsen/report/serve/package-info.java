/// A folder of runs in the browser: an index, and each run's files as they are.
///
/// Path: run > folder > **serve**
///
/// Answers on loopback only, reads only, and shows nothing from outside of its folder. Each request has a virtual thread.
@NullMarked
package io.engram.jepsen.report.serve;

import org.jspecify.annotations.NullMarked;
