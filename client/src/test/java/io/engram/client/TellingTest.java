package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Flushing and closing wait for the listeners: what became of each observation has been told when they return.
class TellingTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private final FakeCluster cluster = FakeCluster.of(1);
    private final Engram engram =
            Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false).deadline(Duration.ofSeconds(30)).connect();

    @AfterEach
    void stop() {
        engram.close();
        cluster.close();
    }

    private ObserveSession session(Consumer<Acknowledgement> listener) {
        return engram.space("notes").observe("s", ObserveOptions.defaults().closeTimeout(LONG).listener(listener));
    }

    /// A listener that takes its time for each word, as a slow machine would.
    private static Consumer<Acknowledgement> slowly(List<Acknowledgement> told) {
        return one -> {
            quietly(() -> Thread.sleep(50));
            told.add(one);
        };
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private static void quietly(Step step) {
        try {
            step.run();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void all_is_told_when_flushing_returns() {
        List<Acknowledgement> told = new CopyOnWriteArrayList<>();
        try (ObserveSession session = session(slowly(told))) {
            session.send(Observation.of("bad"));
            session.send(Observation.of("good"));
            session.flush(LONG);
            assertThat(told).anyMatch(Acknowledgement.Rejected.class::isInstance);
            assertThat(told.get(told.size() - 1)).isInstanceOfSatisfying(
                    Acknowledgement.Durable.class, mark -> assertThat(mark.through()).isEqualTo(2));
        }
    }

    @Test
    void all_is_told_when_closing_returns() {
        List<Acknowledgement> told = new CopyOnWriteArrayList<>();
        CompletableFuture<Receipt> receipt;
        try (ObserveSession session = session(slowly(told))) {
            receipt = session.sendAsync(Observation.of("good"));
        }
        assertThat(receipt).isCompletedWithValue(new Receipt(1));
        assertThat(told.get(told.size() - 1)).isInstanceOf(Acknowledgement.Durable.class);
    }

    @Test
    void a_listener_may_flush_and_close_the_session_that_tells_it() {
        CompletableFuture<Long> seen = new CompletableFuture<>();
        CompletableFuture<ObserveSession> itself = new CompletableFuture<>();
        ObserveSession session = session(told -> {
            if (!(told instanceof Acknowledgement.Durable mark)) return;
            itself.join().flush(LONG);
            itself.join().close();
            seen.complete(mark.through());
        });
        itself.complete(session);
        session.send(Observation.of("good"));
        assertThat(seen).succeedsWithin(LONG.toSeconds() / 2, TimeUnit.SECONDS).isEqualTo(1L);
    }

    @Test
    void a_listener_that_hangs_does_not_hang_who_flushes_or_closes() {
        CountDownLatch hang = new CountDownLatch(1);
        ObserveSession session = session(told -> quietly(() -> assertThat(hang.await(60, TimeUnit.SECONDS)).isTrue()));
        session.send(Observation.of("good"));
        assertThatThrownBy(() -> session.flush(Duration.ofMillis(500)))
                .isInstanceOfSatisfying(DeadlineException.class, late -> assertThat(late.reason()).isEqualTo("LISTENER_BUSY"));
        assertThat(session.close(Duration.ofMillis(500))).as("not known to be durable").isEmpty();
        hang.countDown();
    }
}
