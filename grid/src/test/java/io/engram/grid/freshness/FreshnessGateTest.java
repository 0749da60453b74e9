package io.engram.grid.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.ShardProof.How;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.TermsAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FreshnessGateTest {
    private static final ShardId SHARD = new ShardId(0);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private final ManualTime time = new ManualTime();
    private final ScriptedPeers peers = new ScriptedPeers();
    private final ScriptedLog log = new ScriptedLog(0, time, "b", "a", "b", "c").follows("a", 7, 90);
    private Duration wallOffset = Duration.ZERO;
    private final FreshnessGate gate = new FreshnessGate(
            new NodeId("b"), Map.of(SHARD, log), peers, new Clocks(time, () -> Instant.EPOCH.plusNanos(time.nanos()).plus(wallOffset)),
            time, new Random(1));
    private final Published published = new Published();

    @Nested
    class A_linearizable_read_on_a_follower {
        @Test
        void passes_once_the_leaders_fenced_index_is_applied() {
            CompletableFuture<ShardProof> read = pass(new Consistency.Linearizable());
            peers.index("a").fences(100, 7);
            assertThat(read).isNotDone();
            log.applied(100);
            assertThat(read.join()).isEqualTo(new ShardProof(new Position(SHARD, 3), How.FENCED_FOLLOWER, Optional.of(Duration.ZERO), 7,
                    Optional.of(ReplicaView.Role.FOLLOWER)));
        }

        @Test
        void does_not_take_an_answer_to_a_question_that_was_sent_before_it_began() {
            log.applied(100);
            CompletableFuture<ShardProof> first = pass(new Consistency.Linearizable());
            CompletableFuture<ShardProof> second = pass(new Consistency.Linearizable());
            peers.index("a").fences(100, 7);
            assertThat(first).isDone();
            assertThat(second).isNotDone();
            peers.index("a").fences(101, 7);
            assertThat(second).isNotDone();
            log.applied(101);
            assertThat(second).isDone();
        }

        @Test
        void follows_a_hint_at_once() {
            log.applied(100);
            CompletableFuture<ShardProof> read = pass(new Consistency.Linearizable());
            peers.index("a").pointsTo("c");
            peers.index("c").fences(100, 8);
            assertThat(read.join().term()).isEqualTo(8);
        }

        @Test
        void asks_other_voters_when_it_knows_no_leader() {
            log.applied(100);
            log.knowsNoLeader(7);
            CompletableFuture<ShardProof> read = pass(new Consistency.Linearizable());
            assertThat(peers.indexes).hasSize(1);
            peers.indexes.getFirst().pointsTo("?");
            time.advance(Duration.ofSeconds(1));
            assertThat(peers.indexes.stream().map(ScriptedPeers.AskedIndex::node)).contains("a", "c");
            peers.indexes.getLast().fences(100, 7);
            assertThat(read).isDone();
        }

        @Test
        void ends_at_its_deadline_with_no_leader() {
            CompletableFuture<ShardProof> read = pass(new Consistency.Linearizable());
            for (int i = 0; i < 500; i++) {
                peers.indexes.stream().filter(asked -> !asked.answer().isDone()).toList().forEach(asked -> asked.pointsTo("?"));
                time.advance(Duration.ofMillis(10));
            }
            assertThat(reason(read)).isEqualTo(Reason.NO_LEADER);
            assertThat(peers.indexes.size()).as("asks at intervals, not in a storm").isLessThan(60);
        }

        @Test
        void ends_at_its_deadline_when_the_replica_does_not_catch_up() {
            CompletableFuture<ShardProof> read = pass(new Consistency.Linearizable());
            peers.index("a").fences(100, 7);
            time.advance(LIMIT);
            assertThat(reason(read)).isEqualTo(Reason.DEADLINE_EXCEEDED);
        }

        @Test
        void ends_at_its_deadline_when_nobody_ever_answers() {
            CompletableFuture<ShardProof> read = pass(new Consistency.Linearizable());
            time.advance(LIMIT);
            assertThat(reason(read)).isEqualTo(Reason.NO_LEADER);
        }
    }

    @Nested
    class A_linearizable_read_on_the_leader {
        @Test
        void passes_with_the_fence_and_no_other_question() {
            log.leads(7, 100);
            log.applied(100);
            CompletableFuture<ShardProof> read = pass(new Consistency.Linearizable());
            peers.terms("a").tells(0, 7);
            assertThat(read.join().how()).isEqualTo(How.FENCED_LEADER);
            assertThat(peers.indexes).isEmpty();
        }

        @Test
        void asks_the_new_leader_when_it_was_deposed() {
            log.leads(7, 100);
            log.applied(100);
            CompletableFuture<ShardProof> read = pass(new Consistency.Linearizable());
            log.follows("c", 8, 100);
            peers.terms("a").tells(0, 8);
            time.advance(Duration.ofMillis(100));
            peers.index("c").fences(100, 8);
            assertThat(read.join().how()).isEqualTo(How.FENCED_FOLLOWER);
        }
    }

    @Nested
    class A_bounded_read {
        @Test
        void tells_what_the_replica_is_when_it_is_read_and_not_when_it_was_proven() {
            log.leads(7, 100);
            log.applied(100);
            CompletableFuture<ShardProof> read = pass(bounded(100));
            peers.terms("a").tells(0, 7);
            assertThat(read.join().role()).contains(ReplicaView.Role.LEADER);

            log.follows("c", 8, 100);

            ShardProof later = pass(bounded(100)).join();
            assertThat(later.how()).isEqualTo(How.PROBED);
            assertThat(later.role()).contains(ReplicaView.Role.FOLLOWER);
        }

        @Test
        void is_as_old_as_the_question_and_not_as_the_answer() {
            log.applied(100);
            probeOnce(Duration.ofMillis(80));
            time.advance(Duration.ofMillis(20));

            ShardProof proof = pass(bounded(100)).join();

            assertThat(proof.how()).isEqualTo(How.PROBED);
            assertThat(proof.staleness()).contains(Duration.ofMillis(100));
        }

        @Test
        void asks_at_once_when_what_is_known_is_too_old() {
            log.applied(100);
            probeOnce(Duration.ofMillis(80));
            time.advance(Duration.ofMillis(21));
            CompletableFuture<ShardProof> read = pass(bounded(100));
            assertThat(read).isNotDone();
            peers.index("a").fences(100, 7);
            assertThat(read.join().staleness()).contains(Duration.ZERO);
        }

        @Test
        void counts_the_wall_clock_where_it_makes_things_older() {
            log.applied(100);
            probeOnce(Duration.ZERO);
            wallOffset = Duration.ofMinutes(1);
            assertThat(pass(bounded(100))).isNotDone();
        }

        @Test
        void does_not_count_the_wall_clock_where_it_makes_things_younger() {
            log.applied(100);
            probeOnce(Duration.ZERO);
            wallOffset = Duration.ofMinutes(-1);
            time.advance(Duration.ofMillis(60));
            assertThat(pass(bounded(100)).join().staleness()).contains(Duration.ofMillis(60));
        }

        @Test
        void is_refused_as_stale_when_cut_off() {
            CompletableFuture<ShardProof> read = pass(bounded(100));
            time.advance(FreshnessGate.BOUNDED_WAIT);
            assertThat(reason(read)).isEqualTo(Reason.STALE);
        }

        @Test
        void is_refused_by_its_own_deadline_if_that_is_earlier() {
            CompletableFuture<ShardProof> read = gate.pass(SHARD, bounded(100), published, Deadline.after(Duration.ofMillis(30), time));
            time.advance(Duration.ofMillis(30));
            assertThat(reason(read)).isEqualTo(Reason.STALE);
        }

        @Test
        void does_not_trust_evidence_that_a_restart_in_place_has_undone() {
            log.applied(100);
            probeOnce(Duration.ZERO);
            log.applied(40);
            assertThat(pass(bounded(100))).isNotDone();
        }
    }

    @Nested
    class A_read_at_least {
        @Test
        void waits_for_its_position_alone() {
            CompletableFuture<ShardProof> read = pass(new Consistency.AtLeast(List.of(new Position(SHARD, 4), new Position(new ShardId(1), 9))));
            assertThat(read).isNotDone();
            published.reach(4);
            assertThat(read.join()).isEqualTo(new ShardProof(new Position(SHARD, 4), How.UNPROVEN, Optional.empty(), 0,
                    Optional.of(ReplicaView.Role.FOLLOWER)));
            assertThat(peers.indexes).isEmpty();
        }

        @Test
        void ends_at_its_deadline() {
            CompletableFuture<ShardProof> read = pass(new Consistency.AtLeast(List.of(new Position(SHARD, 4))));
            time.advance(LIMIT);
            assertThat(reason(read)).isEqualTo(Reason.DEADLINE_EXCEEDED);
        }
    }

    @Nested
    class An_eventual_read {
        @Test
        void passes_at_once_and_says_what_is_known() {
            assertThat(pass(new Consistency.Eventual()).join().how()).isEqualTo(How.UNPROVEN);
            log.applied(100);
            probeOnce(Duration.ofMillis(10));
            assertThat(pass(new Consistency.Eventual()).join().staleness()).contains(Duration.ofMillis(10));
        }

        @Test
        void names_the_role_of_the_replica_that_was_read_proven_or_not() {
            assertThat(pass(new Consistency.Eventual()).join().role()).contains(ReplicaView.Role.FOLLOWER);
            log.leads(7, 100);
            ShardProof unproven = pass(new Consistency.Eventual()).join();
            assertThat(unproven.how()).isEqualTo(How.UNPROVEN);
            assertThat(unproven.role()).contains(ReplicaView.Role.LEADER);

            log.follows("a", 7, 100);
            log.applied(100);
            probeOnce(Duration.ofMillis(10));
            ShardProof probed = pass(new Consistency.Eventual()).join();
            assertThat(probed.how()).isEqualTo(How.PROBED);
            assertThat(probed.role()).contains(ReplicaView.Role.FOLLOWER);
        }
    }

    @Nested
    class The_probe {
        @Test
        void asks_the_leader_a_few_times_a_second_while_there_are_reads() {
            gate.start();
            for (int i = 0; i < 20; i++) {
                var _ = pass(new Consistency.Eventual());
                time.advance(Duration.ofMillis(100));
                peers.indexes.stream().filter(asked -> !asked.answer().isDone()).toList().forEach(asked -> asked.fences(1, 7));
            }
            assertThat(peers.indexes.size()).isBetween(7, 20);
        }

        @Test
        void calms_down_when_nobody_reads() {
            gate.start();
            time.advance(FreshnessProbe.QUIET_AFTER.plusSeconds(1));
            peers.indexes.forEach(asked -> asked.fences(1, 7));
            int before = peers.indexes.size();
            for (int i = 0; i < 10; i++) {
                time.advance(Duration.ofSeconds(1));
                peers.indexes.stream().filter(asked -> !asked.answer().isDone()).toList().forEach(asked -> asked.fences(1, 7));
            }
            assertThat(peers.indexes.size() - before).isBetween(9, 11);
        }

        @Test
        void looks_again_after_a_replica_could_not_be_looked_at() {
            gate.start();
            log.broken = true;
            time.advance(Duration.ofSeconds(1));
            assertThat(peers.indexes).isEmpty();
            log.broken = false;
            time.advance(FreshnessProbe.SELDOM);
            assertThat(peers.indexes).isNotEmpty();
        }

        @Test
        void ends_with_the_gate() {
            gate.start();
            gate.close();
            time.advance(Duration.ofSeconds(5));
            assertThat(peers.indexes).isEmpty();
        }
    }

    @Nested
    class A_replica_that_does_not_run {
        @Test
        void is_not_read_at_all() {
            log.lifeCycle("STARTING");
            assertThat(reason(pass(new Consistency.Eventual()))).isEqualTo(Reason.NOT_READY);
            assertThat(reason(pass(new Consistency.Linearizable()))).isEqualTo(Reason.NOT_READY);
        }

        @Test
        void is_not_read_if_it_failed_while_the_read_waited() {
            CompletableFuture<ShardProof> read = pass(new Consistency.Linearizable());
            log.applied(100);
            log.lifeCycle("FAILED disk full");
            peers.index("a").fences(100, 7);
            assertThat(reason(read)).isEqualTo(Reason.NOT_READY);
        }

        @Test
        void is_not_read_if_it_was_restored_from_a_snapshot_just_as_the_read_was_let_through() {
            log.applied(100);
            CompletableFuture<ShardProof> read = gate.pass(SHARD, new Consistency.Linearizable(), new ReadGate.Positions() {
                @Override
                public long published() {
                    log.applied(40);
                    return 1;
                }

                @Override
                public CompletableFuture<Void> whenPublished(long index, Deadline deadline) {
                    return CompletableFuture.completedFuture(null);
                }
            }, Deadline.after(LIMIT, time));
            peers.index("a").fences(100, 7);
            assertThat(reason(read)).isEqualTo(Reason.NOT_READY);
        }

        @Test
        void tells_nobody_its_term() {
            assertThat(gate.answerTerms().getTermsList())
                    .containsExactly(TermsAnswer.ShardTerm.newBuilder().setShard(0).setTerm(7).setPeer("b-peer").build());
            log.lifeCycle("STARTING");
            assertThat(gate.answerTerms().getTermsList()).isEmpty();
        }
    }

    @Nested
    class Asked_for_a_fenced_index {
        @Test
        void the_leader_answers_when_its_fence_holds() {
            log.leads(7, 100);
            CompletableFuture<FencedIndexAnswer> answer = gate.answerFencedIndex(FencedIndexQuestion.newBuilder().addShards(0).build());
            peers.terms("c").tells(0, 7);
            assertThat(answer.join().getShards(0)).satisfies(told -> {
                assertThat(told.getLogIndex()).isEqualTo(100);
                assertThat(told.getTerm()).isEqualTo(7);
                assertThat(told.getLeader()).isEmpty();
            });
        }

        @Test
        void a_leader_that_cannot_prove_it_says_that_nobody_leads() {
            log.leads(7, 100);
            CompletableFuture<FencedIndexAnswer> answer = gate.answerFencedIndex(FencedIndexQuestion.newBuilder().addShards(0).build());
            time.advance(Fence.ROUND);
            assertThat(answer.join().getShards(0).getLeader()).isEqualTo("?");
        }

        @Test
        void another_points_to_the_leader_and_one_without_the_shard_to_nobody() {
            FencedIndexQuestion both = FencedIndexQuestion.newBuilder().addShards(0).addShards(5).build();
            assertThat(gate.answerFencedIndex(both).join().getShardsList().stream().map(FencedIndexAnswer.Fenced::getLeader))
                    .containsExactly("a", "?");
        }
    }

    /// One bounded read's question, answered after `delay`.
    private void probeOnce(Duration delay) {
        CompletableFuture<ShardProof> read = pass(bounded(1000));
        time.advance(delay);
        peers.index("a").fences(100, 7);
        assertThat(read).isDone();
    }

    private static Consistency bounded(long millis) {
        return new Consistency.Bounded(Duration.ofMillis(millis));
    }

    private CompletableFuture<ShardProof> pass(Consistency consistency) {
        return gate.pass(SHARD, consistency, published, Deadline.after(LIMIT, time));
    }

    private static Reason reason(CompletableFuture<?> read) {
        assertThat(read).isCompletedExceptionally();
        Throwable failure = read.handle((value, thrown) -> thrown).join();
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        assertThat(cause).isInstanceOf(RefusedException.class);
        return ((RefusedException) cause).reason();
    }

    private final class Published implements ReadGate.Positions {
        private long index = 3;
        private CompletableFuture<Void> reached = new CompletableFuture<>();

        void reach(long position) {
            index = position;
            reached.complete(null);
            reached = new CompletableFuture<>();
        }

        @Override
        public long published() {
            return index;
        }

        @Override
        public CompletableFuture<Void> whenPublished(long wanted, Deadline deadline) {
            if (index >= wanted) return CompletableFuture.completedFuture(null);
            CompletableFuture<Void> waiting = reached;
            time.after(deadline.left(time), () -> waiting.completeExceptionally(new TimeoutException("not published")));
            return waiting.thenCompose(done -> whenPublished(wanted, deadline));
        }
    }
}
