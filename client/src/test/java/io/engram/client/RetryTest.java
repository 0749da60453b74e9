package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.engram.client.FakeNode.Misbehaviour;
import io.engram.v1.GetRequest;
import io.engram.v1.PutRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RetryTest {
    private final StatusRuntimeException cut = Status.UNAVAILABLE.withDescription("connection reset").asRuntimeException();
    private static final Observation KETTLE = Observation.builder("in the kitchen").key("kettle").attribute("floor", 2).build();

    private final FakeCluster cluster = FakeCluster.of(1);
    private final FakeNode node = cluster.node(0);

    @AfterEach
    void stop() {
        cluster.close();
    }

    /// Comes to its end before any deadline, which would cut the last attempt off: another failure than the node's.
    private static final RetryPolicy THREE = RetryPolicy.standard().attempts(3).backoff(Duration.ofMillis(1), Duration.ofMillis(2));

    private EngramBuilder client() {
        return Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false);
    }

    @Nested
    class A_write {
        @Test
        void is_retried_with_the_very_same_request_and_made_once() {
            node.next.add(new Misbehaviour.DoThenFail(cut));
            node.next.add(new Misbehaviour.DoThenFail(cut));
            try (Engram engram = client().connect()) {
                Written written = engram.space("notes").put(KETTLE);
                assertThat(written.replayed()).isTrue();
                assertThat(written.version()).isOne();
            }
            assertThat(node.asked(PutRequest.class)).hasSize(3).allSatisfy(put -> assertThat(put).isEqualTo(node.asked.get(0)));
            assertThat(node.asked(PutRequest.class).get(0).getIdempotencyKey()).hasSize(26);
        }

        @Test
        void keeps_the_key_that_the_caller_gave() {
            try (Engram engram = client().connect()) {
                engram.space("notes").put(KETTLE, WriteOptions.defaults().idempotencyKey("mine"));
                Written again = engram.space("notes").put(KETTLE, WriteOptions.defaults().idempotencyKey("mine"));
                assertThat(again.replayed()).isTrue();
            }
            assertThat(node.asked(PutRequest.class)).extracting(PutRequest::getIdempotencyKey).containsOnly("mine");
        }

        @Test
        void of_unknown_outcome_says_so_and_asking_again_with_its_key_tells() {
            try (Engram engram = client().connect()) {
                MemorySpace notes = engram.space("notes");
                // Connected, so that the time is the node's.
                notes.find("kettle");
                node.always = new Misbehaviour.DoThenHang();
                WriteOptions shortly = WriteOptions.defaults().deadline(Duration.ofSeconds(2));
                Optional<String> key = unknown(() -> notes.put(KETTLE, shortly)).idempotencyKey();
                node.always = null;
                Written told = notes.put(KETTLE, WriteOptions.defaults().idempotencyKey(key.orElseThrow()));
                assertThat(told.replayed()).isTrue();
                assertThat(told.version()).isOne();
            }
        }

        @Test
        void stays_unknown_whatever_a_later_attempt_is_refused_with() {
            node.next.add(new Misbehaviour.DoThenFail(cut));
            node.always = new Misbehaviour.Refuse(FakeCluster.refusal(Status.Code.NOT_FOUND, "SPACE_NOT_FOUND"));
            try (Engram engram = client().connect()) {
                unknown(() -> engram.space("notes").put(KETTLE));
            }
        }

        @Test
        void whose_later_attempt_is_told_by_the_log_is_not_unknown() {
            node.next.add(new Misbehaviour.Refuse(cut));
            node.next.add(new Misbehaviour.Refuse(FakeCluster.conflict(9)));
            try (Engram engram = client().connect()) {
                assertThatThrownBy(() -> engram.space("notes").put(KETTLE, WriteOptions.defaults().when(WriteCondition.version(3))))
                        .isInstanceOfSatisfying(ConflictException.class, conflict ->
                                assertThat(conflict.currentVersion()).hasValue(9));
            }
        }

        @Test
        void that_never_left_this_machine_is_known_not_to_be_made() {
            String endpoint = node.endpoint();
            node.stop();
            try (Engram engram = Engram.builder().endpoints(endpoint).discoverMembers(false).deadline(Duration.ofSeconds(60)).retry(THREE).connect()) {
                assertThatThrownBy(() -> engram.space("notes").put(KETTLE)).isInstanceOf(UnavailableException.class);
            }
        }

        @Test
        void that_the_node_says_it_did_not_make_is_not_unknown() {
            node.always = new Misbehaviour.Refuse(FakeCluster.refusal(Status.Code.UNAVAILABLE, "NO_LEADER", Duration.ofMillis(50)));
            try (Engram engram = client().deadline(Duration.ofSeconds(60)).retry(THREE).connect()) {
                assertThatThrownBy(() -> engram.space("notes").put(KETTLE))
                        .isInstanceOfSatisfying(UnavailableException.class, e -> assertThat(e.reason()).isEqualTo("NO_LEADER"));
            }
            assertThat(node.asked(PutRequest.class)).hasSize(3);
        }

        private OutcomeUnknownException unknown(Runnable write) {
            try {
                write.run();
            } catch (OutcomeUnknownException unknown) {
                assertThat(unknown.idempotencyKey()).isPresent();
                return unknown;
            }
            throw new AssertionError("the outcome was said to be known");
        }
    }

    @Test
    void what_is_wrong_with_the_request_is_told_at_once_with_its_fields() {
        node.always = new Misbehaviour.Refuse(FakeCluster.refusal(
                Status.Code.INVALID_ARGUMENT,
                ErrorInfo.newBuilder().setReason("DIMENSION_MISMATCH").build(),
                BadRequest.newBuilder()
                        .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                .setField("observation.vector").setDescription("must have 384 floats"))
                        .build()));
        try (Engram engram = client().connect()) {
            assertThatThrownBy(() -> engram.space("notes").put(KETTLE))
                    .isInstanceOfSatisfying(InvalidArgumentException.class, invalid -> {
                        assertThat(invalid.reason()).isEqualTo("DIMENSION_MISMATCH");
                        assertThat(invalid.violations())
                                .containsExactly(new Fault.FieldViolation("observation.vector", "must have 384 floats"));
                    });
        }
        assertThat(node.asked(PutRequest.class)).hasSize(1);
    }

    @Test
    void the_wait_that_a_node_asks_for_is_kept() {
        node.next.add(new Misbehaviour.Refuse(FakeCluster.refusal(Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", Duration.ofMillis(700))));
        try (Engram engram = client().connect()) {
            long start = System.nanoTime();
            engram.space("notes").put(KETTLE);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
        }
    }

    @Test
    void no_attempt_is_made_for_which_the_deadline_leaves_no_time() {
        node.always = new Misbehaviour.Refuse(FakeCluster.refusal(Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", Duration.ofSeconds(50)));
        try (Engram engram = client().deadline(Duration.ofSeconds(10)).connect()) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> engram.space("notes").put(KETTLE)).isInstanceOf(OverloadedException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
        }
        assertThat(node.asked(PutRequest.class)).hasSize(1);
    }

    @Test
    void no_attempt_is_made_that_the_deadline_would_cut_off_at_once() {
        node.always = new Misbehaviour.Refuse(FakeCluster.refusal(Status.Code.UNAVAILABLE, "NO_LEADER", Duration.ofMillis(2_990)));
        try (Engram engram = client().nanoTime(() -> 0).deadline(Duration.ofSeconds(3)).connect()) {
            // An attempt that is cut off may have been carried out: what is known would become unknown.
            assertThatThrownBy(() -> engram.space("notes").put(KETTLE)).isInstanceOf(UnavailableException.class);
        }
        assertThat(node.asked(PutRequest.class)).hasSize(1);
    }

    @Test
    void retries_stay_within_their_budget() {
        node.always = new Misbehaviour.Refuse(cut);
        try (Engram engram = client().retry(RetryPolicy.standard().backoff(Duration.ofMillis(1), Duration.ofMillis(2)).budget(0, 7, 0)).connect()) {
            for (int i = 0; i < 20; i++)
                assertThatThrownBy(() -> engram.space("notes").get("k")).isInstanceOf(UnavailableException.class);
        }
        assertThat(node.asked(GetRequest.class)).hasSize(20 + 7);
    }

    @Test
    void calls_earn_retries() {
        RetryBudget budget = new RetryBudget(RetryPolicy.standard().budget(0.2, 3, 0), () -> 0);
        for (int i = 0; i < 3; i++) assertThat(budget.spend()).isTrue();
        assertThat(budget.spend()).isFalse();
        for (int i = 0; i < 6; i++) budget.called();
        assertThat(budget.spend()).isTrue();
        assertThat(budget.spend()).isFalse();
    }

    @Test
    void attempts_are_counted() {
        node.always = new Misbehaviour.Refuse(cut);
        try (Engram engram = client().retry(THREE).connect()) {
            assertThatThrownBy(() -> engram.space("notes").get("k")).isInstanceOf(UnavailableException.class);
        }
        assertThat(node.asked(GetRequest.class)).hasSize(3);
    }

    @Test
    void a_read_ends_by_its_deadline() {
        node.always = FakeNode.HANG;
        try (Engram engram = client().connect()) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> engram.space("notes").get("k", ReadOptions.defaults().deadline(Duration.ofMillis(300))))
                    .isInstanceOf(DeadlineException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(300), Duration.ofSeconds(20));
        }
    }

    @Test
    @Timeout(60)
    void cancelling_the_future_ends_the_call_and_gives_back_its_place() {
        node.always = FakeNode.HANG;
        try (Engram engram = client().maxCallsInFlight(1).deadline(Duration.ofMinutes(3)).connect()) {
            CompletableFuture<Answer<Memory>> hanging = engram.space("notes").getAsync("k");
            assertThat(engram.space("notes").recallAsync(RecallQuery.text("x")))
                    .failsWithin(30, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(OverloadedException.class, busy -> assertThat(busy.reason()).isEqualTo("CLIENT_BUSY"));
            engram.space("notes").recallAsync(RecallQuery.text("x")).cancel(true);
            hanging.cancel(true);
            node.always = null;
            engram.space("notes").put(KETTLE);
            assertThat(engram.space("notes").find("kettle").value()).isPresent();
        }
    }

    @Test
    void an_interrupted_write_is_of_unknown_outcome() throws InterruptedException {
        node.always = new Misbehaviour.DoThenHang();
        try (Engram engram = client().deadline(Duration.ofMinutes(2)).connect()) {
            AtomicReference<Throwable> outcome = new AtomicReference<>();
            Thread writer = new Thread(() -> {
                try {
                    engram.space("notes").put(KETTLE);
                } catch (EngramException e) {
                    outcome.set(e);
                }
            });
            writer.start();
            await().atMost(30, TimeUnit.SECONDS).until(() -> cluster.size() == 1);
            writer.interrupt();
            writer.join(30_000);
            assertThat(outcome.get()).isInstanceOf(OutcomeUnknownException.class);
        }
    }
}
