package io.engram.jepsen.checker.linear;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.checker.linear.Reading.FailedCas;
import io.engram.jepsen.checker.linear.Reading.NilRead;
import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.JsonLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The search against trying everything, on small random histories of every model; `-Dengram.linear.seed=N` repeats a run,
/// `-Dengram.linear.histories=N` makes it longer.
class DifferentialTest {
    private static final long SEED = Long.getLong("engram.linear.seed", System.nanoTime());
    private static final int HISTORIES = Integer.getInteger("engram.linear.histories", 16_000);
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(30), 64 << 20, 1);

    @ParameterizedTest
    @EnumSource(NaiveObject.class)
    void the_search_says_what_trying_everything_says(NaiveObject object) {
        System.out.println("linear seed " + SEED + " (" + object.model() + ", " + HISTORIES + " histories)");
        int invalid = 0;
        int refuted = 0;
        for (int i = 0; i < HISTORIES; i++) {
            RandomGenerator random = new SplittableRandom(SEED + i * 31L + object.model().hashCode());
            Reading reading = new Reading(
                    random.nextBoolean() ? FailedCas.ASSERTS : FailedCas.NOTHING, random.nextBoolean() ? NilRead.ABSENT : NilRead.UNKNOWN, Value.NIL);
            double crashes = random.nextInt(3) * 0.25;
            History history = new RandomHistory(random, object, random.nextInt(3) * 0.15, crashes).make(random.nextInt(1, 5), random.nextInt(1, crashes > 0.3 ? 8 : 9));
            boolean expected = new BruteForce(object, reading).linearizable(history);
            Finding finding = new LinearChecker(Models.named(object.model(), reading)).check(history, LIMITS);
            assertThat(finding.verdict())
                    .as(() -> "seed " + SEED + ", " + object.model() + ", " + reading + "\n" + text(history))
                    .isEqualTo(expected || history.operations().isEmpty() ? Verdict.VALID : Verdict.INVALID);
            if (expected)
                assertThat(refuted(Models.named(object.model(), reading), history))
                        .as(() -> "refuted: seed " + SEED + ", " + object.model() + ", " + reading + "\n" + text(history))
                        .isFalse();
            else if (refuted(Models.named(object.model(), reading), history)) refuted++;
            if (finding.verdict() == Verdict.INVALID) {
                invalid++;
                assertThat(new BruteForce(object, reading).linearizable(renumbered(finding.evidence())))
                        .as(() -> "the counterexample of seed " + SEED + ", " + object.model() + ", " + reading + "\n" + text(history) + "\n" + finding)
                        .isFalse();
                assertThat(history.ops()).containsAll(finding.evidence());
            }
        }
        // Otherwise it would compare little.
        assertThat(refuted).as("refuted of the " + invalid + " invalid histories of seed " + SEED).isGreaterThan(invalid / 3);
        assertThat(invalid).as("invalid histories of seed " + SEED).isBetween(HISTORIES / 20, HISTORIES * 19 / 20);
    }

    /// Otherwise a counterexample would prove nothing about the history that it came from.
    @ParameterizedTest
    @EnumSource(NaiveObject.class)
    void what_may_be_left_out_of_a_valid_history_leaves_it_valid(NaiveObject object) {
        System.out.println("linear seed " + SEED + " (" + object.model() + ", left out)");
        int shorter = 0;
        for (int i = 0; i < HISTORIES / 4; i++) {
            RandomGenerator random = new SplittableRandom(SEED + i * 31L + object.model().hashCode() + 1);
            Reading reading = new Reading(random.nextBoolean() ? FailedCas.ASSERTS : FailedCas.NOTHING, NilRead.ABSENT, Value.NIL);
            History history = new RandomHistory(random, object, 0, random.nextInt(3) * 0.2).make(random.nextInt(1, 4), random.nextInt(2, 9));
            List<Operation> operations = history.operations();
            int from = random.nextInt(operations.size());
            List<Operation> left = leaveOut(Models.named(object.model(), reading), operations, from, random.nextInt(from, operations.size()) + 1);
            if (left.size() < operations.size()) shorter++;
            assertThat(new BruteForce(object, reading).linearizable(left))
                    .as(() -> "seed " + SEED + ", " + object.model() + ", " + reading + "\n" + text(history) + "\nleft: " + left)
                    .isTrue();
        }
        if (object != NaiveObject.MUTEX) assertThat(shorter).as("histories of seed " + SEED + " that became shorter").isGreaterThan(HISTORIES / 40);
    }

    private static <S, A> boolean refuted(Model<S, A> model, History history) {
        Budget budget = new Budget(LIMITS);
        return Search.run(new Problem<>(model, history.operations(), budget), budget, Search.Aim.REFUTE, 200).impossible();
    }

    private static <S, A> List<Operation> leaveOut(Model<S, A> model, List<Operation> operations, int from, int to) {
        return new Shrinking<>(model, new Budget(LIMITS)).leaveOut(operations, from, to);
    }

    private static History renumbered(List<Op> events) {
        List<Op> ops = new ArrayList<>();
        for (Op op : events)
            ops.add(new Op(ops.size(), op.type(), op.process(), op.function(), null, op.value(), ops.size(), Evidence.NONE, op.error()));
        return new History(ops);
    }

    private static String text(History history) {
        return history.ops().stream().map(JsonLines::line).collect(Collectors.joining("\n"));
    }
}
