package io.engram.jepsen.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.store.EngramStores;
import io.engram.jepsen.workload.Workloads;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ControlsTest {
    @Test
    void have_names_of_their_own() {
        assertThat(Controls.all()).extracting(Control::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("io.engram.jepsen.control.Controls#all")
    void are_judged_by_a_checker_of_their_workload(Control control) {
        Control.Use use = control.use();
        var workload = Workloads.named(
                use.workload(), new EngramStores(), new Workloads.Size("control", use.keys(), use.delta(), use.concurrency()));
        assertThat(workload.checkers()).extracting(Checker::name).contains(control.checker());
    }

    @ParameterizedTest
    @MethodSource("io.engram.jepsen.control.Controls#all")
    void have_their_faults_while_they_are_used(Control control) {
        assertThat(control.faults()).allSatisfy(fault -> assertThat(fault.at()).isLessThan(control.use().timeLimit()));
    }

    @ParameterizedTest
    @MethodSource("io.engram.jepsen.control.Controls#all")
    void are_compared_with_a_system_that_has_all_but_what_is_wrong(Control control) {
        Control.Ground ground = control.ground();
        assertThat(ground.broken()).isNotEmpty();
        assertThat(ground.switches()).containsAll(ground.broken());
        assertThat(ground.sound().switches()).isEqualTo(ground.besides()).doesNotContainAnyElementsOf(ground.broken());
        assertThat(ground.sound().settings()).isEqualTo(ground.settings());
        assertThat(ground.sound().containers()).isEqualTo(ground.containers());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--only", "--baseline"})
    void a_name_that_is_none_is_refused_with_those_there_are(String option) {
        StringWriter said = new StringWriter();
        int code = new CommandLine(new SelfTestCommand()).setErr(new PrintWriter(said)).execute(option, "no-such");
        assertThat(code).isNotZero();
        assertThat(said.toString()).contains(option + ": no control 'no-such'", "drop-dedupe", "plain-map");
    }
}
