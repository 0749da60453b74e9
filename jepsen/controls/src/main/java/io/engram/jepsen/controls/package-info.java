/// Known-bad systems: a Java agent that breaks a node while its classes are loaded, each switch in one way that a workload of
/// the harness is there to find.
///
/// Path: `-javaagent:…=switch,…` > **agent** > rewritten methods of the node > history > checker says no
///
/// Production code knows nothing of this. A switch names the methods it rewrites; if one of them is not there any more, the
/// process ends and says so, so that no control can turn harmless unnoticed.
@NullMarked
package io.engram.jepsen.controls;

import org.jspecify.annotations.NullMarked;
