package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Breaks connections at random steps, again and again. A failing seed is printed; `-Dengram.seed=N` replays it.
class SessionChaosTest {
    private static final int OBSERVATIONS = 400;
    private static final int RUNS = 12;

    @Test
    void whatever_breaks_each_observation_is_recorded_once_in_order_and_told_once() {
        long first = Optional.ofNullable(System.getProperty("engram.seed")).map(Long::valueOf).orElseGet(System::nanoTime);
        int runs = System.getProperty("engram.seed") == null ? RUNS : 1;
        int resent = 0;
        for (long seed = first; seed < first + runs; seed++) {
            try {
                resent += run(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " (replay with -Dengram.seed=" + seed + ")", e);
            }
        }
        // Or the faults did not bite; of a single run, they need not.
        if (runs == RUNS) assertThat(resent).isGreaterThan(runs);
    }

    /// @return how many observations came a second time
    private static int run(Random random) {
        int resent;
        int oneIn = 2 + random.nextInt(12);
        List<Acknowledgement> told = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        try (FakeCluster cluster = FakeCluster.of(2);
                Engram engram = Engram.builder()
                        .endpoints(cluster.endpoints()).discoverMembers(false).deadline(Duration.ofSeconds(60))
                        .retry(RetryPolicy.standard().backoff(Duration.ofMillis(1), Duration.ofMillis(5)))
                        .connect()) {
            FakeStream.Limits limits = new FakeStream.Limits(1 + random.nextInt(100), 1 + random.nextInt(5000));
            Random faults = new Random(random.nextLong());
            for (FakeNode node : cluster.nodes) {
                node.streamLimits = limits;
                // Called under the cluster's lock.
                node.streamFaults = step -> switch (faults.nextInt(oneIn * 6)) {
                    case 0, 1, 2, 3 -> Status.UNAVAILABLE.asRuntimeException();
                    case 4 -> FakeCluster.refusal(Status.Code.UNKNOWN, "OUTCOME_UNKNOWN");
                    case 5 -> faults.nextInt(10) == 0 ? FakeStream.silence() : null;
                    default -> null;
                };
            }
            ObserveOptions options = ObserveOptions.defaults()
                    .buffer(1 + random.nextInt(200), 1 << 16)
                    .stallTimeout(Duration.ofMillis(200)).closeTimeout(Duration.ofSeconds(60)).sendTimeout(Duration.ofSeconds(60))
                    .listener(told::add);
            try (ObserveSession session = engram.space("notes").observe("s", options)) {
                while (receipts.size() < OBSERVATIONS) {
                    int number = receipts.size() + 1;
                    Observation observation = Observation.of((number % 17 == 0 ? "bad" : "o") + number);
                    CompletableFuture<Receipt> receipt = session.sendAsync(observation);
                    if (session.lastNumber() == number) receipts.add(receipt);
                    else session.flush(Duration.ofSeconds(60)); // it was full
                }
                session.flush(Duration.ofSeconds(60));
            }
            FakeSession session = Objects.requireNonNull(cluster.sessions.get("s"));
            resent = session.resent;
            assertThat(session.violations).isEmpty();
            assertThat(session.recorded.keySet()).hasSize(OBSERVATIONS).last().isEqualTo((long) OBSERVATIONS);
            session.recorded.forEach((number, observation) -> assertThat(observation.getText()).endsWith("" + number));
            for (int i = 1; i <= OBSERVATIONS; i++) {
                CompletableFuture<Receipt> receipt = receipts.get(i - 1);
                if (i % 17 == 0) assertThat(receipt).failsWithin(30, TimeUnit.SECONDS);
                else assertThat(receipt).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo(new Receipt(i));
            }
        }
        toldOnceInOrder(told);
        return resent;
    }

    private static void toldOnceInOrder(List<Acknowledgement> told) {
        List<Long> rejected = new ArrayList<>();
        long durable = 0;
        for (Acknowledgement acknowledgement : told) {
            if (acknowledgement instanceof Acknowledgement.Rejected one) {
                assertThat(one.rejection().number()).isGreaterThan(durable);
                rejected.add(one.rejection().number());
            } else if (acknowledgement instanceof Acknowledgement.Durable mark) {
                assertThat(mark.through()).isGreaterThan(durable);
                durable = mark.through();
            }
        }
        assertThat(durable).isEqualTo(OBSERVATIONS);
        assertThat(rejected).hasSize(OBSERVATIONS / 17).isSorted().doesNotHaveDuplicates().allMatch(number -> number % 17 == 0);
    }
}
