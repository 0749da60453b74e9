package io.engram.jepsen.generator;

import static io.engram.jepsen.generator.Generator.counted;
import static io.engram.jepsen.generator.Generator.drawn;
import static io.engram.jepsen.generator.Generator.eachThread;
import static io.engram.jepsen.generator.Generator.independent;
import static io.engram.jepsen.generator.Generator.mix;
import static io.engram.jepsen.generator.Generator.nothing;
import static io.engram.jepsen.generator.Generator.on;
import static io.engram.jepsen.generator.Generator.once;
import static io.engram.jepsen.generator.Generator.phases;
import static io.engram.jepsen.generator.Generator.reserve;
import static io.engram.jepsen.generator.Generator.sequence;
import static io.engram.jepsen.generator.Generator.share;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.engram.jepsen.generator.PlanSimulation.Done;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.workload.Invocation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {
    private static final int ENDLESS = 2_000;

    private static Generator numbers(String function) {
        return counted((n, random) -> new Invocation(function, null, Value.of(n)));
    }

    private static Generator whole() {
        Generator keyed = independent(2, k -> mix(List.of(share(2, numbers("a")), share(1, drawn(r -> new Invocation("b", "k" + k, Value.of(r.nextInt(100)))))))
                .limit(20));
        return phases(List.of(keyed.stagger(500).timeLimit(Duration.ofSeconds(2)), eachThread(once(new Invocation("close", null, Value.NIL)))));
    }

    private static List<Done> run(Generator plan, int threads) {
        return PlanSimulation.run(plan, threads, 7, ENDLESS);
    }

    private static List<String> functions(List<Done> done) {
        return done.stream().map(d -> d.invocation().function()).toList();
    }

    private static Map<String, Long> counts(List<Done> done) {
        return done.stream().collect(Collectors.groupingBy(d -> d.invocation().function(), Collectors.counting()));
    }

    @Nested
    class All_chance {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 99})
        void comes_from_the_seed(long seed) {
            assertThat(PlanSimulation.run(whole(), 5, seed, ENDLESS)).isNotEmpty().isEqualTo(PlanSimulation.run(whole(), 5, seed, ENDLESS));
        }

        @Test
        void differs_with_the_seed() {
            assertThat(PlanSimulation.run(whole(), 5, 1, ENDLESS)).isNotEqualTo(PlanSimulation.run(whole(), 5, 2, ENDLESS));
        }

        @Test
        void leaves_a_plan_as_it_was() {
            Generator plan = whole();
            List<Done> first = PlanSimulation.run(plan, 5, 1, ENDLESS);
            assertThat(PlanSimulation.run(plan, 5, 1, ENDLESS)).isEqualTo(first);
        }
    }

    @Nested
    class A_limit {
        @Test
        void of_invocations_holds_over_all_threads() {
            assertThat(run(numbers("a").limit(17), 4)).hasSize(17).extracting(d -> d.invocation().value())
                    .containsExactlyElementsOf(IntStream.range(0, 17).mapToObj(Value::of).toList());
        }

        @Test
        void of_time_begins_with_the_first_question() {
            Generator late = sequence(List.of(numbers("a").timeLimit(Duration.ofMillis(500)), numbers("b").timeLimit(Duration.ofMillis(300))));
            List<Done> done = run(late, 3);
            assertThat(done).filteredOn(d -> d.invocation().function().equals("a")).allSatisfy(d -> assertThat(d.begin()).isLessThan(Duration.ofMillis(500)));
            assertThat(done).filteredOn(d -> d.invocation().function().equals("b")).isNotEmpty().allSatisfy(d ->
                    assertThat(d.begin()).isBetween(Duration.ofMillis(500), Duration.ofMillis(821)));
        }

        @Test
        void of_nothing_is_nothing() {
            assertThat(run(numbers("a").limit(0), 2)).isEmpty();
            assertThat(run(nothing(), 2)).isEmpty();
        }
    }

    @Nested
    class A_stagger {
        @Test
        void keeps_the_rate_on_average_over_all_threads() {
            List<Done> done = run(numbers("a").stagger(100).timeLimit(Duration.ofSeconds(10)), 20);
            assertThat((double) done.size()).isCloseTo(1_000, within(100.0));
        }

        @Test
        void does_not_flood_after_all_threads_were_busy() {
            Generator plan = numbers("a").stagger(100);
            // Asked for the first time after ten seconds: half a second is made up for, not ten.
            var random = new java.util.SplittableRandom(1);
            int atOnce = 0;
            for (; ; atOnce++) {
                if (!(plan.next(new Generator.Context(Duration.ofSeconds(10), 0, 0, 1, 0, random)) instanceof Generator.Next.Invoke(var invocation, var rest))) break;
                plan = rest;
            }
            assertThat(atOnce).isBetween(20, 100);
        }

        @Test
        void refuses_a_rate_that_is_none() {
            assertThatThrownBy(() -> numbers("a").stagger(0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("rate");
        }
    }

    @Nested
    class A_pulse {
        private final Generator plan = numbers("a").pulsed(Duration.ofMillis(200), Duration.ofMillis(300));

        @Test
        void goes_on_and_rests_in_turn() {
            List<Done> done = run(plan.timeLimit(Duration.ofMillis(1_600)), 3);
            assertThat(done).allSatisfy(d -> assertThat(d.begin().toMillis() % 500).isLessThan(200));
            assertThat(done.stream().map(d -> d.begin().toMillis() / 500).distinct()).containsExactly(0L, 1L, 2L, 3L);
        }

        @Test
        void begins_with_the_first_question() {
            List<Done> done = run(sequence(List.of(numbers("b").timeLimit(Duration.ofMillis(400)), plan.timeLimit(Duration.ofMillis(450)))), 3);
            Duration first = done.stream().filter(d -> d.invocation().function().equals("a")).map(Done::begin).findFirst().orElseThrow();
            assertThat(done).filteredOn(d -> d.invocation().function().equals("a")).isNotEmpty()
                    .allSatisfy(d -> assertThat(d.begin()).isLessThan(first.plusMillis(200)));
        }

        @Test
        void leaves_the_threads_of_others_alone() {
            List<Done> done = run(reserve(2, plan, numbers("b").stagger(100)).timeLimit(Duration.ofSeconds(1)), 4);
            assertThat(done).filteredOn(d -> d.invocation().function().equals("b")).anyMatch(d -> d.begin().toMillis() % 500 > 250);
        }

        @Test
        void is_done_when_its_plan_is() {
            assertThat(run(numbers("a").limit(7).pulsed(Duration.ofMillis(1), Duration.ofMillis(50)), 1)).hasSize(7);
        }

        @Test
        void refuses_times_that_are_none() {
            assertThatThrownBy(() -> plan.pulsed(Duration.ZERO, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("active");
            assertThatThrownBy(() -> plan.pulsed(Duration.ofMillis(1), Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("rest");
        }
    }

    @Nested
    class A_mix {
        @Test
        void draws_by_weight() {
            Map<String, Long> counts = counts(run(mix(List.of(share(3, numbers("a")), share(1, numbers("b")))), 4));
            assertThat((double) counts.getOrDefault("a", 0L) / counts.getOrDefault("b", 0L)).isCloseTo(3, within(0.6));
        }

        @Test
        void goes_on_with_what_is_left_when_a_part_ends() {
            assertThat(counts(run(mix(List.of(share(5, numbers("a").limit(10)), share(1, numbers("b").limit(30)))), 4))).isEqualTo(Map.of("a", 10L, "b", 30L));
        }
    }

    @Nested
    class Parts_in_a_row {
        @Test
        void keep_their_order() {
            List<Done> done = run(sequence(List.of(numbers("a").limit(20), numbers("b").limit(20))), 4);
            assertThat(functions(done)).hasSize(40).isSorted();
        }

        @Test
        void are_apart_as_phases() {
            List<Done> done = run(phases(List.of(numbers("a").limit(50), numbers("b").limit(50))), 8);
            Duration lastOfA = done.stream().filter(d -> d.invocation().function().equals("a")).map(Done::end).max(Duration::compareTo).orElseThrow();
            assertThat(done).filteredOn(d -> d.invocation().function().equals("b")).hasSize(50).allSatisfy(d -> assertThat(d.begin()).isGreaterThanOrEqualTo(lastOfA));
        }

        @Test
        void overlap_as_a_sequence() {
            List<Done> done = run(sequence(List.of(numbers("a").limit(50), numbers("b").limit(50))), 8);
            Duration lastOfA = done.stream().filter(d -> d.invocation().function().equals("a")).map(Done::end).max(Duration::compareTo).orElseThrow();
            assertThat(done).anyMatch(d -> d.invocation().function().equals("b") && d.begin().compareTo(lastOfA) < 0);
        }
    }

    @Nested
    class Threads {
        @Test
        void each_run_their_own_copy() {
            List<Done> done = run(eachThread(numbers("a").limit(3)), 5);
            assertThat(done.stream().collect(Collectors.groupingBy(Done::thread, Collectors.mapping(d -> d.invocation().value(), Collectors.toList()))))
                    .hasSize(5)
                    .allSatisfy((thread, values) -> assertThat(values).containsExactly(Value.of(0), Value.of(1), Value.of(2)));
        }

        @Test
        void only_those_that_it_holds_for_run_a_plan() {
            assertThat(run(on(thread -> thread % 2 == 1, numbers("a").limit(30)), 6)).hasSize(30).allSatisfy(d -> assertThat(d.thread() % 2).isEqualTo(1));
        }

        @Test
        void that_are_reserved_run_one_plan_and_the_others_another() {
            List<Done> done = run(reserve(2, numbers("a").limit(40), numbers("b").limit(60)), 6);
            assertThat(counts(done)).isEqualTo(Map.of("a", 40L, "b", 60L));
            assertThat(done).allSatisfy(d -> assertThat(d.thread() < 2).isEqualTo(d.invocation().function().equals("a")));
        }
    }

    @Nested
    class Independent_keys {
        private final List<Done> done = run(independent(3, k -> counted((n, random) -> new Invocation("a", "k" + k, Value.of(n))).limit(25)).limit(1_000), 9);

        @Test
        void are_worked_on_by_one_group_each() {
            assertThat(done.stream().collect(Collectors.groupingBy(d -> d.invocation().key(), Collectors.mapping(d -> d.thread() / 3, Collectors.toSet()))))
                    .allSatisfy((key, groups) -> assertThat(groups).hasSize(1));
        }

        @Test
        void come_one_after_the_other_without_a_gap() {
            assertThat(done.stream().map(d -> d.invocation().key()).distinct()).containsAll(IntStream.range(0, 38).mapToObj(k -> "k" + k).toList());
        }

        @Test
        void count_for_themselves() {
            assertThat(done).filteredOn(d -> "k5".equals(d.invocation().key())).extracting(d -> d.invocation().value())
                    .containsExactlyElementsOf(IntStream.range(0, 25).mapToObj(Value::of).toList());
        }
    }
}
