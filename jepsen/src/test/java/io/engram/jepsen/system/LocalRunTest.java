package io.engram.jepsen.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.nemesis.Target;
import io.engram.jepsen.report.Results;
import io.engram.jepsen.run.Backend;
import io.engram.jepsen.run.Campaign;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A short run on real processes, from start to verdict.
@Tag("system")
class LocalRunTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"register", "session-stream"})
    void a_killed_and_a_paused_node_break_no_promise(String workload) throws Exception {
        Campaign campaign = new Campaign(workload, List.of("kill", "pause"), Duration.ofSeconds(20), 6, 100, 42, 3, 2, Duration.ofSeconds(1),
                new Campaign.Ground.Own(Backend.PROCESSES));
        Schedule schedule = new Schedule(42, List.of(
                new Planned(0, Duration.ofSeconds(3), Duration.ofSeconds(3), new Target.Leader(), new Fault.Kill()),
                new Planned(1, Duration.ofSeconds(12), Duration.ofSeconds(3), new Target.One(), new Fault.Pause())));
        Results results = campaign.run(schedule, folder.resolve("run"), System.out::println);
        assertThat(results.verdict()).as(results.findings().toString()).isEqualTo(Verdict.VALID);
        assertThat(results.counts().get("faultsApplied")).isPositive();
        assertThat(folder.resolve("run/report.html")).isNotEmptyFile();
    }
}
