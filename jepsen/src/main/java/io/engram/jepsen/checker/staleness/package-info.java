/// How old were the answers? Exact, from the versions that came with them.
///
/// Path: generator > workload client > history > **checker** > report
///
/// After the Δ-atomicity benchmarks of Rahman, Golab, AuYoung, Keeton and Wylie ("Toward a principled framework for benchmarking
/// consistency", HotDep 2012), the time-staleness of Golab, Rahman, AuYoung, Keeton and Gupta ("Client-centric benchmarking of eventual consistency
/// for cloud storage systems", ICDCS 2014) and the delta-atomicity of Golab, Li and Shah ("Analyzing consistency properties for
/// fun and profit", PODC 2011), with versions instead of a search for an order: a version proves the order of writes, so that
/// the whole takes O(n log n). The quantiles are those of Bailis and others, "Probabilistically bounded staleness for practical
/// partial quorums" (VLDB 2012).
@NullMarked
package io.engram.jepsen.checker.staleness;

import org.jspecify.annotations.NullMarked;
