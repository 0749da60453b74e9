package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.nemesis.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleFileTest {
    @TempDir
    Path folder;

    @Test
    void every_fault_and_target_comes_back_as_it_was() throws IOException {
        List<Fault> faults = List.of(
                new Fault.Partition(Fault.Shape.MAJORITY_RING, Fault.Plane.RAFT), new Fault.Kill(), new Fault.Pause(),
                new Fault.Clock(Fault.Motion.DRIFT, Duration.ofSeconds(-3), 1.5),
                new Fault.Packets(Duration.ofMillis(100), Duration.ofMillis(10), 0.25, 0.5), new Fault.DiskFull(), new Fault.SlowDisk(0), new Fault.LostWrites(),
                new Fault.Damage(Fault.Part.RAFT_LOG, Fault.Harm.TRUNCATE), new Fault.MemoryPressure(true), new Fault.Starvation(0.1),
                new Fault.RollingRestart(), new Fault.Replace());
        List<Target> targets = List.of(
                new Target.One(), new Target.Minority(), new Target.Majority(), new Target.Leader(), new Target.Leaders(), new Target.All(),
                new Target.Named(Set.of("n1", "n3")));
        assertThat(faults.stream().<Class<?>>map(Fault::getClass)).as("all faults there are").containsExactlyInAnyOrder(Fault.class.getPermittedSubclasses());
        List<Planned> planned = new ArrayList<>();
        for (int i = 0; i < faults.size(); i++)
            planned.add(new Planned(i, Duration.ofMillis(1_500L * i), Duration.ofSeconds(4), targets.get(i % targets.size()), faults.get(i)));
        Schedule schedule = new Schedule(42, planned);
        ScheduleFile.write(schedule, folder.resolve("s.json"));
        assertThat(ScheduleFile.read(folder.resolve("s.json"))).isEqualTo(schedule);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "[] | object",
        "{\"seed\": 1} | faults: is missing",
        "{\"seed\": 1, \"faults\": [{\"id\": 0, \"atMillis\": 1, \"lastsMillis\": 1, \"target\": \"nobody\", \"fault\": {\"kind\": \"kill\"}}]} | faults[0].target: no target 'nobody'",
        "{\"seed\": 1, \"faults\": [{\"id\": 0, \"atMillis\": 1, \"lastsMillis\": 1, \"target\": \"one\", \"fault\": {\"kind\": \"flood\"}}]} | no fault 'flood'",
        "{\"seed\": 1, \"faults\": [{\"id\": 0, \"atMillis\": -1, \"lastsMillis\": 1, \"target\": \"one\", \"fault\": {\"kind\": \"kill\"}}]} | at must not be negative",
        "{\"seed\": 1, \"faults\": [{\"id\": 0, \"atMillis\": 1, \"lastsMillis\": 1, \"target\": \"one\", \"fault\": {\"kind\": \"partition\", \"shape\": \"moon\", \"plane\": \"all\"}}]} | shape: no shape 'moon'",
        "{ | must be JSON",
    })
    void what_is_no_schedule_is_refused_with_the_field(String text, String said) throws IOException {
        Path file = folder.resolve("s.json");
        Files.writeString(file, text);
        assertThatThrownBy(() -> ScheduleFile.read(file)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(said);
    }
}
