package io.engram.grid.log;

import static io.engram.grid.log.Cluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one replica does when leaders change while entries of one still wait for its disk. The disk is stopped where Ratis lets a
/// test do so; the other two replicas are away, and the test speaks in their names.
class LeaderMessagesTest {
    private static final NodeId N1 = new NodeId("n1");
    private static final NodeId N2 = new NodeId("n2");

    /// Where Ratis' thread that writes a log begins.
    private static final String WRITER = "SegmentedRaftLogWorker.runWorker";

    @TempDir
    Path folder;

    private final CountDownLatch disk = new CountDownLatch(1);

    @AfterEach
    void let_the_disk_go() {
        disk.countDown();
        CodeInjectionForTesting.remove(WRITER);
    }

    @Test
    void the_next_leaders_entry_is_not_acknowledged_for_an_old_one_of_its_index() throws Exception {
        try (var cluster = begun(Cluster.ofThree(folder))) {
            var n1 = startWithStoppedDisk(cluster);
            long term = term(n1) + 1;
            var last = last(n1);
            try (var n2 = new FakeLeader("n2", n1, term);
                    var n3 = new FakeLeader("n3", n1, term + 1)) {
                var _ = queueTwo(n2, last, term);
                var shared = after(last, term);
                var fresh = n3.append(shared, term + 1);
                unanswered(fresh);
                disk.countDown();

                assertThat(get(fresh).getResult()).isEqualTo(AppendResult.SUCCESS);
                assertThat(n1.getRaftLog().getTermIndex(shared.getIndex() + 1)).isEqualTo(after(shared, term + 1));
            }
        }
    }

    /// Otherwise an acknowledged entry might be missing in the log that the vote goes by; and the vote would let the replica stand for
    /// election itself, and lead, with entries of the old leader yet to come into its log.
    @Test
    void a_vote_waits_for_the_entries_that_came_before_it() throws Exception {
        try (var cluster = begun(Cluster.ofThree(folder))) {
            var n1 = startWithStoppedDisk(cluster);
            long term = term(n1) + 1;
            var last = last(n1);
            try (var n2 = new FakeLeader("n2", n1, term);
                    var n3 = new FakeLeader("n3", n1, term + 1)) {
                var unseen = queueTwo(n2, last, term);
                var vote = n3.askForVote(after(last, term));
                unanswered(vote);
                disk.countDown();

                assertThat(get(vote)).as("lacks the second entry").isFalse();
                assertThat(get(unseen).getResult()).isIn(AppendResult.SUCCESS, AppendResult.NOT_LEADER);
                assertThat(get(n3.askForVote(after(after(last, term), term)))).isTrue();
            }
        }
    }

    @Test
    void what_was_queued_is_not_acknowledged_to_the_old_leader_once_the_next_was_heard() throws Exception {
        try (var cluster = begun(Cluster.ofThree(folder))) {
            var n1 = startWithStoppedDisk(cluster);
            long term = term(n1) + 1;
            var last = last(n1);
            try (var n2 = new FakeLeader("n2", n1, term);
                    var n3 = new FakeLeader("n3", n1, term + 1)) {
                var late = queueTwo(n2, last, term);
                assertThat(get(n3.append(last)).getResult()).isEqualTo(AppendResult.SUCCESS);
                disk.countDown();

                assertThat(get(late)).satisfies(reply -> {
                    assertThat(reply.getResult()).isEqualTo(AppendResult.NOT_LEADER);
                    assertThat(reply.getTerm()).isEqualTo(term + 1);
                });
            }
        }
    }

    /// As a leader does whose stream broke: it begins at the same index, and has more entries by now.
    @Test
    void entries_that_are_sent_again_with_others_are_acknowledged_when_all_are_in_the_log() throws Exception {
        try (var cluster = begun(Cluster.ofThree(folder))) {
            var n1 = startWithStoppedDisk(cluster);
            long term = term(n1) + 1;
            var last = last(n1);
            try (var n2 = new FakeLeader("n2", n1, term)) {
                var _ = queueTwo(n2, last, term);
                var first = after(last, term);
                var again = n2.append(first, term, term);
                unanswered(again);
                disk.countDown();

                var third = after(after(first, term), term);
                assertThat(get(again)).satisfies(reply -> {
                    assertThat(reply.getResult()).isEqualTo(AppendResult.SUCCESS);
                    assertThat(reply.getMatchIndex()).isEqualTo(third.getIndex());
                });
                assertThat(last(n1)).isEqualTo(third);
            }
        }
    }

    /// An entry that is in the queue alone may stand for another one in the log.
    @Test
    void a_heartbeat_commits_nothing_while_entries_wait_for_the_disk() throws Exception {
        try (var cluster = begun(Cluster.ofThree(folder))) {
            var n1 = startWithStoppedDisk(cluster);
            long term = term(n1) + 1;
            var last = last(n1);
            long committed = n1.getRaftLog().getLastCommittedIndex();
            assertThat(committed).as("there is something left to commit").isLessThan(last.getIndex());
            try (var n2 = new FakeLeader("n2", n1, term)) {
                var queued = queueTwo(n2, last, term);
                var second = after(after(last, term), term);
                assertThat(get(n2.append(second, List.of(), second.getIndex())).getFollowerCommit()).isEqualTo(committed);
                disk.countDown();

                assertThat(get(queued).getResult()).isEqualTo(AppendResult.SUCCESS);
                await().atMost(PATIENCE)
                        .until(() -> get(n2.append(second, List.of(), second.getIndex())).getFollowerCommit() == second.getIndex());
            }
        }
    }

    /// Ratis forgets an append a moment after it was written, and acknowledges what begins at the same index for it till then.
    @Test
    void the_queue_is_empty_when_ratis_has_forgotten_what_was_written() throws Exception {
        try (var cluster = begun(Cluster.ofThree(folder))) {
            var n1 = startWithStoppedDisk(cluster);
            long term = term(n1) + 1;
            var last = last(n1);
            try (var n2 = new FakeLeader("n2", n1, term)) {
                var written = n2.append(last, term);
                assertThat(get(n2.append(after(last, term))).getResult()).isEqualTo(AppendResult.SUCCESS);
                CompletableFuture<Boolean> empty;
                synchronized (AppendQueue.indices(n1)) {
                    disk.countDown();
                    await().atMost(PATIENCE).until(() -> AppendQueue.written(n1).isDone());
                    empty = CompletableFuture.supplyAsync(() -> emptyQueue(n1));
                    unanswered(empty);
                }
                assertThat(get(empty)).isTrue();
                assertThat(get(written).getResult()).isEqualTo(AppendResult.SUCCESS);
            }
        }
    }

    @Test
    @SuppressWarnings("try") // The cluster is closed to be started again.
    void a_snapshot_waits_for_the_entries_that_came_before_it() throws Exception {
        try (var cluster = Cluster.snapshotting(folder)) {
            begun(cluster);
            cluster.start(N2);
            cluster.start(new NodeId("n3"));
            var ahead = running(cluster, N2);
            // One of before n1 was away would be no news to it.
            long known = last(ahead).getIndex() + 10;
            for (int i = 0; i < 20; i++) cluster.write(0, "b" + i);
            var snapshot = await().atMost(PATIENCE)
                    .until(() -> ahead.getStateMachine().getLatestSnapshot(), latest -> latest != null && latest.getIndex() > known);
            var requests = requests(ahead, snapshot);
            long term = term(ahead) + 1;
            cluster.close();

            var n1 = startWithStoppedDisk(cluster);
            try (var n2 = new FakeLeader("n2", n1, term)) {
                var _ = queueTwo(n2, last(n1), term);
                var installed = n2.install(requests);
                unanswered(installed);
                disk.countDown();

                assertThat(installed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getResult()).isEqualTo(InstallSnapshotResult.SUCCESS);
                assertThat(get(n2.append(snapshot.getTermIndex(), term)).getResult()).isEqualTo(AppendResult.SUCCESS);
                assertThat(division(cluster, N1)).as("was not started again").isSameAs(n1);
            }
        }
    }

    @Test
    void after_entries_that_could_not_be_appended_the_replica_takes_others() throws Exception {
        try (var cluster = begun(Cluster.ofThree(folder))) {
            cluster.start(N1);
            var n1 = running(cluster);
            long term = term(n1) + 1;
            var last = last(n1);
            try (var n2 = new FakeLeader("n2", n1, term)) {
                var first = after(last, term);
                assertThat(get(n2.append(last, term)).getResult()).isEqualTo(AppendResult.SUCCESS);
                // Terms only grow in a log: Ratis takes it, and cannot append it.
                assertThat(n2.append(first, List.of(configuration(n1, first.getIndex() + 1, term - 1))))
                        .failsWithin(PATIENCE)
                        .withThrowableOfType(ExecutionException.class);
            }
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> {
                        try (var n2 = new FakeLeader("n2", Objects.requireNonNull(division(cluster, N1)), term)) {
                            return n2.append(last, term, term).get(2, TimeUnit.SECONDS).getResult();
                        }
                    }, AppendResult.SUCCESS::equals);
        }
    }

    @Test
    void the_configuration_of_a_leader_that_was_deposed_replaces_none() throws Exception {
        try (var cluster = begun(Cluster.ofThree(folder))) {
            cluster.start(N1);
            var n1 = running(cluster);
            long term = term(n1);
            var alone = Objects.requireNonNull(n1.getRaftConf().getPeer(RaftPeerId.valueOf("n2")));
            var late = InstallSnapshotRequestProto.newBuilder()
                    .setSnapshotChunk(InstallSnapshotRequestProto.SnapshotChunkProto.newBuilder().setRequestId("late"))
                    .setLastRaftConfigurationLogEntryProto(configuration(0, term - 1, List.of(alone)))
                    .build();
            try (var n2 = new FakeLeader("n2", n1, term - 1)) {
                assertThat(n2.install(List.of(late)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getResult()).isEqualTo(InstallSnapshotResult.NOT_LEADER);
            }
            assertThat(n1.getRaftConf().getCurrentPeers()).hasSize(3);
            assertThat(Files.readString(cluster.raft(N1, 0).resolve("current/raft-meta.conf"), StandardCharsets.ISO_8859_1)).contains("n1", "n2", "n3");
        }
    }

    /// The three have begun a log, and are away.
    private static Cluster begun(Cluster cluster) throws Exception {
        cluster.startAll();
        cluster.settledLeader(0);
        cluster.write(0, "a");
        for (var node : cluster.up())
            await().atMost(PATIENCE).until(() -> cluster.node(node).machine(0).commands().contains("a"));
        cluster.close();
        return cluster;
    }

    private RaftServer.Division startWithStoppedDisk(Cluster cluster) throws Exception {
        CodeInjectionForTesting.put(WRITER, (local, remote, arguments) -> {
            try {
                return disk.await(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
        cluster.start(N1);
        return running(cluster);
    }

    private static RaftServer.Division running(Cluster cluster) {
        return running(cluster, N1);
    }

    private static RaftServer.Division running(Cluster cluster, NodeId node) {
        return await().atMost(PATIENCE).until(() -> division(cluster, node), Objects::nonNull);
    }

    private static RaftServer.@Nullable Division division(Cluster cluster, NodeId node) {
        var running = ((RatisShardLogs) cluster.node(node).logs()).replica(new ShardId(0)).running();
        return running == null ? null : running.division();
    }

    private static long term(RaftServer.Division division) {
        return division.getInfo().getCurrentTerm();
    }

    private static TermIndex last(RaftServer.Division division) {
        return division.getRaftLog().getLastEntryTermIndex();
    }

    private static TermIndex after(TermIndex previous, long term) {
        return TermIndex.valueOf(term, previous.getIndex() + 1);
    }

    private static boolean emptyQueue(RaftServer.Division division) {
        try {
            return AppendQueue.await(division, System.nanoTime() + PATIENCE.toNanos());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T get(CompletableFuture<T> answer) throws Exception {
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /// @return the answer to the second, which is in Ratis' queue and in no log as long as the disk stands still
    private static CompletableFuture<AppendEntriesReplyProto> queueTwo(FakeLeader leader, TermIndex last, long term) throws Exception {
        var first = after(last, term);
        var second = after(first, term);
        var written = leader.append(last, term);
        var queued = leader.append(first, term);
        // Without entries it is answered at once, and well only where the one before is known.
        assertThat(get(leader.append(second)).getResult()).isEqualTo(AppendResult.SUCCESS);
        assertThat(written).isNotDone();
        return queued;
    }

    /// As long as nothing can be written; half a second is enough for a wrong answer.
    private static void unanswered(CompletableFuture<?> answer) throws Exception {
        try {
            var wrong = answer.get(500, TimeUnit.MILLISECONDS);
            throw new AssertionError("answered too early: " + wrong);
        } catch (TimeoutException expected) {
            assertThat(answer).isNotDone();
        }
    }

    private static LogEntryProto configuration(RaftServer.Division of, long index, long term) {
        return configuration(index, term, List.copyOf(of.getRaftConf().getCurrentPeers()));
    }

    private static LogEntryProto configuration(long index, long term, List<RaftPeer> peers) {
        return LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(index)
                .setConfigurationEntry(RaftConfigurationProto.newBuilder()
                        .addAllPeers(peers.stream().map(RaftPeer::getRaftPeerProto).toList()))
                .build();
    }

    /// As a leader would send it. Ratis keeps the class that cuts a snapshot into messages to itself.
    private static List<InstallSnapshotRequestProto> requests(RaftServer.Division from, SnapshotInfo snapshot) throws ReflectiveOperationException {
        var maker = Class.forName("org.apache.ratis.server.leader.InstallSnapshotRequests")
                .getDeclaredConstructor(RaftServer.Division.class, RaftPeerId.class, String.class, SnapshotInfo.class, int.class);
        maker.setAccessible(true);
        var requests = new ArrayList<InstallSnapshotRequestProto>();
        for (var request : (Iterable<?>) maker.newInstance(from, RaftPeerId.valueOf("n1"), "to-n1", snapshot, 1 << 20))
            requests.add((InstallSnapshotRequestProto) request);
        return requests;
    }
}
