package io.engram.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.client.AttributeValue;
import io.engram.client.Consistency;
import io.engram.client.Filter;
import io.engram.client.Position;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"status", "space create", "space list", "space update", "space delete", "put", "get", "forget", "list", "observe", "import", "recall"})
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

    /// All but those that read their input first.
    @ParameterizedTest
    @ValueSource(strings = {
        "status", "space create s --dimension 2", "space get s", "space list", "space update s --max-memories 3", "space delete s --yes",
        "put s k", "get s k", "forget s k", "list s", "recall s text"})
    @Timeout(15)
    void no_command_waits_longer_for_a_silent_cluster_than_its_deadline(String command) throws IOException {
        // Takes connections and says nothing.
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String line = command + " --deadline 300ms --endpoints 127.0.0.1:" + silent.getLocalPort();
            assertThat(run(line.split(" ", -1))).isIn(ExitCode.UNAVAILABLE, ExitCode.OUTCOME_UNKNOWN);
        }
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
        assertThat(Freshness.parse("bounded:200ms")).isEqualTo(new Consistency.Bounded(Duration.ofMillis(200)));
        assertThat(Freshness.parse("linearizable")).isEqualTo(new Consistency.Linearizable());
    }

    @Test
    void a_completion_script_knows_the_commands() {
        assertThat(run("generate-completion")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("recall").contains("--endpoints");
    }

    @Test
    void the_shell_completes_what_the_launcher_does_itself_and_so_does_the_launcher_do_it() throws IOException {
        assertThat(run("generate-completion")).isEqualTo(ExitCode.OK);
        String words = out.toString().lines().filter(line -> line.contains("local commands=") && line.contains("recall")).findFirst().orElseThrow();
        assertThat(words).contains("demo", "test", "up", "node", "bench", "build", "jepsen");
        // Each verb of the launcher's last switch, whoever adds one.
        Matcher verbs = Pattern.compile("(?m)^  ([a-z]+)\\) ").matcher(Files.readString(Path.of("../engram")));
        while (verbs.find()) assertThat(words).contains(verbs.group(1));
        assertThat(out.toString()).contains("--keep");
        assertThat(run("demo", "--keep")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("run ./engram demo");
    }

    @Test
    void positions_are_read_as_writes_return_them() {
        assertThat(Freshness.parse("at_least:2:1041"))
                .isEqualTo(new Consistency.AtLeast(List.of(new Position(2, 1041))));
        assertThat(Freshness.parse("at_least:0:7,3:9"))
                .isEqualTo(new Consistency.AtLeast(List.of(new Position(0, 7), new Position(3, 9))));
        for (String wrong : List.of("at_least:", "at_least:7", "at_least:2:", "at_least:2:-1", "at_least:2:1,", "at_least:2:1,2:2"))
            assertThatThrownBy(() -> Freshness.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
