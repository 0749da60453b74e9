/// Does a client's own view never go back?
///
/// Path: generator > workload client > history > **checker** > report
///
/// The four session guarantees of Terry, Demers, Petersen, Spreitzer, Theimer and Welch, "Session guarantees for weakly consistent
/// replicated data" (PDIS 1994).
@NullMarked
package io.engram.jepsen.checker.session;

import org.jspecify.annotations.NullMarked;
