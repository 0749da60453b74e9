package io.engram.grid.log;

import static io.engram.grid.log.Cluster.PATIENCE;
import static io.engram.grid.log.Cluster.entry;
import static io.engram.grid.log.Cluster.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.grid.wire.MembershipQuestion.Step;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a replica does that has lost files, or finds them damaged (decision 0003).
class RejoinTest {
    @TempDir
    Path folder;

    private static void has(Cluster cluster, NodeId node, List<String> commands) {
        await(node.value()).atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.node(node).machine(0).commands()).isEqualTo(commands));
        await(node.value()).atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.node(node).log(0).view().running()).isTrue());
    }

    /// @return what the machines record of it
    private static List<String> writeLarge(Cluster cluster, int count, int bytes) {
        var large = "x".repeat(bytes);
        var written = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            cluster.write(0, i + large);
            written.add((i + large).substring(0, 40));
        }
        return written;
    }

    /// @return what the machines record of it, and of the first write
    private static List<String> writeMoreThanFits(Cluster cluster) {
        return and(List.of("a"), writeLarge(cluster, 8, 1 << 20));
    }

    private static List<String> and(List<String> written, List<String> more) {
        var all = new ArrayList<>(written);
        all.addAll(more);
        return all;
    }

    /// As it is seen while nobody starts it again.
    private static ReplicaView view(RatisShardLog.Running running) {
        var log = new RatisShardLog(
                new ShardId(0), new NodeId("n1"), new AppliedIndex(Runnable::run), Runnable::run, Runnable::run, MonotonicClock.SYSTEM);
        log.standing("RUNNING");
        log.runs(running);
        return log.view();
    }

    private static void flip(Path file, long at) throws IOException {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int was = bytes.read();
            bytes.seek(at);
            bytes.write(was ^ 0x40);
        }
    }

    /// Of a replica that has stopped: while it ran, another one may have been under way.
    private static long newestSnapshot(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> name.endsWith(".manifest"))
                    .mapToLong(name -> Long.parseLong(name.replaceAll("\\D", "")))
                    .max()
                    .orElseThrow();
        }
    }

    private static Path firstUnder(Path folder, String prefix) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(f -> Files.isRegularFile(f) && f.getFileName().toString().startsWith(prefix)).findFirst().orElseThrow();
        }
    }

    @Test
    void a_wiped_replica_joins_again_under_the_same_leader() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            await().atMost(PATIENCE).until(() -> new NodeId("n1").equals(cluster.currentLeader(0)));
            var wiped = new NodeId("n3");
            has(cluster, wiped, List.of("a"));
            cluster.wipe(wiped);
            cluster.write(0, "b");
            long term = cluster.node(new NodeId("n1")).log(0).view().term();
            cluster.termAtJoin.clear();
            cluster.start(wiped);
            has(cluster, wiped, List.of("a", "b"));
            // Before it took part again it had left behind all terms in which it may have voted.
            assertThat(cluster.termAtJoin).containsEntry(wiped, term);
            // It came back without an election, and counts again: with it, one of the others may go.
            assertThat(cluster.node(new NodeId("n1")).log(0).view().term()).isEqualTo(term);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            cluster.node(new NodeId("n1")).log(0).membership().current())
                    .hasSize(3));
            assertThat(cluster.node(wiped).log(0).view().term()).isEqualTo(term);
            cluster.stop(new NodeId("n2"));
            cluster.write(0, "c");
            has(cluster, wiped, List.of("a", "b", "c"));
        }
    }

    @Test
    void an_empty_replica_does_not_run_before_it_can_tell_whether_the_shard_is_new() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var wiped = cluster.follower(0);
            cluster.wipe(wiped);
            cluster.unreachable.add(wiped);
            cluster.start(wiped);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.node(wiped).logs().complaints())
                    .anySatisfy(c -> assertThat(c).contains("to tell whether it is new")));
            assertThat(cluster.node(wiped).log(0).view().running()).isFalse();
            assertThat(cluster.node(wiped).log(0).view().role()).isEqualTo(ReplicaView.Role.STOPPED);
            assertThat(cluster.raft(wiped, 0)).doesNotExist();
            cluster.unreachable.clear();
            has(cluster, wiped, List.of("a"));
            assertThat(cluster.node(wiped).logs().complaints()).isEmpty();
        }
    }

    @Test
    void a_damaged_log_is_refused_kept_aside_and_fetched_again() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            for (var command : List.of("a", "b", "c")) cluster.write(0, command);
            var hurt = cluster.follower(0);
            has(cluster, hurt, List.of("a", "b", "c"));
            cluster.stop(hurt);
            flip(firstUnder(cluster.raft(hurt, 0), "log_"), 60);
            cluster.start(hurt);
            has(cluster, hurt, List.of("a", "b", "c"));
            var kept = firstUnder(cluster.data(hurt).resolve("aside"), "log_");
            assertThat(cluster.node(hurt).logs().complaints())
                    .anySatisfy(c -> assertThat(c).contains("shard 0 was damaged", "damaged file", kept.getFileName() + ": ", "aside"));
        }
    }

    @Test
    void a_damaged_snapshot_file_is_refused_and_fetched_again() throws Exception {
        try (var cluster = Cluster.snapshotting(folder).startAll()) {
            var all = IntStream.range(0, 12).mapToObj(i -> "c" + i).toList();
            for (var command : all) cluster.write(0, command);
            var hurt = cluster.follower(0);
            has(cluster, hurt, all);
            await().atMost(PATIENCE).until(() -> cluster.node(hurt).log(0).view().snapshot() > 0);
            cluster.stop(hurt);
            flip(cluster.data(hurt).resolve("shards/0/records/r" + newestSnapshot(cluster.data(hurt).resolve("shards/0"))), 1);
            cluster.start(hurt);
            has(cluster, hurt, all);
            assertThat(cluster.node(hurt).logs().complaints()).anySatisfy(c -> assertThat(c).contains("its content changed"));
            assertThat(cluster.node(hurt).log(0).view().snapshot()).as("came by snapshot").isGreaterThan(0);
        }
    }

    @Test
    void a_replica_that_was_away_while_the_log_was_purged_catches_up_by_snapshot() throws Exception {
        try (var cluster = Cluster.snapshotting(folder).startAll()) {
            cluster.write(0, "a");
            var away = cluster.follower(0);
            has(cluster, away, List.of("a"));
            cluster.stop(away);
            // More than one 32 MiB segment, so that there is a whole one to purge.
            var written = and(List.of("a"), writeLarge(cluster, 20, 2 << 20));
            var leader = cluster.leader(0);
            await().atMost(PATIENCE).untilAsserted(() -> {
                try (var files = Files.list(cluster.raft(leader, 0).resolve("current"))) {
                    assertThat(files.map(f -> f.getFileName().toString())).noneMatch(name -> name.startsWith("log_0-"));
                }
            });
            cluster.start(away);
            has(cluster, away, written);
            cluster.write(0, "z");
            written.add("z");
            has(cluster, away, written);
            // The snapshot that came is what it starts from.
            cluster.stop(away);
            cluster.start(away);
            has(cluster, away, written);
        }
    }

    @Test
    void a_group_that_closed_is_reported_and_started_again() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var leader = cluster.leader(0);
            var logs = (RatisShardLogs) cluster.node(leader).logs();
            var running = Objects.requireNonNull(logs.replica(new ShardId(0)).running());
            running.division().close();
            // Ratis goes on calling it a leader.
            var view = view(running);
            assertThat(view.role()).isEqualTo(ReplicaView.Role.STOPPED);
            assertThat(view.running()).isFalse();
            cluster.write(0, "b");
            has(cluster, leader, List.of("a", "b"));
            // What it knew was not thrown away: readers of its state never saw it go back.
            assertThat(cluster.node(leader).machine(0).restores()).isEqualTo(1);
        }
    }

    @Test
    void a_server_that_ratis_closed_is_opened_again() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var paused = cluster.follower(0);
            var logs = (RatisShardLogs) cluster.node(paused).logs();
            // As Ratis does itself after a pause of the process that is longer than its close threshold.
            var running = Objects.requireNonNull(logs.replica(new ShardId(0)).running());
            running.server().close();
            assertThat(view(running).running()).isFalse();
            cluster.write(0, "b");
            has(cluster, paused, List.of("a", "b"));
        }
    }

    @Test
    void a_full_disk_stops_one_replica_which_says_so_and_goes_on_when_there_is_room() throws Exception {
        var full = new NodeId("n3");
        try (var disk = SmallDisk.mounted(folder.resolve(full.value()), 64 << 20);
                var cluster = Cluster.ofThree(folder)) {
            cluster.startAll();
            cluster.write(0, "a");
            has(cluster, full, List.of("a"));
            disk.fill();
            var written = writeMoreThanFits(cluster);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.node(full).logs().complaints())
                    .anySatisfy(c -> assertThat(c).contains("cannot be written")));
            assertThat(cluster.node(full).log(0).view().role()).isEqualTo(ReplicaView.Role.STOPPED);
            assertThat(cluster.node(full).log(0).view().lifeCycle()).startsWith("FAILED");
            assertThat(cluster.node(full).log(0).append(entry("x"), in(PATIENCE)).get())
                    .isInstanceOfSatisfying(Appended.DiskFull.class, no -> assertThat(no.why()).contains("cannot be written"));
            cluster.write(0, "b");
            written.add("b");
            disk.free();
            has(cluster, full, written);
            assertThat(cluster.node(full).logs().complaints()).isEmpty();
        }
    }

    @Test
    void what_unfinished_transfers_left_does_not_keep_a_full_disk_full() throws Exception {
        var full = new NodeId("n3");
        try (var disk = SmallDisk.mounted(folder.resolve(full.value()), 64 << 20);
                var cluster = Cluster.ofThree(folder)) {
            cluster.startAll();
            cluster.write(0, "a");
            has(cluster, full, List.of("a"));
            // As it stands in the folder that Ratis receives snapshots in.
            var unfinished = cluster.data(full).resolve("shards/0.incoming/snapshot-1");
            Files.createDirectories(unfinished);
            disk.fill();
            Files.move(cluster.data(full).resolve("filler"), unfinished.resolve("table"));
            var written = writeMoreThanFits(cluster);
            await().atMost(PATIENCE).until(() -> !Files.exists(unfinished));
            has(cluster, full, written);
        }
    }

    @Test
    void a_joined_replica_does_not_need_the_file_of_its_configuration() throws Exception {
        try (var cluster = Cluster.snapshotting(folder).startAll()) {
            cluster.write(0, "a");
            var joined = new NodeId("n3");
            await().atMost(PATIENCE).until(() -> new NodeId("n1").equals(cluster.currentLeader(0)));
            cluster.wipe(joined);
            cluster.write(0, "b");
            cluster.start(joined);
            has(cluster, joined, List.of("a", "b"));
            // Until its log holds no configuration any more.
            var written = and(List.of("a", "b"), writeLarge(cluster, 20, 2 << 20));
            var log = cluster.raft(joined, 0).resolve("current");
            await().atMost(PATIENCE).untilAsserted(() -> {
                try (var files = Files.list(log)) {
                    assertThat(files.map(f -> f.getFileName().toString())).noneMatch(name -> name.startsWith("log_0-"));
                }
            });
            cluster.stop(joined);
            // What Ratis leaves of it when the disk is full.
            assertThat(log.resolve("raft-meta.conf")).isNotEmptyFile();
            Files.write(log.resolve("raft-meta.conf"), new byte[0]);
            cluster.start(joined);
            has(cluster, joined, written);
            assertThat(cluster.node(joined).logs().complaints()).isEmpty();
        }
    }

    @Test
    void a_replica_that_was_taken_out_unawares_is_taken_in_again_with_what_it_has() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var leader = cluster.settledLeader(0);
            var out = new NodeId("n3");
            has(cluster, out, List.of("a"));
            cluster.stop(out);
            // A question of its own that arrives late.
            assertThat(cluster.asks(out, Step.STEP_LEAVE, leader, PATIENCE).getDone()).isTrue();
            cluster.write(0, "b");
            cluster.start(out);
            has(cluster, out, List.of("a", "b"));
            await().atMost(PATIENCE).untilAsserted(() ->
                    assertThat(cluster.node(cluster.leader(0)).log(0).membership().current()).hasSize(3));
            assertThat(cluster.data(out).resolve("aside")).doesNotExist();
        }
    }

    @Test
    void one_of_five_that_was_wiped_joins_again() throws Exception {
        try (var cluster = new Cluster(folder, 5, 1, 5, Cluster.logConfig(1_000_000)).startAll()) {
            cluster.write(0, "a");
            var leader = cluster.settledLeader(0);
            var wiped = new NodeId("n5");
            has(cluster, wiped, List.of("a"));
            cluster.wipe(wiped);
            cluster.write(0, "b");
            cluster.start(wiped);
            has(cluster, wiped, List.of("a", "b"));
            await().atMost(PATIENCE).untilAsserted(() ->
                    assertThat(cluster.node(leader).log(0).membership().current()).hasSize(5));
        }
    }

    @Test
    void a_snapshot_that_could_not_be_put_into_place_does_not_stop_a_replica_for_good() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var hurt = cluster.follower(0);
            has(cluster, hurt, List.of("a"));
            var logs = (RatisShardLogs) cluster.node(hurt).logs();
            // What Ratis does before it renames the folders; when that fails, it leaves it there.
            Objects.requireNonNull(logs.replica(new ShardId(0)).running()).machine().pause();
            cluster.write(0, "b");
            has(cluster, hurt, List.of("a", "b"));
        }
    }

    @Test
    void a_replica_whose_start_failed_starts_when_it_can() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var hurt = cluster.follower(0);
            has(cluster, hurt, List.of("a"));
            cluster.stop(hurt);
            cluster.ill.add(hurt);
            cluster.start(hurt);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.node(hurt).logs().complaints())
                    .anySatisfy(c -> assertThat(c).contains("told to fail")));
            cluster.node(hurt).machine(0).failing = false;
            has(cluster, hurt, List.of("a"));
        }
    }

    @Test
    void a_node_without_others_names_the_log_file_that_is_damaged_and_leaves_it_alone() throws Exception {
        var only = new NodeId("n1");
        try (var cluster = Cluster.ofOne(folder).startAll()) {
            cluster.write(0, "a");
            cluster.stop(only);
            var log = firstUnder(cluster.raft(only, 0), "log_");
            flip(log, 60);
            cluster.start(only);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.node(only).logs().complaints())
                    .anySatisfy(c -> assertThat(c).contains("damaged file " + log + ": ")));
            assertThat(log).exists();
        }
    }

    @Test
    void a_start_takes_as_long_as_it_takes_and_says_so() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var slow = cluster.follower(0);
            has(cluster, slow, List.of("a"));
            cluster.stop(slow);
            var open = new CountDownLatch(1);
            cluster.open = open;
            cluster.start(slow);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.node(slow).logs().complaints())
                    .anySatisfy(c -> assertThat(c).contains("has been starting for")));
            assertThat(cluster.node(slow).machine(0).stalls()).as("restores begun").isEqualTo(1);
            open.countDown();
            has(cluster, slow, List.of("a"));
            assertThat(cluster.node(slow).machine(0).restores()).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> cluster.node(slow).logs().complaints().isEmpty());
        }
    }

    @Test
    void a_replica_whose_term_was_emptied_joins_again_and_names_the_file() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var hurt = cluster.follower(0);
            has(cluster, hurt, List.of("a"));
            cluster.stop(hurt);
            Files.write(cluster.raft(hurt, 0).resolve("current/raft-meta"), new byte[0]);
            cluster.start(hurt);
            has(cluster, hurt, List.of("a"));
            assertThat(cluster.node(hurt).logs().complaints()).anySatisfy(c -> assertThat(c).contains("damaged file", "raft-meta"));
        }
    }

    @Test
    void what_has_not_stopped_is_not_taken_for_stopped() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var slow = cluster.follower(0);
            has(cluster, slow, List.of("a"));
            var open = new CountDownLatch(1);
            int before = cluster.node(slow).machine(0).stalls();
            cluster.node(slow).machine(0).open = open;
            cluster.write(0, "b");
            await().atMost(PATIENCE).until(() -> cluster.node(slow).machine(0).stalls() > before);
            var logs = (RatisShardLogs) cluster.node(slow).logs();
            var group = RatisShardLogs.groupOf("test", new ShardId(0));
            for (int i = 0; i < 2; i++)
                assertThatThrownBy(() -> logs.node().stop(group, Duration.ofSeconds(1)))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("has not stopped");
            await().atMost(PATIENCE).until(() -> !cluster.node(slow).log(0).view().running());
            open.countDown();
            has(cluster, slow, List.of("a", "b"));
            assertThat(cluster.node(slow).machine(0).restores()).as("went on from what it had").isEqualTo(1);
        }
    }

    @Test
    void a_replica_that_cannot_apply_stops_says_why_and_goes_on_when_it_can() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var hurt = cluster.follower(0);
            has(cluster, hurt, List.of("a"));
            cluster.node(hurt).machine(0).failing = true;
            cluster.write(0, "b");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.node(hurt).logs().complaints())
                    .anySatisfy(c -> assertThat(c).contains("told to fail")));
            cluster.write(0, "c");
            cluster.node(hurt).machine(0).failing = false;
            has(cluster, hurt, List.of("a", "b", "c"));
        }
    }

    @Test
    void a_replica_that_was_given_a_term_takes_part_in_none_up_to_it() throws Exception {
        var only = new NodeId("n1");
        try (var cluster = Cluster.ofOne(folder)) {
            Identity.open(cluster.data(only), "test", only);
            new RaftFolder(cluster.raft(only, 0)).make(41);
            new Seat(Seat.Stage.MEMBER).write(cluster.data(only).resolve("seats/0"));
            cluster.start(only);
            cluster.write(0, "a");
            assertThat(cluster.node(only).log(0).view().term()).isEqualTo(42);
        }
    }

    @Test
    void a_node_without_others_does_not_start_over_when_its_log_is_gone() throws Exception {
        var cluster = Cluster.ofOne(folder);
        try (cluster) {
            var only = new NodeId("n1");
            cluster.start(only);
            cluster.write(0, "a");
            cluster.stop(only);
            SnapshotFolder.delete(cluster.raft(only, 0));
            cluster.start(only);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.node(only).logs().complaints())
                    .anySatisfy(c -> assertThat(c).contains("no other to fetch it from")));
            assertThat(cluster.node(only).log(0).append(entry("b"), in(Duration.ofSeconds(1))).get())
                    .isInstanceOf(Appended.Unavailable.class);
        }
    }
}
