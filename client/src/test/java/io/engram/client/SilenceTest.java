package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.client.FakeNode.Misbehaviour;
import io.engram.v1.GetRequest;
import io.engram.v1.PutRequest;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// A node that says nothing, while the other one serves. The deadlines are long, and the bounds are far below half of them: what one attempt
/// takes that waits for the node.
class SilenceTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofSeconds(8);
    private static final Observation NOTE = Observation.builder("v").key("k").build();

    private final FakeCluster cluster = FakeCluster.of(2);
    private final FakeNode silent = cluster.node(0);
    private final FakeNode other = cluster.node(1);
    private final Cable cable = Cable.to(silent.endpoint());

    @AfterEach
    void stop() {
        cable.close();
        cluster.close();
    }

    private EngramBuilder client() {
        return Engram.builder().endpoints(cable.endpoint() + "," + other.endpoint()).discoverMembers(false).deadline(DEADLINE);
    }

    /// Until both are connected and seem well, so that nothing but silence can tell: calls go to them in turn.
    private MemorySpace wellKnown(Engram engram) {
        MemorySpace notes = engram.space("notes");
        await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
            cluster.nodes.forEach(node -> node.asked.clear());
            for (int i = 0; i < 4; i++) notes.put(NOTE);
            assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.asked(PutRequest.class)).hasSize(2));
        });
        return notes;
    }

    private static Duration took(Runnable work) {
        long began = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Nested
    class A_node_that_was_cut_off {
        @Test
        void keeps_no_call_waiting_for_long_and_gets_no_more_of_them() {
            try (Engram engram = client().connect()) {
                MemorySpace notes = wellKnown(engram);
                cable.cut();
                // Half of them would go there, if nothing had been learned.
                assertThat(took(() -> {
                    for (int i = 0; i < 30; i++) {
                        notes.put(NOTE);
                        assertThat(notes.get("k").value().text()).isEqualTo("v");
                    }
                })).isLessThan(SOON);
            }
        }

        @Test
        void costs_no_retries_once_it_is_known_to_be_silent() {
            try (Engram engram = client().retry(RetryPolicy.standard().budget(0, 0, 0)).connect()) {
                MemorySpace notes = wellKnown(engram);
                cable.cut();
                assertThat(took(() -> {
                    List<CompletableFuture<Written>> puts = IntStream.range(0, 40).mapToObj(i -> notes.putAsync(NOTE)).toList();
                    for (var put : puts) assertThat(put).succeedsWithin(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                })).isLessThan(SOON);
            }
        }

        @Test
        void is_used_again_when_it_is_back() {
            try (Engram engram = client().connect()) {
                MemorySpace notes = wellKnown(engram);
                cable.cut();
                for (int i = 0; i < 4; i++) notes.get("k");
                silent.asked.clear();
                cable.mend();
                await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
                    notes.get("k");
                    assertThat(silent.asked(GetRequest.class)).isNotEmpty();
                });
            }
        }

        @Test
        void is_left_by_a_session_long_before_the_stall_timeout() throws IOException {
            other.stop();
            ObserveOptions options = ObserveOptions.defaults().stallTimeout(DEADLINE);
            try (Engram engram = client().connect(); ObserveSession session = engram.space("notes").observe("s", options)) {
                session.send(Observation.of("o1"));
                session.flush(DEADLINE);
                other.restart();
                // It must seem well again before it can take the session.
                await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
                    engram.space("notes").put(NOTE);
                    assertThat(other.asked).isNotEmpty();
                });
                cable.cut();
                assertThat(took(() -> {
                    for (int i = 2; i <= 10; i++) session.send(Observation.of("o" + i));
                    session.flush(DEADLINE);
                })).isLessThan(SOON);
                FakeSession recorded = Objects.requireNonNull(cluster.sessions.get("s"));
                assertThat(recorded.violations).isEmpty();
                assertThat(recorded.recorded.values()).extracting(io.engram.v1.Observation::getText)
                        .containsExactlyElementsOf(IntStream.rangeClosed(1, 10).mapToObj(i -> "o" + i).toList());
            }
        }
    }

    @Nested
    class A_call_that_hangs_at_a_node_that_is_well {
        @Test
        void is_answered_by_another() {
            silent.always = FakeNode.HANG;
            try (Engram engram = client().connect()) {
                for (int i = 0; i < 2; i++) assertThat(took(() -> engram.space("notes").put(NOTE))).isLessThan(SOON);
            }
        }

        @Test
        void is_made_once_when_both_nodes_make_it() {
            try (Engram engram = client().connect()) {
                MemorySpace notes = wellKnown(engram);
                silent.always = new Misbehaviour.DoThenHang();
                long before = cluster.applied();
                List<Written> written = IntStream.range(0, 4).mapToObj(i -> notes.put(NOTE)).toList();
                assertThat(written).extracting(Written::version).containsExactly(before + 1, before + 2, before + 3, before + 4);
                assertThat(written).extracting(Written::replayed).contains(true);
            }
        }

        @Test
        void is_of_unknown_outcome_if_the_other_node_refuses_it() {
            silent.always = new Misbehaviour.DoThenHang();
            other.always = new Misbehaviour.Refuse(FakeCluster.refusal(Status.Code.NOT_FOUND, "SPACE_NOT_FOUND"));
            try (Engram engram = client().deadline(Duration.ofSeconds(3)).connect()) {
                // Until one goes to the silent node first; the others were refused before anybody else was asked.
                await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> assertThatThrownBy(() -> engram.space("notes").put(NOTE))
                        .isInstanceOf(OutcomeUnknownException.class));
                assertThat(silent.asked(PutRequest.class)).isNotEmpty();
            }
        }

        @Test
        void has_the_outcome_that_the_log_keeps_whoever_tells_it() {
            try (Engram engram = client().connect()) {
                MemorySpace notes = wellKnown(engram);
                silent.asked.clear();
                silent.always = FakeNode.HANG;
                other.always = new Misbehaviour.Refuse(FakeCluster.conflict(9));
                for (int i = 0; i < 2; i++)
                    assertThat(took(() -> assertThatThrownBy(() -> notes.put(NOTE)).isInstanceOf(ConflictException.class)))
                            .isLessThan(SOON);
                assertThat(silent.asked(PutRequest.class)).isNotEmpty();
            }
        }

        @Test
        void costs_no_more_requests_than_the_budget_has() {
            ReadOptions shortly = ReadOptions.defaults().deadline(Duration.ofSeconds(4));
            try (Engram engram = client().retry(RetryPolicy.standard().budget(0, 5, 0)).connect()) {
                MemorySpace notes = wellKnown(engram);
                silent.always = FakeNode.HANG;
                other.always = FakeNode.HANG;
                List<CompletableFuture<Answer<Memory>>> hanging =
                        IntStream.range(0, 20).mapToObj(i -> notes.getAsync("k", shortly)).toList();
                for (var call : hanging) assertThat(call).failsWithin(30, TimeUnit.SECONDS);
            }
            assertThat(silent.asked(GetRequest.class).size() + other.asked(GetRequest.class).size()).isEqualTo(20 + 5);
        }

        @Test
        void is_asked_nowhere_else_if_the_policy_is_never_to_retry() {
            silent.always = FakeNode.HANG;
            other.always = FakeNode.HANG;
            try (Engram engram = client().deadline(Duration.ofSeconds(3)).retry(RetryPolicy.standard().attempts(1)).connect()) {
                assertThatThrownBy(() -> engram.space("notes").get("k")).isInstanceOf(DeadlineException.class);
            }
            assertThat(silent.asked(GetRequest.class).size() + other.asked(GetRequest.class).size()).isOne();
        }
    }

    @Test
    void a_session_stays_with_a_node_that_is_slow_but_there() {
        Duration stall = Duration.ofSeconds(3);
        AtomicBoolean hushed = new AtomicBoolean();
        for (FakeNode node : cluster.nodes)
            node.streamFaults = step -> step == FakeStream.Step.BATCH_CAME && hushed.compareAndSet(false, true) ? FakeStream.silence() : null;
        ObserveOptions options = ObserveOptions.defaults().stallTimeout(stall);
        try (Engram engram = client().connect()) {
            assertThat(took(() -> {
                try (ObserveSession session = engram.space("notes").observe("s", options)) {
                    session.send(Observation.of("o1"));
                    session.flush(DEADLINE);
                }
            })).isGreaterThanOrEqualTo(stall);
        }
    }
}
