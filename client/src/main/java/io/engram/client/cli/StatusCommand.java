package io.engram.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.client.ClusterStatus;
import io.engram.client.ClusterStatus.Health;
import io.engram.client.ClusterStatus.Member;
import io.engram.client.ClusterStatus.Replica;
import io.engram.client.ClusterStatus.Role;
import io.engram.client.Engram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "status", mixinStandardHelpOptions = true, description = "Shows members, roles and positions.", footer = ExitCode.HELP)
final class StatusCommand extends ClusterCommand {
    @Option(names = "--digests", description = "Add a hash over each replica's state: equal where replicas agree.")
    private boolean digests;

    @Option(names = "--shards", description = "One line for each replica, too.")
    private boolean shards;

    /// 0 if every member is healthy, 5 if one is not reachable or unhealthy.
    @Override
    int ask(Engram engram) {
        ClusterStatus status = digests ? engram.cluster().statusWithDigests() : engram.cluster().status();
        show(() -> json(status), () -> table(status));
        boolean well = status.members().stream().allMatch(m -> m.reachable() && m.health() != Health.UNHEALTHY);
        return well ? ExitCode.OK : ExitCode.UNAVAILABLE;
    }

    private void table(ClusterStatus status) {
        output().line("cluster " + status.cluster() + ", " + status.members().size() + " members, " + status.shards() + " shards × "
                + status.replication() + ", text by " + status.embeddingModel().orElse("nobody"));
        List<List<String>> rows = new ArrayList<>();
        for (Member member : status.members()) rows.add(List.of(
                member.node(), member.endpoint(), member.reachable() ? Json.name(member.health()) : "unreachable",
                Long.toString(member.replicas().stream().filter(r -> r.role() == Role.LEADER).count()),
                Long.toString(member.replicas().stream().mapToLong(Replica::memories).sum()),
                member.engines().isEmpty() ? "" : String.join(" ", member.engines().stream().map(e -> e.name() + ":" + e.state()).toList()),
                bytes(member.residentBytes()), bytes(member.dataBytes()), member.reachable() ? time(member.uptime()) : "", member.version()));
        output().table(List.of("NODE", "ENDPOINT", "HEALTH", "LEADS", "MEMORIES", "ENGINES", "RESIDENT", "DATA", "UP", "VERSION"), rows);
        for (Member member : status.members()) for (String complaint : member.complaints()) output().line("! " + member.node() + ": " + complaint);
        if (shards || digests) replicas(status);
    }

    private void replicas(ClusterStatus status) {
        List<List<String>> rows = new ArrayList<>();
        for (int shard = 0; shard < status.shards(); shard++)
            for (Member member : status.members())
                for (Replica replica : member.replicas())
                    if (replica.shard() == shard) rows.add(List.of(
                            Integer.toString(shard), member.node(), Json.name(replica.role()), Long.toString(replica.term()),
                            Long.toString(replica.applied().index()), Long.toString(replica.logApplied()), Long.toString(replica.snapshotIndex()),
                            replica.staleness().map(s -> s.toMillis() + " ms").orElse("?"), replica.lifeCycle(), replica.digest().orElse("")));
        output().table(List.of("SHARD", "NODE", "ROLE", "TERM", "POSITION", "LOG", "SNAPSHOT", "STALE", "LIFE", "DIGEST"), rows);
    }

    private static ObjectNode json(ClusterStatus status) {
        ObjectNode node = Json.object();
        node.put("cluster", status.cluster()).put("node", status.node()).put("shards", status.shards()).put("replication", status.replication());
        status.embeddingModel().ifPresent(model -> node.put("embedding_model", model).put("embedding_dimension", status.embeddingDimension()));
        ArrayNode members = node.putArray("members");
        for (Member member : status.members()) {
            ObjectNode one = members.addObject();
            one.put("node", member.node()).put("endpoint", member.endpoint()).put("reachable", member.reachable());
            one.put("health", Json.name(member.health())).put("version", member.version()).put("uptime", Json.seconds(member.uptime()));
            one.put("resident_bytes", member.residentBytes()).put("data_bytes", member.dataBytes()).put("disk_free_bytes", member.diskFreeBytes());
            ArrayNode complaints = one.putArray("complaints");
            member.complaints().forEach(complaints::add);
            ArrayNode engines = one.putArray("engines");
            member.engines().forEach(e -> engines.addObject().put("name", e.name()).put("state", e.state()).put("detail", e.detail()).put("members", e.members()));
            ArrayNode replicas = one.putArray("replicas");
            for (Replica replica : member.replicas()) {
                ObjectNode r = replicas.addObject();
                r.put("shard", replica.shard()).put("role", Json.name(replica.role())).put("term", replica.term());
                replica.leader().ifPresent(leader -> r.put("leader", leader));
                r.set("applied", Json.of(replica.applied()));
                r.put("log_committed", replica.logCommitted()).put("log_applied", replica.logApplied()).put("snapshot_index", replica.snapshotIndex());
                r.put("life_cycle", replica.lifeCycle()).put("memories", replica.memories()).put("sessions", replica.sessions());
                replica.staleness().ifPresent(s -> r.put("staleness", Json.seconds(s)));
                replica.digest().ifPresent(digest -> r.put("digest", digest));
            }
        }
        return node;
    }

    static String bytes(long bytes) {
        if (bytes < 1 << 20) return bytes / 1024 + " KiB";
        if (bytes < 1L << 30) return bytes / (1 << 20) + " MiB";
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    private static String time(Duration duration) {
        if (duration.toDays() > 0) return duration.toDays() + " d " + duration.toHoursPart() + " h";
        if (duration.toHours() > 0) return duration.toHours() + " h " + duration.toMinutesPart() + " m";
        if (duration.toMinutes() > 0) return duration.toMinutes() + " m " + duration.toSecondsPart() + " s";
        return duration.toSeconds() + " s";
    }
}
