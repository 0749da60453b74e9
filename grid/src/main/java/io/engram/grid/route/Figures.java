package io.engram.grid.route;

import io.engram.grid.Figure;
import io.engram.grid.Figure.Kind;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLogs;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.tier.hot.HotTier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Counters and gauges of this node.
final class Figures {
    private final ShardLogs logs;
    private final List<Held> held;
    private final Map<ShardId, Records> records;
    private final CommandRoutes commands;
    private final ShardRoutes routes;
    private final HotTier hot;

    Figures(
            ShardLogs logs, List<Held> held, Map<ShardId, Records> records, CommandRoutes commands, ShardRoutes routes, HotTier hot) {
        this.logs = logs;
        this.held = List.copyOf(held);
        this.records = Map.copyOf(records);
        this.commands = commands;
        this.routes = routes;
        this.hot = hot;
    }

    List<Figure> now() {
        var figures = new ArrayList<Figure>();
        for (Held shard : held) shard(figures, shard);
        figures.add(counter("command_retries_total", "Attempts at a command after the first", commands.retries.sum()));
        figures.add(counter("commands_forwarded_total", "Attempts at a command that went to another node", commands.forwarded.sum()));
        figures.add(counter("reads_elsewhere_total", "Reads of a shard that went to another node", routes.fromElsewhere.sum()));
        hot(figures);
        return figures;
    }

    private void shard(List<Figure> figures, Held shard) {
        var labels = Map.of("shard", shard.shard().toString());
        ReplicaView view = logs.log(shard.shard()).view();
        figures.add(gauge("shard_running", "1 if the replica runs", labels, view.running() ? 1 : 0));
        figures.add(gauge("shard_leads", "1 if this replica leads", labels, view.leads() ? 1 : 0));
        figures.add(gauge("shard_term", "Raft term", labels, view.term()));
        figures.add(gauge("shard_log_committed", "Last log entry known to be committed", labels, view.committed()));
        figures.add(gauge("shard_log_applied", "Last log entry applied", labels, view.applied()));
        figures.add(gauge("shard_position", "Last position that readers see", labels, shard.state().published()));
        SegmentStore.Figures store = shard.segments().figures();
        figures.add(gauge("shard_memories", "Live memories", labels, store.liveRows()));
        figures.add(gauge("shard_dead_rows", "Overwritten or forgotten rows still on disk", labels, store.deadRows()));
        figures.add(gauge("shard_record_files", "Record files", labels, store.files()));
        figures.add(gauge("shard_record_bytes", "Bytes of record files", labels, store.diskBytes()));
        figures.add(gauge("shard_search_bytes", "Bytes of memory that searches scan", labels, store.memoryBytes()));
        Records read = records.get(shard.shard());
        if (read == null) return;
        figures.add(new Figure("reads_hot_total", "Records served from the hot tier", Kind.COUNTER, labels, read.hotHits.sum()));
        figures.add(new Figure(
                "reads_segment_total", "Records served from a segment", Kind.COUNTER, labels, read.segmentReads.sum()));
        figures.add(new Figure(
                "hot_wrong_total", "Records of the hot tier that were not what the key table says", Kind.COUNTER, labels,
                read.hotWrong.sum()));
        figures.add(new Figure(
                "hot_left_out_total", "Writes not offered to the hot tier", Kind.COUNTER, labels, shard.hotWrites().leftOut.sum()));
    }

    private void hot(List<Figure> figures) {
        HotTier.Counts counts = hot.counts();
        figures.add(counter("hot_hits_total", "Keys that the hot tier had", counts.hits()));
        figures.add(counter("hot_misses_total", "Keys that the hot tier did not return", counts.misses()));
        figures.add(counter("hot_timeouts_total", "Keys not answered within the limit", counts.timeouts()));
        figures.add(counter("hot_refused_total", "Keys not asked because a circuit breaker was open", counts.refused()));
        figures.add(counter("hot_failures_total", "Keys that failed", counts.failures()));
        figures.add(counter("hot_malformed_total", "Values that were not ours, or damaged", counts.malformed()));
        figures.add(counter("hot_sent_total", "Changes sent to the hot tier", counts.sent()));
        figures.add(counter("hot_dropped_total", "Changes given up", counts.dropped()));
        figures.add(counter("hot_send_failures_total", "Changes sent whose fate is not known", counts.sendFailures()));
        HotTier.Health health = hot.health();
        figures.add(gauge("hot_members", "Members of the hot tier", Map.of(), health.members()));
        figures.add(gauge("hot_entries", "Entries in this node's share of the hot tier", Map.of(), health.entries()));
        figures.add(gauge("hot_bytes", "Bytes in this node's share of the hot tier", Map.of(), health.bytes()));
    }

    private static Figure counter(String name, String help, long value) {
        return new Figure(name, help, Kind.COUNTER, Map.of(), value);
    }

    private static Figure gauge(String name, String help, Map<String, String> labels, long value) {
        return new Figure(name, help, Kind.GAUGE, labels, value);
    }
}
