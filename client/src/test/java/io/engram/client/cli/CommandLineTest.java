package io.engram.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.client.AttributeValue;
import io.engram.client.Consistency;
import io.engram.client.Filter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"status", "space create", "space list", "put", "get", "forget", "list", "observe", "import", "recall"})
    void every_command_has_help_with_its_exit_codes(String command) {
        assertThat(run((command + " --help").split(" ", -1))).isEqualTo(ExitCode.OK);
        assertThat(out.toString().replaceAll("\\s+", " ")).contains("Usage: engram " + command).contains("6 outcome unknown").contains("--endpoints");
    }

    @Test
    void wrong_usage_is_two_and_says_what_is_wrong() {
        assertThat(run("recall", "notes", "--vector", "1,x")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("'x' is no number");
        assertThat(run("recall", "notes")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("either a TEXT or --vector");
        assertThat(run("get", "notes", "k", "--consistency", "hopeful")).isEqualTo(ExitCode.USAGE);
        assertThat(run("space", "delete", "notes")).isEqualTo(ExitCode.USAGE);
        assertThat(run("put", "notes", "k", "--if-absent", "--if-version", "3")).isEqualTo(ExitCode.USAGE);
        assertThat(run("frobnicate")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void a_cluster_that_cannot_be_reached_is_five_within_the_deadline() {
        assertThat(run("get", "notes", "k", "--endpoints", "127.0.0.1:1", "--deadline", "500ms")).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString()).startsWith("engram: ");
    }

    @Test
    void conditions_are_read_as_people_write_them() {
        assertThat(Where.parse("room=kitchen")).isEqualTo(Filter.equal("room", "kitchen"));
        assertThat(Where.parse("floor >= 2")).isEqualTo(Filter.atLeast("floor", AttributeValue.of(2)));
        assertThat(Where.parse("weight<1.5")).isEqualTo(Filter.below("weight", AttributeValue.of(1.5)));
        assertThat(Where.parse("room != attic")).isEqualTo(Filter.not(Filter.equal("room", "attic")));
        assertThat(Where.parse("room=kitchen|hall")).isEqualTo(Filter.in("room", List.of(AttributeValue.of("kitchen"), AttributeValue.of("hall"))));
        assertThat(Where.parse("code='7'")).isEqualTo(Filter.equal("code", "7"));
        assertThat(Where.parse("dry=true")).isEqualTo(Filter.equal("dry", true));
        assertThat(Where.parse("room?")).isEqualTo(Filter.exists("room"));
        assertThatThrownBy(() -> Where.parse("=x")).hasMessageContaining("write attribute=value");
    }

    @Test
    void times_and_consistencies_are_read_as_people_write_them() {
        assertThat(new Connection.Time().convert("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(new Connection.Time().convert("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(Reading.parse("bounded:200ms")).isEqualTo(new Consistency.Bounded(Duration.ofMillis(200)));
        assertThat(Reading.parse("linearizable")).isEqualTo(new Consistency.Linearizable());
    }

    @Test
    void a_completion_script_knows_the_commands() {
        assertThat(run("generate-completion")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("recall").contains("--endpoints");
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
