package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShrinkingTest {
    private static final List<Integer> TEN = IntStream.range(0, 10).boxed().toList();

    @Test
    void leaves_exactly_what_it_takes() throws Exception {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 200; round++) {
            Set<Integer> needed = random.ints(1 + random.nextInt(4), 0, 10).boxed().collect(Collectors.toCollection(TreeSet::new));
            assertThat(new Shrinking<Integer>(left -> left.containsAll(needed), 1_000).shrink(TEN)).as("needed %s", needed).containsExactlyElementsOf(needed);
        }
    }

    @Test
    void leaves_nothing_where_nothing_is_needed() throws Exception {
        assertThat(new Shrinking<Integer>(left -> true, 1_000).shrink(TEN)).isEmpty();
    }

    @Test
    void leaves_all_where_all_is_needed() throws Exception {
        assertThat(new Shrinking<Integer>(left -> left.size() == 10, 1_000).shrink(TEN)).isEqualTo(TEN);
    }

    @Test
    void stands_by_what_it_has_when_its_trials_are_used_up() throws Exception {
        Shrinking<Integer> shrinking = new Shrinking<>(left -> left.contains(9), 3);
        assertThat(shrinking.shrink(TEN)).contains(9).hasSizeLessThan(10);
        assertThat(shrinking.trials()).isEqualTo(3);
    }
}
