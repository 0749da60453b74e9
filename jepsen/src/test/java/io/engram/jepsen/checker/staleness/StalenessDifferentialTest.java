package io.engram.jepsen.checker.staleness;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Seeds;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.HistoryBuilder;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Against the definition, written down as it is read: for each read, look at every other answer of its key.
class StalenessDifferentialTest {
    private static final Duration BOUND = Duration.ofMillis(20);

    @Test
    void agrees_with_the_definition_on_random_histories() {
        int violated = 0;
        for (long seed : Seeds.some(2_000)) {
            History history = random(new SplittableRandom(seed));
            long worst = 0;
            long could = 0;
            boolean claims = true;
            for (Operation read : reads(history)) {
                long proven = naive(read, history.operations());
                worst = Math.max(worst, proven);
                var claim = Objects.requireNonNull(read.completion()).evidence().staleness();
                if (claim != null && proven > claim.toNanos()) claims = false;
                if (couldShow(read, history.operations())) could++;
            }
            var finding = new StalenessChecker(BOUND, Duration.ZERO).check(history, Limits.usual());
            assertThat(Math.round(Figures.real(finding, "staleness", "proven", "maxMillis") * 1e6)).as(Seeds.told(seed)).isEqualTo(worst);
            assertThat(Figures.whole(finding, "couldHaveShownViolation")).as(Seeds.told(seed)).isEqualTo(could);
            boolean broken = worst > BOUND.toNanos() || !claims;
            if (broken) violated++;
            assertThat(finding.verdict()).as(Seeds.told(seed)).isEqualTo(broken ? Verdict.INVALID : could == 0 ? Verdict.UNKNOWN : Verdict.VALID);
        }
        if (Long.getLong("engram.seed") == null) assertThat(violated).isBetween(200, 1_800);
    }

    private static List<Operation> reads(History history) {
        return history.operations().stream().filter(o -> o.function().equals("read") && o.outcome() == OpType.OK).toList();
    }

    private static long version(Operation operation) {
        return Objects.requireNonNull(Objects.requireNonNull(operation.completion()).evidence().version());
    }

    private static long naive(Operation read, List<Operation> all) {
        long staleness = 0;
        for (Operation other : all) {
            if (other.outcome() != OpType.OK || !Objects.equals(other.key(), read.key()) || version(other) <= version(read)) continue;
            staleness = Math.max(staleness, read.invoked() - other.completed());
        }
        return staleness;
    }

    private static boolean couldShow(Operation read, List<Operation> all) {
        return all.stream().anyMatch(o -> o.outcome() == OpType.OK && Objects.equals(o.key(), read.key()) && version(o) > 0
                && o.completed() < read.invoked() - BOUND.toNanos());
    }

    /// A store that applies each write at one moment within its time, and answers reads from its past.
    private static History random(SplittableRandom random) {
        int keys = random.nextInt(1, 4);
        int lag = random.nextInt(1, 40);
        boolean claims = random.nextBoolean();
        HistoryBuilder history = HistoryBuilder.aHistory();
        long[][] appliedAt = new long[keys][30];
        int[] written = new int[keys];
        for (int n = 0; n < 60; n++) {
            int key = random.nextInt(keys);
            history.process(n);
            if (random.nextInt(3) == 0 && written[key] < 29) {
                long from = n * 5L + random.nextInt(5);
                // In order of version; so the next one's moment must not come before this one's.
                long applied = Math.max(from, written[key] == 0 ? 0 : appliedAt[key][written[key]] + 1);
                int version = ++written[key];
                appliedAt[key][version] = applied;
                history.did("write", "k" + key, version).from(from).to(applied + random.nextInt(10)).version(version);
                if (random.nextInt(6) == 0) history.unknown();
            } else {
                long from = n * 5L + random.nextInt(5);
                long asOf = from - random.nextInt(lag);
                int version = written[key];
                while (version > 0 && appliedAt[key][version] > asOf) version--;
                history.did("read", "k" + key).from(from).to(from + random.nextInt(10)).version(version);
                if (version > 0) history.returned(version);
                if (claims) history.claims(random.nextInt(10) == 0 ? 0 : lag + 1);
            }
        }
        return history.build();
    }
}
