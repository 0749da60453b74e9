package io.engram.grid.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.log.NodeId;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.memory.ManualTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FenceTest {
    private static final ShardId SHARD = new ShardId(0);
    private final ManualTime time = new ManualTime();
    private final ScriptedPeers peers = new ScriptedPeers();
    private final ScriptedLog log = new ScriptedLog(0, time, "a", "a", "b", "c").leads(7, 100);
    private final Map<ShardId, ShardLog> replicas = new TreeMap<>(Map.of(SHARD, log));
    private final Fence fence =
            new Fence(new NodeId("a"), replicas, peers, new Clocks(time, InstantSource.system()), time);

    @Nested
    class A_leader_of_three {
        @Test
        void proves_its_commit_index_once_one_other_voter_is_in_its_term() {
            CompletableFuture<Fenced> result = ask();
            assertThat(result).isNotDone();

            peers.terms("b").tells(0, 7);

            assertThat(result.join()).isInstanceOfSatisfying(Fenced.Proven.class, proven -> {
                assertThat(proven.index()).isEqualTo(100);
                assertThat(proven.term()).isEqualTo(7);
            });
        }

        @Test
        void proves_what_was_committed_when_the_round_began_and_not_later() {
            CompletableFuture<Fenced> result = ask();
            log.leads(7, 200);
            peers.terms("b").tells(0, 7);

            assertThat(result.join()).isInstanceOfSatisfying(Fenced.Proven.class, proven -> assertThat(proven.index()).isEqualTo(100));
        }

        @Test
        void counts_a_voter_that_is_behind_in_an_older_term() {
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").tells(0, 3);
            assertThat(result.join()).isInstanceOf(Fenced.Proven.class);
        }

        @Test
        void does_not_lead_if_any_voter_is_in_a_later_term() {
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").tells(0, 8);
            assertThat(result.join()).isInstanceOf(Fenced.NotLeader.class);
        }

        @Test
        void does_not_lead_if_its_own_term_has_moved_on_meanwhile() {
            CompletableFuture<Fenced> result = ask();
            log.leads(8, 120);
            peers.terms("b").tells(0, 7);
            assertThat(result.join()).isInstanceOf(Fenced.NotLeader.class);
        }

        @Test
        void does_not_lead_if_it_has_stepped_down_meanwhile() {
            CompletableFuture<Fenced> result = ask();
            log.follows("c", 7, 100);
            peers.terms("b").tells(0, 7);
            assertThat(result.join()).isEqualTo(new Fenced.NotLeader(Optional.of(new NodeId("c"))));
        }

        @Test
        void does_not_count_a_term_that_was_not_loaded() {
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").tells(0, 0);
            assertThat(result).isNotDone();
        }

        @Test
        void does_not_count_another_peer_on_the_voters_node() {
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").tells(0, 7, "b-another-peer");
            assertThat(result).isNotDone();
        }

        @Test
        void does_not_count_a_voter_that_tells_another_voters_peer() {
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").tells(0, 7, ScriptedLog.peer("c"));
            assertThat(result).isNotDone();
        }

        @Test
        void does_not_count_one_that_says_nothing_of_the_shard() {
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").tells(3, 7);
            assertThat(result).isNotDone();
        }

        @Test
        void knows_nothing_when_both_others_cannot_be_reached() {
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").cannotBeReached();
            assertThat(result).isNotDone();
            peers.terms("c").cannotBeReached();
            assertThat(result.join()).isInstanceOf(Fenced.NoMajority.class);
        }

        @Test
        void knows_nothing_when_the_others_are_silent_for_the_length_of_a_round() {
            CompletableFuture<Fenced> result = ask();
            time.advance(Fence.ROUND.minusMillis(1));
            assertThat(result).isNotDone();
            time.advance(Duration.ofMillis(1));
            assertThat(result.join()).isInstanceOf(Fenced.NoMajority.class);
        }
    }

    @Nested
    class A_change_of_membership {
        @Test
        void needs_a_majority_of_both_configurations() {
            log.changing(ScriptedLog.voters("a", "d", "e"), ScriptedLog.voters("a", "b", "c"));
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").tells(0, 7);
            peers.terms("c").tells(0, 7);
            assertThat(result).isNotDone();
            peers.terms("d").tells(0, 7);
            assertThat(result.join()).isInstanceOf(Fenced.Proven.class);
        }

        @Test
        void counts_a_voter_of_both_in_both() {
            log.changing(ScriptedLog.voters("a", "b", "d"), ScriptedLog.voters("a", "b", "c"));
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").tells(0, 7);
            assertThat(result.join()).isInstanceOf(Fenced.Proven.class);
        }

        @Test
        void does_not_count_the_leader_itself_where_it_is_no_voter() {
            log.changing(ScriptedLog.voters("b", "c", "d"), Set.of());
            CompletableFuture<Fenced> result = ask();
            peers.terms("b").tells(0, 7);
            assertThat(result).isNotDone();
            peers.terms("c").tells(0, 7);
            assertThat(result.join()).isInstanceOf(Fenced.Proven.class);
        }
    }

    @Nested
    class A_shard_with_one_voter {
        @Test
        void needs_no_question() {
            log.changing(ScriptedLog.voters("a"), Set.of());
            assertThat(ask().join()).isInstanceOf(Fenced.Proven.class);
            assertThat(peers.terms).isEmpty();
        }

        @Test
        void must_lead_all_the_same() {
            log.changing(ScriptedLog.voters("a"), Set.of());
            log.follows("a", 7, 100);
            assertThat(ask().join()).isInstanceOf(Fenced.NotLeader.class);
        }
    }

    @Nested
    class A_replica_that {
        @Test
        void does_not_lead_points_to_who_does() {
            log.follows("c", 9, 100);
            assertThat(ask().join()).isEqualTo(new Fenced.NotLeader(Optional.of(new NodeId("c"))));
            assertThat(peers.terms).isEmpty();
        }

        @Test
        void does_not_run_says_so() {
            log.lifeCycle("RECOVERING");
            assertThat(ask().join()).isEqualTo(new Fenced.NotReady("RECOVERING"));
        }

        @Test
        void stops_running_during_the_round_proves_nothing() {
            CompletableFuture<Fenced> result = ask();
            log.lifeCycle("FAILED disk full");
            peers.terms("b").tells(0, 7);
            assertThat(result.join()).isInstanceOf(Fenced.NotLeader.class);
        }
    }

    @Nested
    class Rounds_are_shared {
        @Test
        void a_request_during_a_round_waits_for_the_next() {
            CompletableFuture<Fenced> first = ask();
            CompletableFuture<Fenced> second = ask();
            CompletableFuture<Fenced> third = ask();
            assertThat(peers.terms).hasSize(2);
            log.leads(7, 150);

            peers.terms("b").tells(0, 7);

            assertThat(first).isDone();
            assertThat(second).isNotDone();
            assertThat(peers.terms).hasSize(4);

            peers.terms("b").tells(0, 7);
            assertThat(second.join()).isInstanceOfSatisfying(Fenced.Proven.class, proven -> assertThat(proven.index()).isEqualTo(150));
            assertThat(third.join()).isSameAs(second.join());
            assertThat(peers.terms).hasSize(4);
        }

        @Test
        void by_all_shards_with_one_question_to_each_peer() {
            ShardId other = new ShardId(1);
            replicas.put(other, new ScriptedLog(1, time, "a", "a", "b", "c").leads(7, 5));
            Map<ShardId, CompletableFuture<Fenced>> results = fence.ask(List.of(SHARD, other));

            assertThat(peers.terms.stream().map(ScriptedPeers.AskedTerms::node)).containsExactly("b", "c");
            peers.terms("c").tellsOfAll(2, 7);
            assertThat(new LinkedHashSet<>(results.values())).allSatisfy(one -> assertThat(one.join()).isInstanceOf(Fenced.Proven.class));
        }

        @Test
        void and_do_not_wait_long_for_one_that_hangs() {
            var _ = ask();
            CompletableFuture<Fenced> second = ask();
            time.advance(Rounds.OVERLAP);
            assertThat(peers.terms).hasSize(4);
            peers.terms("c").tells(0, 7);
            assertThat(second.join()).isInstanceOf(Fenced.Proven.class);
        }

        @Test
        void and_there_are_never_more_than_a_few() {
            for (int i = 0; i < 50; i++) {
                var _ = ask();
                time.advance(Duration.ofMillis(5));
            }
            assertThat(peers.terms.size()).isLessThanOrEqualTo(2 * Rounds.MOST_UNDER_WAY);
        }
    }

    @Test
    void an_answer_that_comes_after_the_round_changes_nothing() {
        CompletableFuture<Fenced> first = ask();
        ScriptedPeers.AskedTerms late = peers.terms("b");
        time.advance(Fence.ROUND);
        assertThat(first.join()).isInstanceOf(Fenced.NoMajority.class);
        CompletableFuture<Fenced> second = ask();
        late.tells(0, 7);
        assertThat(second).isNotDone();
        assertThat(log.view().role()).isEqualTo(ReplicaView.Role.LEADER);
    }

    private CompletableFuture<Fenced> ask() {
        return fence.ask(List.of(SHARD)).values().iterator().next();
    }
}
