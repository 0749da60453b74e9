/// What is to be done next, as a value: small generators that combine into a run's plan, all chance from one seed.
///
/// Path: **generator** > workload client > history > checker > report
///
/// After Jepsen's pure generators: a generator is immutable; asking it yields an invocation and the generator that is left.
@NullMarked
package io.engram.jepsen.generator;

import org.jspecify.annotations.NullMarked;
