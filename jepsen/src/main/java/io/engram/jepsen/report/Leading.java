package io.engram.jepsen.report;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Who led how many shards, as far as the answers told: a shard is led by whoever last answered for it as its leader, without
/// staleness. (One that was cut off may go on to answer stale reads as the leader that it thinks it is.)
///
/// @param shards that any answer named
record Leading(int shards, Map<String, List<Span>> byNode) {
    /// @param shards led from one moment to the other, at least one
    record Span(long from, long to, int shards) {}

    static Leading of(History history, long end) {
        Map<Integer, String> leaders = new HashMap<>();
        TreeSet<Integer> shards = new TreeSet<>();
        Map<String, List<Span>> spans = new HashMap<>();
        Map<String, Span> open = new HashMap<>();
        for (Op op : history.ops()) {
            Evidence evidence = op.evidence();
            Integer shard = evidence.shard();
            if (op.type() != OpType.OK || shard == null) continue;
            shards.add(shard);
            String node = evidence.node();
            if (node == null || !"leader".equals(evidence.role())) continue;
            Duration staleness = evidence.staleness();
            if (staleness != null && staleness.isPositive()) continue;
            String before = leaders.put(shard, node);
            if (node.equals(before)) continue;
            if (before != null) change(open, spans, before, -1, op.time());
            change(open, spans, node, 1, op.time());
        }
        open.forEach((node, span) -> close(spans, node, span, end));
        return new Leading(shards.size(), spans);
    }

    private static void change(Map<String, Span> open, Map<String, List<Span>> spans, String node, int by, long time) {
        Span before = open.remove(node);
        int count = by + (before == null ? 0 : before.shards());
        if (before != null) close(spans, node, before, time);
        if (count > 0) open.put(node, new Span(time, time, count));
    }

    private static void close(Map<String, List<Span>> spans, String node, Span span, long time) {
        if (time > span.from()) spans.computeIfAbsent(node, _ -> new ArrayList<>()).add(new Span(span.from(), time, span.shards()));
    }
}
