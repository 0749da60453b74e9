package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultMenuTest {
    private static final Duration RUN = Duration.ofSeconds(60);

    private static Schedule draw(List<String> kinds, long seed) {
        return FaultMenu.draw(kinds, RUN, FaultMenu.intervalFor(kinds, RUN), seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void the_same_seed_draws_the_same_faults_and_every_kind_has_its_turn_within_the_run(long seed) {
        List<String> kinds = List.of("partition", "kill", "pause");
        Schedule schedule = draw(kinds, seed);
        assertThat(schedule).isEqualTo(draw(kinds, seed)).isNotEqualTo(draw(kinds, seed + 100));
        assertThat(schedule.faults().stream().map(p -> FaultText.kind(p.fault())).collect(Collectors.toSet())).containsExactlyInAnyOrderElementsOf(kinds);
        assertThat(schedule.faults()).allSatisfy(p -> {
            assertThat(p.at().plus(p.lasts())).isLessThanOrEqualTo(RUN);
            assertThat(p.lasts()).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
        });
        assertThat(schedule.faults()).extracting(Planned::id).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void every_kind_can_be_drawn(long seed) {
        for (String kind : FaultMenu.kinds()) assertThat(draw(List.of(kind), seed).faults()).as(kind).isNotEmpty();
    }

    @Test
    void a_composition_is_two_faults_at_once() {
        List<Planned> faults = draw(List.of("compose", "kill", "pause"), 3).faults();
        assertThat(faults.stream().collect(Collectors.groupingBy(Planned::at, Collectors.counting())).values()).contains(2L);
    }

    @Test
    void the_two_of_a_composition_can_both_show_in_their_order() {
        List<String> kinds = FaultMenu.kinds();
        for (long seed = 0; seed < 300; seed++) {
            Schedule schedule = FaultMenu.draw(kinds, Duration.ofMinutes(10), Duration.ofSeconds(4), seed);
            schedule.faults().stream().collect(Collectors.groupingBy(Planned::at)).values().stream().filter(at -> at.size() > 1).forEach(pair -> {
                List<String> two = pair.stream().map(p -> FaultText.kind(p.fault())).toList();
                assertThat(FaultMenu.fit(two.getFirst(), two.getLast())).as("%s together", two).isTrue();
                // What needs a process comes before what takes it away.
                if (two.contains("kill") || two.contains("lost-writes")) assertThat(two.getLast()).isNotIn("clock", "pause", "memory", "rolling-restart");
                // What the kernel cannot kill is killed before its disk stands still.
                if (two.contains("slow-disk")) assertThat(two.getLast()).isNotIn("kill", "lost-writes", "memory");
            });
        }
        assertThat(FaultMenu.fit("packets", "partition")).isTrue();
        assertThat(FaultMenu.fit("slow-disk", "disk-full")).isFalse();
        assertThat(FaultMenu.fit("kill", "rolling-restart")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void data_is_taken_away_once_a_run_at_most(long seed) {
        List<Planned> faults = FaultMenu.draw(List.of("damage", "replace", "kill"), Duration.ofMinutes(10), Duration.ofSeconds(5), seed).faults();
        assertThat(faults).filteredOn(p -> Set.of("damage", "replace").contains(FaultText.kind(p.fault()))).hasSize(1);
        assertThat(faults).hasSizeGreaterThan(10);
    }

    @Test
    void no_kinds_are_no_faults() {
        assertThat(draw(List.of(), 1).faults()).isEmpty();
    }

    @Test
    void what_does_not_exist_or_fit_is_refused() {
        assertThatThrownBy(() -> draw(List.of("flood"), 1)).hasMessageContaining("no fault 'flood'").hasMessageContaining("partition");
        assertThatThrownBy(() -> FaultMenu.draw(List.of("kill"), Duration.ofSeconds(2), Duration.ofSeconds(5), 1)).hasMessageContaining("more time");
    }
}
