/// What workloads ask of a system that remembers, in the few words they need: Engram's client behind it, or a control that is
/// known to be bad.
///
/// Path: workload > **store** > the system under test
///
/// The one place of the harness' run that knows Engram's client. A store says of each failure whether it is certain that nothing
/// was done; workloads build on that and on nothing else.
@NullMarked
package io.engram.jepsen.store;

import org.jspecify.annotations.NullMarked;
