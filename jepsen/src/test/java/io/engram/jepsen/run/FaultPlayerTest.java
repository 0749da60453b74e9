package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.nemesis.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultPlayerTest {
    @TempDir
    Path folder;

    private static Planned planned(int id, long atMillis, Fault fault) {
        return new Planned(id, Duration.ofMillis(atMillis), Duration.ofMillis(30), new Target.One(), fault);
    }

    @Test
    void of_two_faults_that_end_together_the_one_on_top_is_healed_first() throws Exception {
        Told nemesis = new Told();
        Schedule schedule = new Schedule(1, List.of(
                planned(0, 0, new Fault.Pause()), planned(1, 0, new Fault.Kill()), planned(2, 60, new Fault.Kill()), planned(3, 60, new Fault.DiskFull())));
        try (Recorder recorder = Recorder.create(folder.resolve("h"), System::nanoTime)) {
            new FaultPlayer(nemesis, recorder).play(schedule);
        }
        assertThat(nemesis.did).containsExactly("inject 0", "inject 1", "heal 1", "heal 0", "inject 2", "inject 3", "heal 3", "heal 2");
    }

    @Test
    void a_fault_that_did_not_bite_is_not_healed_and_is_told() throws Exception {
        Told nemesis = new Told();
        nemesis.refused = 1;
        FaultPlayer player;
        try (Recorder recorder = Recorder.create(folder.resolve("h"), System::nanoTime)) {
            player = new FaultPlayer(nemesis, recorder);
            player.play(new Schedule(1, List.of(planned(0, 0, new Fault.Pause()), planned(1, 0, new Fault.Kill()))));
        }
        assertThat(nemesis.did).containsExactly("inject 0", "inject 1", "heal 0");
        assertThat(player.applied()).isOne();
        assertThat(player.troubles()).containsExactly("inject kill: no");
    }

    private static final class Told implements Nemesis {
        private final List<String> did = new ArrayList<>();
        private int refused = -1;

        @Override
        public Effect inject(Planned fault) throws FaultException {
            did.add("inject " + fault.id());
            if (fault.id() == refused) throw new FaultException("no");
            return new Effect(List.of("n1"), "seen", "");
        }

        @Override
        public Effect heal(Planned fault) {
            did.add("heal " + fault.id());
            return new Effect(List.of("n1"), "mended", "");
        }

        @Override
        public void healAll() {}

        @Override
        public void close() {}
    }
}
