package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.nemesis.Aim;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HookNemesisTest {
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final Planned CUT = new Planned(0, Duration.ZERO, Duration.ofSeconds(1), new Target.Named(Set.of("n3", "n1")),
            new Fault.Partition(Fault.Shape.ONE_WAY, Fault.Plane.RAFT));

    @TempDir
    Path folder;

    private HookNemesis hook(String script) throws IOException {
        Path file = folder.resolve("hook.sh");
        Files.writeString(file, "#!/bin/sh\necho \"$@ $FAULT_SHAPE $FAULT_PLANE\" >> " + folder.resolve("calls") + "\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new HookNemesis(file, NODES, new Aim(NODES, Map::of, new SplittableRandom(1)));
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    @Test
    void the_command_is_told_what_to_do_and_its_output_is_what_was_seen() throws Exception {
        try (HookNemesis nemesis = hook("echo no answer from n1")) {
            assertThat(nemesis.inject(CUT)).isEqualTo(new Effect(List.of("n1", "n3"), "no answer from n1", "hook.sh"));
            nemesis.heal(CUT);
            nemesis.heal(CUT);
        }
        assertThat(calls()).containsExactly("inject partition n1 n3 one-way raft", "heal partition n1 n3 one-way raft");
    }

    @Test
    void a_command_that_fails_is_a_fault_that_did_not_bite_and_is_taken_back() throws Exception {
        try (HookNemesis nemesis = hook("[ $1 = heal ] || { echo nothing to cut; exit 3; }")) {
            assertThatThrownBy(() -> nemesis.inject(CUT)).isInstanceOf(FaultException.class).hasMessageContaining("ended with 3: nothing to cut");
        }
        assertThat(calls()).containsExactly("inject partition n1 n3 one-way raft", "heal partition n1 n3 one-way raft");
    }

    @Test
    void closing_heals_what_is_left() throws Exception {
        try (HookNemesis nemesis = hook("true")) {
            nemesis.inject(CUT);
        }
        assertThat(calls()).last().asString().startsWith("heal partition n1 n3");
    }
}
