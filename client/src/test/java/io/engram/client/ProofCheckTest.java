package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.v1.Freshness;
import io.engram.v1.ReplicaRole;
import io.engram.v1.ShardProof;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProofCheckTest {
    private static final Consistency LINEARIZABLE = Consistency.linearizable();
    private static final Consistency HALF_A_SECOND = Consistency.bounded(Duration.ofMillis(500));

    private static ShardProof.Builder shard(int number, long applied, Freshness freshness) {
        return ShardProof.newBuilder()
                .setApplied(io.engram.v1.Position.newBuilder().setShard(number).setIndex(applied))
                .setFreshness(freshness);
    }

    private static ShardProof.Builder stale(int number, Freshness freshness, Duration staleness) {
        return shard(number, 5, freshness).setStaleness(Wire.duration(staleness));
    }

    private static io.engram.v1.Proof proof(ShardProof.Builder... shards) {
        var proof = io.engram.v1.Proof.newBuilder().setNode("n1");
        for (ShardProof.Builder shard : shards) proof.addShards(shard);
        return proof.build();
    }

    private static void accepted(io.engram.v1.Proof proof, Consistency asked) {
        assertThatCode(() -> ProofCheck.check(proof, asked, false, List.of())).doesNotThrowAnyException();
    }

    private static void refused(io.engram.v1.Proof proof, Consistency asked, String why) {
        assertThatThrownBy(() -> ProofCheck.check(proof, asked, false, List.of()))
                .isInstanceOf(ProofRejectedException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("n1");
    }

    @Nested
    class Linearizable {
        @ParameterizedTest
        @EnumSource(value = Freshness.class, names = {"FRESHNESS_FENCED_LEADER", "FRESHNESS_FENCED_FOLLOWER"})
        void takes_what_was_fenced(Freshness freshness) {
            accepted(proof(stale(0, freshness, Duration.ZERO)), LINEARIZABLE);
        }

        @ParameterizedTest
        @EnumSource(value = Freshness.class, names = {"FRESHNESS_PROBED", "FRESHNESS_UNPROVEN", "FRESHNESS_UNSPECIFIED"})
        void refuses_what_was_not(Freshness freshness) {
            refused(proof(stale(0, freshness, Duration.ZERO)), LINEARIZABLE, "asked for linearizable");
        }

        @Test
        void refuses_a_way_of_proving_that_it_does_not_know() {
            refused(proof(stale(0, Freshness.FRESHNESS_PROBED, Duration.ZERO).setFreshnessValue(99)), LINEARIZABLE, "UNPROVEN");
        }

        @Test
        void refuses_any_staleness_and_none_told() {
            refused(proof(stale(0, Freshness.FRESHNESS_FENCED_LEADER, Duration.ofNanos(1))), LINEARIZABLE, "staleness");
            refused(proof(shard(0, 5, Freshness.FRESHNESS_FENCED_LEADER)), LINEARIZABLE, "none");
        }

        @Test
        void refuses_one_bad_shard_among_good_ones() {
            refused(proof(
                    stale(0, Freshness.FRESHNESS_FENCED_LEADER, Duration.ZERO),
                    stale(1, Freshness.FRESHNESS_PROBED, Duration.ZERO)), LINEARIZABLE, "shard 1");
        }
    }

    @Nested
    class Bounded {
        @Test
        void takes_a_staleness_up_to_the_bound() {
            accepted(proof(stale(0, Freshness.FRESHNESS_PROBED, Duration.ofMillis(500))), HALF_A_SECOND);
            accepted(proof(stale(0, Freshness.FRESHNESS_FENCED_LEADER, Duration.ZERO)), HALF_A_SECOND);
        }

        @Test
        void refuses_one_above_it() {
            refused(proof(stale(0, Freshness.FRESHNESS_PROBED, Duration.ofMillis(500).plusNanos(1))), HALF_A_SECOND, "proves PT0.5");
        }

        @Test
        void refuses_none_and_an_unproven_one() {
            refused(proof(shard(0, 5, Freshness.FRESHNESS_PROBED)), HALF_A_SECOND, "proves no bound");
            refused(proof(stale(0, Freshness.FRESHNESS_UNPROVEN, Duration.ofMillis(1))), HALF_A_SECOND, "proves no bound");
        }

        @Test
        void refuses_a_negative_one() {
            refused(proof(stale(0, Freshness.FRESHNESS_PROBED, Duration.ofMillis(-1))), HALF_A_SECOND, "proves PT-0.001S");
        }
    }

    @Nested
    class At_least {
        private final Consistency five = Consistency.atLeast(List.of(new Position(0, 5), new Position(3, 9)));

        @Test
        void takes_what_has_been_applied() {
            accepted(proof(shard(0, 5, Freshness.FRESHNESS_UNPROVEN), shard(3, 10, Freshness.FRESHNESS_UNPROVEN)), five);
        }

        @Test
        void refuses_what_has_not() {
            refused(proof(shard(0, 6, Freshness.FRESHNESS_FENCED_LEADER), shard(3, 8, Freshness.FRESHNESS_FENCED_LEADER)), five, "had applied 8");
        }

        @Test
        void has_no_opinion_on_other_shards() {
            accepted(proof(shard(1, 0, Freshness.FRESHNESS_UNPROVEN)), five);
        }
    }

    @Test
    void no_proof_at_all_is_refused_whatever_was_asked() {
        refused(proof(), Consistency.eventual(), "no proof");
        refused(proof(), LINEARIZABLE, "no proof");
        refused(proof(), HALF_A_SECOND, "no proof");
    }

    @Test
    void two_proofs_for_one_shard_are_refused() {
        refused(proof(shard(0, 5, Freshness.FRESHNESS_UNPROVEN), shard(0, 6, Freshness.FRESHNESS_UNPROVEN)), Consistency.eventual(), "two proofs");
    }

    @Test
    void missing_shards_are_refused_unless_a_part_was_allowed() {
        var part = proof(stale(0, Freshness.FRESHNESS_FENCED_LEADER, Duration.ZERO)).toBuilder().addMissingShards(1).build();
        refused(part, LINEARIZABLE, "shards [1] are missing");
        assertThat(ProofCheck.check(part, LINEARIZABLE, true, List.of()).missingShards()).containsExactly(1);
    }

    @Test
    void a_memory_of_a_shard_without_proof_is_refused() {
        Memory memory = Wire.memory(io.engram.v1.Memory.newBuilder().setKey("k").setVersion(1).setShard(2).build());
        var zero = proof(stale(0, Freshness.FRESHNESS_FENCED_LEADER, Duration.ZERO));
        assertThatThrownBy(() -> ProofCheck.check(zero, LINEARIZABLE, false, List.of(memory)))
                .isInstanceOf(ProofRejectedException.class)
                .hasMessageContaining("'k' is of shard 2");
    }

    @Nested
    class Every_read_of_a_node_that_proves_too_little {
        @Test
        void is_refused_and_not_asked_for_again() {
            try (FakeCluster cluster = FakeCluster.of(1);
                    Engram engram = Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false).connect()) {
                MemorySpace notes = engram.space("notes");
                notes.put(Observation.builder("v").key("k").build());
                cluster.node(0).asked.clear();
                cluster.node(0).proof = good -> proof(stale(0, Freshness.FRESHNESS_PROBED, Duration.ofSeconds(2)));
                ReadOptions bounded = ReadOptions.at(HALF_A_SECOND);
                assertThatThrownBy(() -> notes.get("k", bounded)).isInstanceOf(ProofRejectedException.class);
                assertThatThrownBy(() -> notes.find("k", bounded)).isInstanceOf(ProofRejectedException.class);
                assertThatThrownBy(() -> notes.get("absent", bounded)).isInstanceOf(ProofRejectedException.class);
                assertThatThrownBy(() -> notes.list(ListQuery.all(), bounded).toList()).isInstanceOf(ProofRejectedException.class);
                assertThatThrownBy(() -> notes.recall(RecallQuery.text("v"), bounded))
                        .isInstanceOfSatisfying(ProofRejectedException.class, e ->
                                assertThat(e.proof().staleness()).contains(Duration.ofSeconds(2)));
                assertThat(cluster.node(0).asked).hasSize(6);
            }
        }
    }

    @Test
    void tells_what_the_replica_was_and_lets_nothing_hang_on_it() {
        for (ClusterStatus.Role role : ClusterStatus.Role.values()) {
            ShardProof.Builder wire = stale(0, Freshness.FRESHNESS_PROBED, Duration.ofMillis(20));
            if (role != ClusterStatus.Role.UNKNOWN) wire.setRole(ReplicaRole.valueOf("REPLICA_ROLE_" + role));
            assertThat(ProofCheck.check(proof(wire), HALF_A_SECOND, false, List.of()).shards())
                    .extracting(io.engram.client.ShardProof::role).containsExactly(role);
        }
    }

    @Test
    void the_age_on_arrival_is_what_was_proven_and_how_long_the_call_took() {
        AtomicLong now = new AtomicLong(1_000);
        try (FakeCluster cluster = FakeCluster.of(1);
                Engram engram = Engram.builder()
                        .endpoints(cluster.endpoints()).discoverMembers(false).nanoTime(now::get).connect()) {
            MemorySpace notes = engram.space("notes");
            notes.put(Observation.builder("v").key("k").build());
            cluster.node(0).proof = good -> {
                now.addAndGet(Duration.ofMillis(30).toNanos());
                return proof(stale(0, Freshness.FRESHNESS_PROBED, Duration.ofMillis(200)));
            };
            assertThat(notes.get("k", ReadOptions.at(HALF_A_SECOND)).ageOnArrival()).contains(Duration.ofMillis(230));
            cluster.node(0).proof = good -> proof(shard(0, 5, Freshness.FRESHNESS_UNPROVEN));
            assertThat(notes.get("k", ReadOptions.at(Consistency.eventual())).ageOnArrival()).isEqualTo(Optional.empty());
        }
    }
}
