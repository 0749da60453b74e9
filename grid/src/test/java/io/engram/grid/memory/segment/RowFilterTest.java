package io.engram.grid.memory.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.AttributeValue.Flag;
import io.engram.grid.memory.AttributeValue.Real;
import io.engram.grid.memory.AttributeValue.Text;
import io.engram.grid.memory.AttributeValue.Whole;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Filter.Range.End;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RowFilterTest {
    private static boolean matches(Filter filter, Map<String, AttributeValue> attributes) {
        return RowFilter.compile(filter).matches(RowAttributes.encode(new TreeMap<>(attributes)));
    }

    private static Filter below(AttributeValue value, boolean inclusive) {
        return new Filter.Range("a", Optional.empty(), Optional.of(new End(value, inclusive)));
    }

    private static Filter above(AttributeValue value, boolean inclusive) {
        return new Filter.Range("a", Optional.of(new End(value, inclusive)), Optional.empty());
    }

    @Nested class Numbers {
        @Test void compare_by_value_across_kinds_without_rounding() {
            // 2^53 + 1 is no double; rounded it would equal 2^53.
            Whole odd = new Whole((1L << 53) + 1);
            Real even = new Real(0x1p53);
            assertThat(matches(new Filter.Equal("a", even), Map.of("a", odd))).isFalse();
            assertThat(matches(above(even, false), Map.of("a", odd))).isTrue();
            assertThat(matches(new Filter.Equal("a", odd), Map.of("a", even))).isFalse();
            assertThat(matches(below(odd, false), Map.of("a", even))).isTrue();
            assertThat(matches(new Filter.Equal("a", new Real(0x1p63)), Map.of("a", new Whole(Long.MAX_VALUE)))).isFalse();
            assertThat(matches(new Filter.Equal("a", new Real(-0x1p63)), Map.of("a", new Whole(Long.MIN_VALUE)))).isTrue();
            assertThat(matches(new Filter.Equal("a", new Whole(3)), Map.of("a", new Real(3)))).isTrue();
            assertThat(matches(new Filter.Equal("a", new Real(-0.0)), Map.of("a", new Real(0.0)))).isTrue();
            assertThat(matches(new Filter.Equal("a", new Whole(0)), Map.of("a", new Real(-0.0)))).isTrue();
        }

        @Test void compare_as_their_decimal_expansions_do() {
            long seed = Rows.seed("numbers in filters");
            Random random = new Random(seed);
            for (int i = 0; i < 20_000; i++) {
                AttributeValue x = number(random);
                AttributeValue y = number(random);
                int order = decimal(x).compareTo(decimal(y));
                String run = "seed %d: %s and %s".formatted(seed, x, y);
                assertThat(matches(new Filter.Equal("a", y), Map.of("a", x))).as(run).isEqualTo(order == 0);
                assertThat(matches(below(y, false), Map.of("a", x))).as(run).isEqualTo(order < 0);
                assertThat(matches(below(y, true), Map.of("a", x))).as(run).isEqualTo(order <= 0);
                assertThat(matches(above(y, false), Map.of("a", x))).as(run).isEqualTo(order > 0);
                assertThat(matches(above(y, true), Map.of("a", x))).as(run).isEqualTo(order >= 0);
            }
        }

        private static AttributeValue number(Random random) {
            long base = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(5) - 2;
                case 1 -> (1L << 53) + random.nextInt(5) - 2;
                case 2 -> Long.MAX_VALUE - random.nextInt(2_000);
                default -> Long.MIN_VALUE + random.nextInt(2_000);
            };
            if (random.nextBoolean()) return new Whole(base);
            return new Real(switch (random.nextInt(4)) {
                case 0 -> (double) base + 0.5;
                case 1 -> Math.nextUp((double) base);
                case 2 -> 1e300 * (random.nextInt(3) - 1);
                default -> (double) base;
            });
        }

        private static BigDecimal decimal(AttributeValue value) {
            return switch (value) {
                case Whole whole -> BigDecimal.valueOf(whole.value());
                case Real real -> new BigDecimal(real.value());
                case Text _, Flag _ -> throw new AssertionError();
            };
        }
    }

    @Nested class Text_ {
        @Test void compares_by_the_bytes_of_its_utf_8() {
            List<String> texts = List.of("", "a", "aa", "b", "ä", "\uFFFD", "😀", "z");
            for (String x : texts)
                for (String y : texts) {
                    int order = Arrays.compareUnsigned(x.getBytes(StandardCharsets.UTF_8), y.getBytes(StandardCharsets.UTF_8));
                    assertThat(matches(below(new Text(y), false), Map.of("a", new Text(x)))).as("%s < %s", x, y).isEqualTo(order < 0);
                    assertThat(matches(new Filter.Equal("a", new Text(y)), Map.of("a", new Text(x)))).isEqualTo(order == 0);
                }
        }
    }

    @Nested class Values_of_other_kinds {
        @Test void do_not_match() {
            assertThat(matches(new Filter.Equal("a", new Text("1")), Map.of("a", new Whole(1)))).isFalse();
            assertThat(matches(new Filter.Equal("a", new Whole(1)), Map.of("a", new Flag(true)))).isFalse();
            assertThat(matches(above(new Text(""), true), Map.of("a", new Real(1)))).isFalse();
            assertThat(matches(new Filter.Not(new Filter.Equal("a", new Text("1"))), Map.of("a", new Whole(1)))).isTrue();
            assertThat(matches(above(new Flag(false), false), Map.of("a", new Flag(true)))).isTrue();
        }
    }

    @Nested class A_missing_attribute {
        @Test void matches_nothing_but_not() {
            List<Filter> filters = List.of(new Filter.Equal("a", new Whole(1)), new Filter.In("a", List.of(new Whole(1))),
                    below(new Whole(1), true), above(new Whole(1), true), new Filter.Exists("a"));
            for (Map<String, AttributeValue> attributes : List.<Map<String, AttributeValue>>of(Map.of(), Map.of("ab", new Whole(1), "A", new Whole(1))))
                for (Filter filter : filters) {
                    assertThat(matches(filter, attributes)).as("%s", filter).isFalse();
                    assertThat(matches(new Filter.Not(filter), attributes)).as("not %s", filter).isTrue();
                }
        }
    }

    @Test void combinations_hold_as_in_logic() {
        Map<String, AttributeValue> row = Map.of("a", new Whole(5), "b", new Text("x"), "c", new Flag(true));
        Filter a = new Filter.Range("a", Optional.of(new End(new Whole(5), true)), Optional.of(new End(new Real(5.5), false)));
        Filter b = new Filter.In("b", List.of(new Text("y"), new Text("x")));
        Filter no = new Filter.Equal("c", new Flag(false));
        assertThat(matches(new Filter.And(List.of(a, b)), row)).isTrue();
        assertThat(matches(new Filter.And(List.of(a, b, no)), row)).isFalse();
        assertThat(matches(new Filter.Or(List.of(no, b)), row)).isTrue();
        assertThat(matches(new Filter.Or(List.of(no, new Filter.Not(b))), row)).isFalse();
        assertThat(matches(new Filter.And(List.of()), row)).isTrue();
        assertThat(matches(new Filter.Or(List.of()), row)).isFalse();
        assertThat(matches(new Filter.In("a", List.of()), row)).isFalse();
        assertThat(matches(new Filter.Exists("c"), row)).isTrue();
    }
}
