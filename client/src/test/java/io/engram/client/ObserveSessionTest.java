package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.engram.client.FakeStream.Step;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObserveSessionTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private final FakeCluster cluster = FakeCluster.of(2);
    private final Engram engram = Engram.builder()
            .endpoints(cluster.endpoints()).discoverMembers(false).deadline(Duration.ofSeconds(30))
            .retry(RetryPolicy.standard().backoff(Duration.ofMillis(5), Duration.ofMillis(50)))
            .connect();
    private final MemorySpace notes = engram.space("notes");

    @AfterEach
    void stop() {
        engram.close();
        cluster.close();
    }

    private FakeSession session(String id) {
        return Objects.requireNonNull(cluster.sessions.get(id));
    }

    private static void sendAll(ObserveSession session, int from, int through) {
        for (int i = from; i <= through; i++) assertThat(session.send(Observation.of("o" + i))).isEqualTo(i);
    }

    private void holdsInOrder(String id, int count) {
        FakeSession session = session(id);
        assertThat(session.violations).isEmpty();
        assertThat(session.durable).isEqualTo(count);
        assertThat(session.recorded).hasSize(count);
        session.recorded.forEach((number, observation) -> assertThat(observation.getText()).isEqualTo("o" + number));
    }

    @Test
    void what_is_sent_is_recorded_in_order_and_durable_when_closed() {
        try (ObserveSession session = notes.observe("s")) {
            // A slow machine may have opened it twice before it heard of it.
            assertThat(session.resumed()).isEqualTo(session("s").opened > 1);
            sendAll(session, 1, 5000);
        }
        holdsInOrder("s", 5000);
    }

    @Test
    void flushing_waits_for_all_that_was_taken() {
        ObserveSession session = notes.observe("s");
        sendAll(session, 1, 300);
        session.flush(LONG);
        assertThat(session.durableThrough()).isEqualTo(300);
        assertThat(session.buffered()).isZero();
        session.close();
    }

    @Test
    void another_process_goes_on_where_the_first_ended() {
        try (ObserveSession first = notes.observe("s")) {
            sendAll(first, 1, 10);
        }
        try (ObserveSession second = notes.observe("s", ObserveOptions.defaults().acknowledgedThrough(10))) {
            assertThat(second.resumed()).isTrue();
            assertThat(second.durableThrough()).isEqualTo(10);
            sendAll(second, 11, 20);
        }
        holdsInOrder("s", 20);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void a_connection_that_breaks_at_any_step_loses_and_doubles_nothing(Step step) {
        AtomicInteger breaks = new AtomicInteger(3);
        FakeStream.Faults faults = at -> at == step && breaks.getAndDecrement() > 0 ? Status.UNAVAILABLE.asRuntimeException() : null;
        cluster.nodes.forEach(node -> node.streamFaults = faults);
        try (ObserveSession session = notes.observe("s")) {
            for (int part = 0; part < 5; part++) {
                sendAll(session, part * 50 + 1, part * 50 + 50);
                session.flush(LONG);
            }
        }
        assertThat(breaks.get()).isNegative();
        holdsInOrder("s", 250);
    }

    @Test
    void a_node_that_falls_silent_is_left_for_another() {
        AtomicInteger breaks = new AtomicInteger(2);
        cluster.nodes.forEach(node -> node.streamFaults = at ->
                at == Step.HALF_OF_BATCH_TAKEN && breaks.getAndDecrement() > 0 ? FakeStream.silence() : null);
        try (ObserveSession session = notes.observe("s", ObserveOptions.defaults().stallTimeout(Duration.ofMillis(300)).closeTimeout(LONG))) {
            sendAll(session, 1, 100);
        }
        assertThat(session("s").opened).isGreaterThanOrEqualTo(3);
        holdsInOrder("s", 100);
    }

    @Test
    void a_node_that_takes_a_while_after_a_quiet_time_is_not_taken_for_silent() {
        CountDownLatch never = new CountDownLatch(1);
        cluster.nodes.forEach(node -> node.streamFaults = at -> {
            if (at == Step.BEFORE_ACKNOWLEDGING) pause(never, Duration.ofMillis(400));
            return null;
        });
        // Far more than 400 ms: a slow machine is not taken for a silent node either.
        try (ObserveSession session = notes.observe("s", ObserveOptions.defaults().stallTimeout(Duration.ofSeconds(4)))) {
            int opened = session("s").opened;
            pause(never, Duration.ofMillis(4500));
            sendAll(session, 1, 1);
            session.flush(LONG);
            assertThat(session("s").opened).isEqualTo(opened);
        }
    }

    private static void pause(CountDownLatch latch, Duration atMost) {
        try {
            assertThat(latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_node_that_breaks_the_protocol_is_left() {
        AtomicInteger breaks = new AtomicInteger(1);
        cluster.nodes.forEach(node -> node.streamExcess = () -> breaks.getAndDecrement() > 0 ? 1000 : 0);
        int opened;
        try (ObserveSession session = notes.observe("s")) {
            opened = session("s").opened;
            sendAll(session, 1, 20);
        }
        assertThat(session("s").opened).isEqualTo(opened + 1);
        holdsInOrder("s", 20);
    }

    @Test
    void a_node_that_dies_is_replaced_by_another() throws IOException {
        try (ObserveSession session = notes.observe("s")) {
            sendAll(session, 1, 100);
            session.flush(LONG);
            // One after the other: one of them has the session.
            cluster.node(0).stop();
            sendAll(session, 101, 200);
            session.flush(LONG);
            cluster.node(0).restart();
            cluster.node(1).stop();
            sendAll(session, 201, 300);
            session.flush(LONG);
        }
        assertThat(session("s").opened).isGreaterThanOrEqualTo(2);
        holdsInOrder("s", 300);
    }

    @Nested
    class Back_pressure {
        private final List<Integer> seen = new CopyOnWriteArrayList<>();

        @Test
        void a_node_that_grants_little_credit_keeps_the_buffer_small() {
            cluster.nodes.forEach(node -> node.streamLimits = new FakeStream.Limits(10, 1 << 20));
            try (ObserveSession session = notes.observe("s")) {
                for (int i = 1; i <= 500; i++) {
                    session.send(Observation.of("o" + i));
                    seen.add(session.buffered());
                }
            }
            assertThat(seen).allMatch(buffered -> buffered <= 10);
            assertThat(session("s").mostInFlight).isLessThanOrEqualTo(10);
            holdsInOrder("s", 500);
        }

        @Test
        void credit_in_bytes_is_kept() {
            cluster.nodes.forEach(node -> node.streamLimits = new FakeStream.Limits(1000, 100));
            try (ObserveSession session = notes.observe("s")) {
                for (int i = 1; i <= 50; i++) session.send(Observation.builder("o" + i).key("k".repeat(40)).build());
            }
            // 46 or so bytes each: two fit.
            assertThat(session("s").mostInFlight).isLessThanOrEqualTo(2);
            holdsInOrder("s", 50);
        }

        @Test
        void a_buffer_that_is_full_makes_the_sender_wait_no_longer_than_it_said() {
            cluster.nodes.forEach(node -> node.streamFaults = at -> at == Step.BATCH_CAME ? FakeStream.silence() : null);
            ObserveSession session = notes.observe("s", ObserveOptions.defaults().buffer(5, 1 << 20).sendTimeout(Duration.ofMillis(200)));
            sendAll(session, 1, 5);
            assertThatThrownBy(() -> session.send(Observation.of("o6")))
                    .isInstanceOfSatisfying(DeadlineException.class, e -> assertThat(e.reason()).isEqualTo("BUFFER_FULL"));
            assertThat(session.sendAsync(Observation.of("o6")))
                    .isCompletedExceptionally();
            assertThat(session.lastNumber()).isEqualTo(5);
            assertThat(session.close(Duration.ofMillis(100))).hasSize(5);
        }

        @Test
        void a_buffer_of_few_bytes_still_takes_one_observation() {
            try (ObserveSession session = notes.observe("s", ObserveOptions.defaults().buffer(100, 1))) {
                sendAll(session, 1, 20);
            }
            holdsInOrder("s", 20);
        }

        @Test
        void an_observation_that_no_node_would_take_is_refused_here() {
            try (ObserveSession session = notes.observe("s")) {
                assertThatThrownBy(() -> session.send(Observation.of("x".repeat(2 << 20))))
                        .isInstanceOfSatisfying(InvalidArgumentException.class, e ->
                                assertThat(e.violations()).singleElement().extracting(Fault.FieldViolation::field).isEqualTo("observation"));
                sendAll(session, 1, 1);
            }
            holdsInOrder("s", 1);
        }
    }

    @Nested
    class Rejections {
        @Test
        void are_told_one_by_one_in_order_and_the_others_go_on() {
            List<Acknowledgement> told = new CopyOnWriteArrayList<>();
            List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
            try (ObserveSession session = notes.observe("s", ObserveOptions.defaults().listener(told::add))) {
                for (int i = 1; i <= 40; i++) receipts.add(session.sendAsync(Observation.of((i % 10 == 0 ? "bad" : "o") + i)));
                session.flush(LONG);
            }
            await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(receipts).allMatch(CompletableFuture::isDone));
            for (int i = 1; i <= 40; i++) assertThat(receipts.get(i - 1).isCompletedExceptionally()).as("" + i).isEqualTo(i % 10 == 0);
            assertThat(receipts.get(0)).isCompletedWithValue(new Receipt(1));
            List<Rejection> rejected = rejections(told);
            assertThat(rejected).extracting(Rejection::number).containsExactly(10L, 20L, 30L, 40L);
            assertThat(rejected.get(0).observation().orElseThrow().text()).isEqualTo("bad10");
            assertThat(rejected.get(0).cause()).isInstanceOf(InvalidArgumentException.class);
        }

        @Test
        void are_told_once_although_the_connection_breaks_before_they_are_heard() {
            AtomicInteger breaks = new AtomicInteger(2);
            cluster.nodes.forEach(node -> node.streamFaults = at ->
                    at == Step.BEFORE_ACKNOWLEDGING && breaks.getAndDecrement() > 0 ? Status.UNAVAILABLE.asRuntimeException() : null);
            List<Acknowledgement> told = new CopyOnWriteArrayList<>();
            try (ObserveSession session = notes.observe("s", ObserveOptions.defaults().listener(told::add))) {
                for (int i = 1; i <= 40; i++) {
                    session.send(Observation.of((i % 10 == 0 ? "bad" : "o") + i));
                    if (i % 10 == 0) session.flush(LONG);
                }
            }
            await().atMost(30, TimeUnit.SECONDS).untilAsserted(() ->
                    assertThat(rejections(told)).extracting(Rejection::number).containsExactly(10L, 20L, 30L, 40L));
        }

        @Test
        void of_an_earlier_process_are_told_when_it_is_resumed() {
            try (ObserveSession first = notes.observe("s")) {
                first.send(Observation.of("bad1"));
            }
            try (ObserveSession second = notes.observe("s")) {
                assertThat(second.earlierRejections()).extracting(Rejection::number).containsExactly(1L);
            }
        }

        private static List<Rejection> rejections(List<Acknowledgement> told) {
            return told.stream()
                    .filter(Acknowledgement.Rejected.class::isInstance)
                    .map(rejected -> ((Acknowledgement.Rejected) rejected).rejection())
                    .toList();
        }
    }

    @Nested
    class A_session_that_cannot_go_on {
        @Test
        void is_not_opened_where_there_is_no_space() {
            cluster.nodes.forEach(node -> node.streamFaults = at -> FakeCluster.refusal(Status.Code.NOT_FOUND, "SPACE_NOT_FOUND"));
            assertThatThrownBy(() -> notes.observe("s")).isInstanceOf(NotFoundException.class);
        }

        @Test
        void says_that_the_cluster_has_forgotten_it() {
            AtomicBoolean forget = forgetting("s");
            ObserveSession session = notes.observe("s");
            sendAll(session, 1, 10);
            session.flush(LONG);
            forget.set(true);
            CompletableFuture<Receipt> lost = session.sendAsync(Observation.of("o11"));
            assertThatThrownBy(() -> session.flush(LONG)).isInstanceOf(SessionExpiredException.class);
            assertThatThrownBy(() -> session.send(Observation.of("o12"))).isInstanceOf(SessionExpiredException.class);
            assertThat(lost).failsWithin(30, TimeUnit.SECONDS);
            assertThat(session.close(LONG)).extracting(Unacknowledged::number).containsExactly(11L);
        }

        @Test
        void notices_that_a_forgotten_session_was_begun_anew() {
            AtomicBoolean forget = forgetting("s");
            ObserveSession session = notes.observe("s");
            forget.set(true);
            var unused = session.sendAsync(Observation.of("o1"));
            assertThatThrownBy(() -> session.flush(LONG)).isInstanceOf(SessionExpiredException.class);
            session.close(LONG);
        }

        @Test
        void gives_up_when_no_node_takes_it() {
            // The observation must not become durable before the nodes are gone; opening, too, may take as long as giving up.
            cluster.nodes.forEach(node -> node.streamFaults = at -> at == Step.BATCH_CAME ? FakeStream.silence() : null);
            ObserveSession session = notes.observe("s", ObserveOptions.defaults().giveUpAfter(Duration.ofSeconds(3)));
            CompletableFuture<Receipt> receipt = session.sendAsync(Observation.of("o1"));
            cluster.nodes.forEach(FakeNode::stop);
            assertThatThrownBy(() -> session.flush(LONG)).isInstanceOf(UnavailableException.class);
            assertThat(receipt).failsWithin(30, TimeUnit.SECONDS);
            assertThatThrownBy(session::close).isInstanceOf(OutcomeUnknownException.class);
        }

        /// Once it is set, the session is forgotten and its connection breaks when the next batch comes: it has taken something then,
        /// however soon it hears of it.
        private AtomicBoolean forgetting(String id) {
            AtomicBoolean forget = new AtomicBoolean();
            cluster.nodes.forEach(node -> node.streamFaults = at -> {
                if (at != Step.BATCH_CAME || !forget.get()) return null;
                cluster.sessions.remove(id);
                return Status.UNAVAILABLE.asRuntimeException();
            });
            return forget;
        }
    }

    @Nested
    class Closing {
        @Test
        void reports_what_is_not_known_to_be_durable_and_whether_it_was_sent() {
            cluster.nodes.forEach(node -> {
                node.streamFaults = at -> at == Step.BATCH_CAME ? FakeStream.silence() : null;
                node.streamLimits = new FakeStream.Limits(1000, 1);
            });
            ObserveSession session = notes.observe("s");
            CompletableFuture<Receipt> sent = session.sendAsync(Observation.of("o1"));
            CompletableFuture<Receipt> kept = session.sendAsync(Observation.of("o2"));
            await().atMost(30, TimeUnit.SECONDS).until(() -> Objects.requireNonNull(session("s").stream).isOver());
            assertThat(session.close(Duration.ofMillis(50)))
                    .extracting(Unacknowledged::number, Unacknowledged::sent)
                    .containsExactly(tuple(1L, true), tuple(2L, false));
            assertThat(sent).failsWithin(30, TimeUnit.SECONDS).withThrowableThat().havingCause().isInstanceOf(OutcomeUnknownException.class);
            assertThat(kept).failsWithin(30, TimeUnit.SECONDS).withThrowableThat().havingCause().isInstanceOf(CancelledException.class);
            assertThatThrownBy(() -> session.send(Observation.of("o3"))).isInstanceOf(CancelledException.class);
            assertThatThrownBy(session::close).isInstanceOf(OutcomeUnknownException.class).hasMessageContaining("2 observations from number 1");
        }

        @Test
        void the_client_closes_its_sessions_and_leaves_no_thread() {
            try (Engram other = Engram.builder().endpoints(cluster.endpoints()).connect()) {
                sendAll(other.space("notes").observe("other"), 1, 50);
            }
            holdsInOrder("other", 50);
            engram.close();
            await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("engram-client-")));
            assertThatThrownBy(() -> notes.get("k")).isInstanceOfSatisfying(CancelledException.class, e ->
                    assertThat(e.reason()).isEqualTo("CLIENT_CLOSED"));
        }
    }

    @Test
    void a_session_moves_a_causal_session_on() {
        CausalSession causal = engram.session();
        try (ObserveSession session = notes.in(causal).observe("s")) {
            sendAll(session, 1, 10);
            session.flush(LONG);
        }
        assertThat(causal.positions()).hasSize(1);
    }
}
