/// Known-bad systems that the harness must find, each with the workload and the faults that are there for it.
///
/// Path: **control** > run (of nodes that an agent breaks while they are loaded) > checker must say no
///
/// The agent stands in a module of its own, started by its path: nothing here knows what it does to a node.
@NullMarked
package io.engram.jepsen.control;

import org.jspecify.annotations.NullMarked;
