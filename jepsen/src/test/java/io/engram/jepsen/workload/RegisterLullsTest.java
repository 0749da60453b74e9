package io.engram.jepsen.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.generator.PlanSimulation;
import io.engram.jepsen.generator.PlanSimulation.Done;
import io.engram.jepsen.store.EngramStores;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What is asked for by `register-lulls`, on nine threads for three nodes.
class RegisterLullsTest {
    private static final Duration WRITING = Duration.ofSeconds(4);
    private static final Duration CYCLE = Duration.ofMillis(6_500);

    private final Workload workload =
            Workloads.named("register-lulls", new EngramStores(), new Workloads.Size("t", 3, Duration.ofSeconds(1), 9));
    private final List<Done> done = PlanSimulation.run(workload.generator().stagger(100).timeLimit(Duration.ofSeconds(14)), 9, 1, 10_000);

    @Test
    void every_node_has_a_writer_and_readers() {
        assertThat(nodes("write")).containsExactly(0, 1, 2);
        assertThat(nodes("read")).containsExactly(0, 1, 2);
        assertThat(done).allSatisfy(d -> assertThat(d.thread() < 3).isEqualTo(d.invocation().function().equals("write")));
    }

    private List<Integer> nodes(String function) {
        return of(function).stream().map(d -> d.thread() % 3).distinct().sorted().toList();
    }

    @Test
    void writers_rest_again_and_again() {
        assertThat(of("write")).allSatisfy(d -> assertThat(d.begin().toMillis() % CYCLE.toMillis()).isLessThan(WRITING.toMillis()));
        assertThat(of("write").stream().map(d -> d.begin().dividedBy(CYCLE)).distinct()).containsExactly(0L, 1L, 2L);
    }

    @Test
    void every_register_is_read_while_writers_rest() {
        var rests = of("read").stream().filter(d -> d.begin().toMillis() % CYCLE.toMillis() > WRITING.toMillis() + 100)
                .collect(Collectors.groupingBy(d -> d.begin().dividedBy(CYCLE), Collectors.mapping(d -> d.invocation().key(), Collectors.toSet())));
        assertThat(rests).hasSize(2).allSatisfy((cycle, keys) -> assertThat(keys).containsExactlyInAnyOrder("k0", "k1", "k2"));
    }

    @Test
    void no_value_of_a_register_is_written_twice() {
        assertThat(of("write")).extracting(d -> d.invocation().key() + "=" + d.invocation().value()).doesNotHaveDuplicates();
    }

    @Test
    void registers_are_followed_by_new_ones() {
        List<Done> longer = PlanSimulation.run(workload.generator().stagger(200).timeLimit(Duration.ofSeconds(12)), 9, 1, 10_000);
        assertThat(longer.stream().map(d -> d.invocation().key()).distinct()).contains("k0", "k3", "k4", "k5");
    }

    private List<Done> of(String function) {
        return done.stream().filter(d -> d.invocation().function().equals(function)).toList();
    }
}
