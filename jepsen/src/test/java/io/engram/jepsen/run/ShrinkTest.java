package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.nemesis.Target;
import io.engram.jepsen.report.Results;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShrinkTest {
    private static final Schedule EIGHT = new Schedule(42, IntStream.range(0, 8)
            .mapToObj(i -> new Planned(i, Duration.ofSeconds(i), Duration.ofSeconds(1), new Target.One(), i % 2 == 0 ? new Fault.Kill() : new Fault.Pause()))
            .toList());

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(3);

    private Shrink shrink(double chance, Integer... needed) {
        return new Shrink((schedule, into) -> {
            List<Integer> ids = schedule.faults().stream().map(Planned::id).toList();
            assertThat(schedule.seed()).isEqualTo(42);
            boolean fails = ids.containsAll(List.of(needed)) && random.nextDouble() < chance;
            return Results.of(List.of(new Finding("c", fails ? Verdict.INVALID : Verdict.VALID, "s", Map.of(), List.of())), Map.of());
        }, 5, 100, folder, line -> {});
    }

    @Test
    void finds_the_faults_that_it_takes_and_writes_them_down() throws Exception {
        Shrink.Shrunk shrunk = shrink(1, 2, 5).shrink(EIGHT);
        assertThat(shrunk.schedule().faults()).extracting(Planned::id).containsExactly(2, 5);
        assertThat(shrunk.failed()).isEqualTo(5);
        assertThat(ScheduleFile.read(folder.resolve("shrunk.json"))).isEqualTo(shrunk.schedule());
    }

    @Test
    void tells_how_often_it_fails_where_it_does_not_always() throws Exception {
        Shrink.Shrunk shrunk = shrink(0.7, 6).shrink(EIGHT);
        assertThat(shrunk.schedule().faults()).extracting(Planned::id).contains(6).hasSizeLessThan(4);
        assertThat(shrunk.failed()).isBetween(1, 5);
    }

    @Test
    void says_so_if_it_does_not_fail_again() throws Exception {
        assertThat(shrink(0, 1).shrink(EIGHT).reproduced()).isFalse();
    }
}
