package io.engram.jepsen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
    private final StringWriter err = new StringWriter();

    private int run(CommandLine line, String... arguments) {
        return line.setErr(new PrintWriter(err)).execute(arguments);
    }

    @Test
    void without_a_command_is_a_wrong_use_that_lists_them() {
        assertThat(run(Main.commandLine())).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("which command? One of").contains("help");
    }

    @Test
    void an_unknown_command_is_a_wrong_use() {
        assertThat(run(Main.commandLine(), "nonsense")).isEqualTo(Exit.USAGE);
    }

    @Test
    void a_failure_of_ours_is_neither_invalid_nor_unknown() {
        CommandLine line = Main.commandLine();
        line.addSubcommand(new Broken());
        assertThat(run(line, "broken")).isEqualTo(Exit.FAILED);
        assertThat(err.toString()).contains("IllegalStateException: a bug");
    }

    @Command(name = "broken")
    static final class Broken implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("a bug");
        }
    }
}
