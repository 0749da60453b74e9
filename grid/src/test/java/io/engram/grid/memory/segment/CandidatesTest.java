package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.memory.Similarity;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Rows that are all alike to the codes, so that none of them can be left out.
class CandidatesTest {
    private static final int ROWS = 300_000;
    private static final int MOST_ORDERED_BETWEEN_LOOKS = 65_536;
    private static final double LOWEST = -1;

    private final Block block = new Block(1, new SpaceRows(aSpace(1, 48, Similarity.COSINE)), 1);
    private final Random random = new Random(Rows.seed("CandidatesTest"));

    private Candidates offered(float[] bounds) {
        Candidates candidates = new Candidates(10, LOWEST);
        for (int i = 0; i < bounds.length; i++) candidates.offer(LOWEST, bounds[i], block, i);
        return candidates;
    }

    private float[] bounds(int count) {
        float[] bounds = new float[count];
        // Many are equal.
        for (int i = 0; i < count; i++) bounds[i] = (random.nextInt(20_001) - 10_000) / 10_000f;
        return bounds;
    }

    @Test
    void are_taken_from_the_highest_bound_down_each_once() {
        for (int count : new int[] {0, 1, 2, 3, 10, 1_000}) {
            float[] bounds = bounds(count);
            Candidates candidates = offered(bounds);
            candidates.order(() -> {});
            boolean[] taken = new boolean[count];
            float[] sorted = bounds.clone();
            Arrays.sort(sorted);
            for (int left = count; left > 0; left--, candidates.remove()) {
                assertThat(candidates.size()).isEqualTo(left);
                assertThat(candidates.block()).isSameAs(block);
                assertThat(bounds[candidates.slot()]).isEqualTo(sorted[left - 1]);
                assertThat(candidates.atMost()).isBetween((double) sorted[left - 1], (double) Math.nextUp(sorted[left - 1]));
                assertThat(taken[candidates.slot()]).isFalse();
                taken[candidates.slot()] = true;
            }
            assertThat(candidates.size()).isZero();
        }
    }

    @Test
    void look_at_the_clock_while_they_are_put_in_order() {
        float[] bounds = bounds(ROWS);
        AtomicInteger looks = new AtomicInteger();
        offered(bounds).order(looks::incrementAndGet);
        // Half of them have something to be put in order with.
        assertThat(looks.get()).isGreaterThanOrEqualTo(ROWS / 2 / MOST_ORDERED_BETWEEN_LOOKS).isPositive();

        Candidates cutOff = offered(bounds);
        assertThatThrownBy(() -> cutOff.order(() -> {
            throw new IllegalStateException("enough");
        })).hasMessage("enough");
    }
}
