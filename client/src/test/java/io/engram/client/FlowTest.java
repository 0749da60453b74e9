package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FlowTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private final FakeCluster cluster = FakeCluster.of(1);
    private final FakeNode node = cluster.node(0);
    private final Engram engram = Engram.builder()
            .endpoints(cluster.endpoints()).discoverMembers(false).deadline(Duration.ofSeconds(30))
            .retry(RetryPolicy.standard().backoff(Duration.ofMillis(5), Duration.ofMillis(50)))
            .connect();

    @AfterEach
    void stop() {
        engram.close();
        cluster.close();
    }

    private ObserveSession session() {
        return engram.space("notes").observe("s");
    }

    private FakeSession recorded() {
        return Objects.requireNonNull(cluster.sessions.get("s"));
    }

    @Nested
    class A_publisher_that_feeds_a_session {
        @Test
        void is_recorded_whole_and_in_order() {
            node.streamLimits = new FakeStream.Limits(64, 1 << 16);
            ObserveSession session = session();
            ObservationSink sink = session.sink();
            try (var publisher = new SubmissionPublisher<Observation>(ForkJoinPool.commonPool(), 16)) {
                publisher.subscribe(sink);
                for (int i = 1; i <= 1000; i++) publisher.submit(Observation.of("o" + i));
            }
            assertThat(sink.done().toCompletableFuture()).succeedsWithin(60, TimeUnit.SECONDS).isEqualTo(1000L);
            session.close();
            assertThat(recorded().violations).isEmpty();
            assertThat(recorded().recorded).hasSize(1000);
            recorded().recorded.forEach((number, observation) -> assertThat(observation.getText()).isEqualTo("o" + number));
        }

        @Test
        void is_asked_for_no_more_than_there_is_credit() {
            node.streamLimits = new FakeStream.Limits(10, 1 << 16);
            node.streamFaults = step -> step == FakeStream.Step.BATCH_CAME ? FakeStream.silence() : null;
            ObserveSession session = session();
            ByHand publisher = new ByHand();
            publisher.feed(session.sink());
            await().atMost(30, TimeUnit.SECONDS).until(() -> publisher.requested.get() == 10);
            publisher.sink().onNext(Observation.of("o1"));
            assertThat(publisher.requested.get()).isEqualTo(10);
            // What was promised to the publisher is not given to somebody else.
            assertThat(session.sendAsync(Observation.of("other"))).isCompletedExceptionally();
            session.close(Duration.ofMillis(50));
            await().atMost(30, TimeUnit.SECONDS).until(() -> publisher.cancelled);
            assertThat(publisher.sink().done().toCompletableFuture()).failsWithin(30, TimeUnit.SECONDS);
        }

        @Test
        void is_cancelled_when_it_is_the_second() {
            ObserveSession session = session();
            ByHand first = new ByHand();
            ByHand second = new ByHand();
            ObservationSink sink = session.sink();
            first.feed(sink);
            second.feed(sink);
            assertThat(second.cancelled).isTrue();
            assertThat(first.cancelled).isFalse();
            session.close();
        }

        @Test
        void passes_its_failure_on() {
            ObserveSession session = session();
            ByHand publisher = new ByHand();
            publisher.feed(session.sink());
            publisher.sink().onError(new IllegalStateException("out of paper"));
            assertThat(publisher.sink().done().toCompletableFuture())
                    .failsWithin(30, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withMessageContaining("out of paper");
            assertThat(session.send(Observation.of("o1"))).isOne();
            session.close();
        }

        @Test
        void may_not_send_null() {
            ObserveSession session = session();
            ObservationSink sink = session.sink();
            assertThatThrownBy(() -> sink.onNext(nothing())).isInstanceOf(NullPointerException.class);
            session.close();
        }

        @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
        private static <T> T nothing() {
            return null;
        }
    }

    @Nested
    class A_subscriber_to_acknowledgements {
        private final List<Acknowledgement> heard = new CopyOnWriteArrayList<>();
        private final List<String> ends = new CopyOnWriteArrayList<>();
        private volatile Flow.@Nullable Subscription subscription;

        private Flow.Subscriber<Acknowledgement> asking(long first) {
            return new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription given) {
                    subscription = given;
                    if (first != 0) given.request(first);
                }

                @Override
                public void onNext(Acknowledgement acknowledgement) {
                    heard.add(acknowledgement);
                }

                @Override
                public void onError(Throwable failure) {
                    ends.add("error " + failure.getClass().getSimpleName());
                }

                @Override
                public void onComplete() {
                    ends.add("complete");
                }
            };
        }

        private Flow.Subscription subscription() {
            await().atMost(30, TimeUnit.SECONDS).until(() -> subscription != null);
            return Objects.requireNonNull(subscription);
        }

        @Test
        void gets_no_more_than_it_asks_for_and_then_the_rest_and_the_end() {
            ObserveSession session = session();
            session.acknowledgements().subscribe(asking(2));
            for (int i = 1; i <= 20; i++) {
                session.send(Observation.of("o" + i));
                session.flush(LONG);
            }
            await().atMost(30, TimeUnit.SECONDS).until(() -> heard.size() == 2);
            session.close();
            assertThat(heard).hasSize(2);
            assertThat(ends).isEmpty();
            subscription().request(Long.MAX_VALUE);
            await().atMost(30, TimeUnit.SECONDS).until(() -> !ends.isEmpty());
            assertThat(heard).hasSize(20).last().isInstanceOfSatisfying(Acknowledgement.Durable.class, mark -> assertThat(mark.through()).isEqualTo(20));
            assertThat(ends).containsExactly("complete");
        }

        @Test
        void that_asks_for_nothing_stops_the_stream_instead_of_filling_memory() {
            node.streamLimits = new FakeStream.Limits(1, 1 << 16);
            ObserveSession session = engram.space("notes").observe("s", ObserveOptions.defaults().sendTimeout(Duration.ofSeconds(3)));
            session.acknowledgements().subscribe(asking(0));
            subscription();
            assertThatThrownBy(() -> {
                for (int i = 1; i <= 1000; i++) session.send(Observation.of("o" + i));
            }).isInstanceOf(DeadlineException.class);
            assertThat(session.durableThrough()).isBetween(60L, 70L);
            subscription().request(Long.MAX_VALUE);
            await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(heard).hasSizeGreaterThan(60));
            session.flush(LONG);
            session.close();
        }

        @Test
        void that_asks_for_less_than_one_is_told_off() {
            ObserveSession session = session();
            session.acknowledgements().subscribe(asking(-1));
            await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(ends).containsExactly("error IllegalArgumentException"));
            session.close();
        }

        @Test
        void that_cancels_hears_no_more() {
            ObserveSession session = session();
            session.acknowledgements().subscribe(asking(Long.MAX_VALUE));
            session.send(Observation.of("o1"));
            await().atMost(30, TimeUnit.SECONDS).until(() -> heard.size() == 1);
            subscription().cancel();
            subscription().cancel();
            session.send(Observation.of("o2"));
            session.flush(LONG);
            session.close();
            assertThat(heard).hasSize(1);
            assertThat(ends).isEmpty();
        }

        @Test
        void hears_why_the_session_failed() {
            ObserveSession session = session();
            session.acknowledgements().subscribe(asking(1));
            subscription();
            Objects.requireNonNull(recorded().stream).cut(FakeCluster.refusal(Status.Code.NOT_FOUND, "SPACE_NOT_FOUND"));
            await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(ends).containsExactly("error NotFoundException"));
        }
    }

    /// A publisher whose every step the test makes.
    private static final class ByHand implements Flow.Subscription {
        final AtomicLong requested = new AtomicLong();
        volatile boolean cancelled;
        private @Nullable ObservationSink sink;

        void feed(ObservationSink to) {
            sink = to;
            to.onSubscribe(this);
        }

        ObservationSink sink() {
            return Objects.requireNonNull(sink);
        }

        @Override
        public void request(long n) {
            requested.addAndGet(n);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
