package io.engram.jepsen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.run.FaultMenu;
import io.engram.jepsen.workload.Workloads;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is wrong with the arguments is said before anything is started or broken.
class RunCommandTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "run --workload nonsense | no workload 'nonsense'",
        "run | Missing required option: '--workload",
        "run --workload register --nemesis flood | no fault 'flood'",
        "run --workload register --nemesis kill --time-limit 1s | more time",
        "run --workload register --time-limit 60 | must be a number with ms, s, m or h",
        "run --workload register --nodes 12 | nodes must be 1..9",
        "run --workload register --concurrency 0 | concurrency must be",
        "run --workload register --rate 0 | rate must be",
        "run --workload register --keys 0 | keys must be",
        "run --workload register --target endpoints=a:1 --nemesis kill | --i-know-this-breaks-things",
        "run --workload register --target a:1 --i-know-this-breaks-things | --target must be endpoints=",
        "run --workload register --target endpoints=a:1 --nemesis kill --i-know-this-breaks-things --nemesis-hook /no/such/file | --nemesis-hook must be an executable",
        "run --workload register --nemesis-hook /bin/true | is for a --target",
        "soak --hours 0 | --hours must be",
        "soak --hours 1 --workload nonsense | no workload 'nonsense'",
    })
    void bad_arguments_end_with_254_and_the_rule(String line, String said) {
        StringWriter err = new StringWriter();
        int exit = Main.commandLine().setErr(new PrintWriter(err)).setOut(new PrintWriter(new StringWriter())).execute(line.strip().split(" +", -1));
        assertThat(err.toString()).contains(said);
        assertThat(exit).isEqualTo(254);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "soak"})
    void help_names_every_workload_and_every_fault(String command) {
        StringWriter out = new StringWriter();
        int exit = Main.commandLine().setOut(new PrintWriter(out)).execute(command, "--help");
        // Lines are broken at hyphens too.
        String said = out.toString().replaceAll("\\s", "");
        assertThat(said).contains(String.join(",", Workloads.names())).contains(String.join(",", FaultMenu.kinds()));
        assertThat(exit).isZero();
    }
}
