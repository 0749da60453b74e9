package io.engram.jepsen.checker.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Seeds;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RangesTest {
    @Test
    void ranges_that_overlap_or_touch_become_one() {
        Ranges ranges = new Ranges();
        ranges.add(1, 3);
        ranges.add(7, 9);
        assertThat(ranges).hasToString("1..3, 7..9");
        ranges.add(4, 6);
        assertThat(ranges).hasToString("1..9");
        ranges.add(20, 20);
        assertThat(ranges).hasToString("1..9, 20");
        assertThat(ranges.size()).isEqualTo(10);
    }

    @Test
    void agree_with_a_set_of_bits() {
        for (long seed : Seeds.some(500)) {
            var random = new SplittableRandom(seed);
            Ranges a = new Ranges();
            Ranges b = new Ranges();
            BitSet bitsA = fill(a, random);
            BitSet bitsB = fill(b, random);
            Ranges difference = a.without(b);
            bitsA.andNot(bitsB);
            for (int i = 0; i < 70; i++) assertThat(difference.contains(i)).as(Seeds.told(seed) + ", " + i).isEqualTo(bitsA.get(i));
            assertThat(difference.size()).as(Seeds.told(seed)).isEqualTo(bitsA.cardinality());
            int first = random.nextInt(60);
            int last = first + random.nextInt(8);
            assertThat(difference.meets(first, last)).as(Seeds.told(seed)).isEqualTo(!bitsA.get(first, last + 1).isEmpty());
        }
    }

    private static BitSet fill(Ranges ranges, SplittableRandom random) {
        BitSet bits = new BitSet();
        for (int i = random.nextInt(8); i > 0; i--) {
            int first = random.nextInt(60);
            int last = first + random.nextInt(8);
            ranges.add(first, last);
            bits.set(first, last + 1);
        }
        return bits;
    }
}
