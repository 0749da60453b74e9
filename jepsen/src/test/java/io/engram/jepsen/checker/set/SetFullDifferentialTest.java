package io.engram.jepsen.checker.set;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Seeds;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.HistoryBuilder;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Against the meaning of the words, each element by itself over the whole history: an event at a time, as set-full does it.
class SetFullDifferentialTest {
    private static final int ELEMENTS = 12;

    @Test
    void agrees_with_the_definition_on_random_histories() {
        int lost = 0;
        int stale = 0;
        for (long seed : Seeds.some(2_000)) {
            History history = random(new SplittableRandom(seed));
            var expected = new Naive(history);
            var finding = new SetChecker(SetChecker.Reads.LINEARIZABLE).check(history, Limits.usual());
            assertThat(Figures.whole(finding, "stable")).as("stable, " + Seeds.told(seed)).isEqualTo(expected.stable);
            assertThat(Figures.whole(finding, "lost")).as("lost, " + Seeds.told(seed)).isEqualTo(expected.lost);
            assertThat(Figures.whole(finding, "stale")).as("stale, " + Seeds.told(seed)).isEqualTo(expected.stale);
            assertThat(Figures.whole(finding, "neverRead")).as("never read, " + Seeds.told(seed)).isEqualTo(expected.neverRead);
            assertThat(finding.verdict() == Verdict.INVALID).as(Seeds.told(seed)).isEqualTo(expected.lost + expected.stale > 0);
            lost += expected.lost;
            stale += expected.stale;
        }
        if (Long.getLong("engram.seed") == null) assertThat(Math.min(lost, stale)).isGreaterThan(100);
    }

    private static final class Naive {
        private int stable;
        private int lost;
        private int stale;
        private int neverRead;

        Naive(History history) {
            List<Operation> operations = history.operations();
            for (long element = 0; element < ELEMENTS; element++) {
                Value value = Value.of(element);
                if (operations.stream().anyMatch(o -> o.function().equals("add") && o.invocation().value().equals(value)))
                    judge(value, history, operations);
            }
        }

        private void judge(Value value, History history, List<Operation> operations) {
            long known = Long.MAX_VALUE;
            int lastPresent = -1;
            int lastAbsent = -1;
            for (Op op : history.ops()) {
                Operation operation = operations.stream().filter(o -> op.equals(o.completion())).findFirst().orElse(null);
                if (operation == null || op.type() != OpType.OK) continue;
                if (op.function().equals("add") && op.value().equals(value)) known = Math.min(known, op.time());
                if (!op.function().equals("read")) continue;
                int began = operation.invocation().index();
                if (((Value.Items) op.value()).values().contains(value)) {
                    known = Math.min(known, op.time());
                    lastPresent = Math.max(lastPresent, began);
                } else lastAbsent = Math.max(lastAbsent, began);
            }
            boolean absentAfterKnown = lastAbsent >= 0 && known < Objects.requireNonNull(history.ops().get(lastAbsent)).time();
            if (lastPresent > lastAbsent) {
                stable++;
                if (absentAfterKnown) stale++;
            } else if (absentAfterKnown) lost++;
            else neverRead++;
        }
    }

    /// A set that now and then hides or drops an element.
    private static History random(SplittableRandom random) {
        HistoryBuilder history = HistoryBuilder.aHistory();
        TreeSet<Long> there = new TreeSet<>();
        int trouble = random.nextInt(3);
        for (int n = 0; n < 40; n++) {
            history.process(n);
            long from = n * 3L;
            long to = from + random.nextInt(12);
            if (random.nextInt(2) == 0) {
                long element = random.nextInt(ELEMENTS);
                history.did("add", null, element).from(from).to(to);
                if (random.nextInt(4) == 0) history.unknown();
                if (random.nextInt(5) > 0) there.add(element);
            } else {
                var shown = LongStream.range(0, ELEMENTS).filter(there::contains).filter(e -> trouble == 0 || random.nextInt(8) > 0).toArray();
                history.did("read", null).from(from).to(to).returnedItems(shown);
            }
            if (trouble == 2 && !there.isEmpty() && random.nextInt(6) == 0) there.remove(there.first());
        }
        return history.build();
    }
}
