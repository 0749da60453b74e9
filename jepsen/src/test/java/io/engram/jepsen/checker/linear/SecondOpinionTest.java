package io.engram.jepsen.checker.linear;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.checker.linear.Reading.FailedCas;
import io.engram.jepsen.checker.linear.Reading.NilRead;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.JsonLines;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opensearch.cluster.coordination.LinearizabilityChecker;

/// Histories too long for trying everything, judged by OpenSearch's checker too; `-Dengram.linear.seed=N` repeats a run.
class SecondOpinionTest {
    private static final long SEED = Long.getLong("engram.linear.seed", System.nanoTime());
    private static final int HISTORIES = Integer.getInteger("engram.linear.opinions", 300);
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(30), 64 << 20, 1);
    private static final Reading READING = new Reading(FailedCas.ASSERTS, NilRead.ABSENT, Value.NIL);

    /// Steps of OpenSearch's search: it keeps each in memory, and crashed operations make very many.
    private static final int PATIENCE = 20_000;

    private static final Object FAILED = "failed";
    private static final Object UNKNOWN = "unknown";

    @ParameterizedTest
    @EnumSource(NaiveObject.class)
    void opensearch_says_the_same(NaiveObject object) {
        System.out.println("linear seed " + SEED + " (" + object.model() + ", second opinion on " + HISTORIES + " histories)");
        int invalid = 0;
        int undecided = 0;
        for (int i = 0; i < HISTORIES; i++) {
            RandomGenerator random = new SplittableRandom(SEED + i * 31L + object.model().hashCode());
            History history = new RandomHistory(random, object, random.nextInt(3) * 0.01, random.nextInt(3) * 0.04).make(random.nextInt(2, 6), random.nextInt(20, 50));
            AtomicInteger looks = new AtomicInteger();
            boolean second = new LinearizabilityChecker()
                    .isLinearizable(new Spec(object), theirs(history), _ -> UNKNOWN, () -> looks.incrementAndGet() > PATIENCE);
            if (looks.get() > PATIENCE) {
                undecided++;
                continue;
            }
            Finding finding = new LinearChecker(Models.named(object.model(), READING)).check(history, LIMITS);
            assertThat(finding.verdict())
                    .as(() -> "seed " + SEED + ", " + object.model() + "\n"
                            + history.ops().stream().map(JsonLines::line).collect(Collectors.joining("\n")))
                    .isEqualTo(second ? Verdict.VALID : Verdict.INVALID);
            if (!second) invalid++;
        }
        assertThat(undecided).as("histories of seed " + SEED + " that were too hard for OpenSearch's").isLessThan(HISTORIES / 5);
        assertThat(invalid).as("invalid histories of seed " + SEED).isBetween(HISTORIES / 50, HISTORIES * 49 / 50);
    }

    private static LinearizabilityChecker.History theirs(History history) {
        LinearizabilityChecker.History theirs = new LinearizabilityChecker.History();
        Map<Integer, Integer> open = new HashMap<>();
        Map<Integer, Operation> byEvent = new HashMap<>();
        for (Operation operation : history.operations()) {
            byEvent.put(operation.invocation().index(), operation);
            if (operation.completion() != null && operation.outcome() != OpType.INFO) byEvent.put(operation.completion().index(), operation);
        }
        for (int i = 0; i < history.ops().size(); i++) {
            Operation operation = byEvent.get(i);
            if (operation == null || (operation.outcome() == OpType.FAIL && !operation.function().equals("cas"))) continue;
            int invocation = operation.invocation().index();
            if (i == invocation) open.put(i, theirs.invoke(operation.invocation()));
            else theirs.respond(Objects.requireNonNull(open.get(invocation)), operation.outcome() == OpType.FAIL ? FAILED : history.ops().get(i).value());
        }
        return theirs;
    }

    /// What the naive objects do, in OpenSearch's terms.
    private record Spec(NaiveObject object) implements LinearizabilityChecker.SequentialSpec {
        @Override
        public Object initialState() {
            return object.initial();
        }

        @Override
        public Optional<Object> nextState(Object state, Object input, Object output) {
            Op invocation = (Op) input;
            NaiveObject.Step step = object.apply(state, invocation.function(), invocation.value());
            // It wants everything placed: an operation of unknown outcome may also have done nothing.
            if (output.equals(UNKNOWN)) return Optional.of(step == null ? state : step.state());
            if (output.equals(FAILED)) return step == null ? Optional.of(state) : Optional.empty();
            if (step == null) return Optional.empty();
            boolean tells =
                    switch (invocation.function()) {
                        case "read", "get", "dequeue" -> true;
                        default -> false;
                    };
            boolean fits = !tells || step.answer().equals(output) || (output.equals(Value.NIL) && step.answer().equals(object.initial()));
            return fits ? Optional.of(step.state()) : Optional.empty();
        }
    }
}
