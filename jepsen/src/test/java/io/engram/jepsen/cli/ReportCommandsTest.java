package io.engram.jepsen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.report.SyntheticFolder;
import io.engram.jepsen.report.serve.RunServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportCommandsTest {
    @TempDir
    private Path folder = Path.of("");

    private final StringWriter err = new StringWriter();

    private int engram(String... arguments) {
        CommandLine line = Main.commandLine();
        return line.setErr(new PrintWriter(err, true)).setOut(new PrintWriter(new StringWriter(), true)).execute(arguments);
    }

    @Test
    void a_report_is_made_again_from_its_folder() throws IOException {
        SyntheticFolder.write(folder, 1, 50);
        Files.writeString(folder.resolve("schedule.json"),
                "{\"seed\": 1, \"faults\": [{\"id\": 77, \"atMillis\": 5000, \"lastsMillis\": 8123, \"target\": \"one\", \"fault\": {\"kind\": \"kill\"}}]}");
        assertThat(engram("report", folder.toString())).as(err.toString()).isZero();
        assertThat(Files.readString(folder.resolve("report.html"))).startsWith("<!doctype html>").contains("8.12 s", "the run ended before it");
    }

    @Test
    void a_folder_that_holds_no_run_is_refused() throws IOException {
        assertThat(engram("report", folder.resolve("nowhere").toString())).isEqualTo(Exit.USAGE);
        assertThat(engram("report", folder.toString())).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("there is no " + folder.resolve("nowhere"), "run.json");
        SyntheticFolder.write(folder, 1, 50);
        Files.writeString(folder.resolve("history.jsonl"), "{\"type\":\"ok\"}\n");
        assertThat(engram("report", folder.toString())).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("line 1: ");
        assertThat(folder.resolve("report.html")).doesNotExist();
    }

    @Test
    void serving_says_what_is_wrong_with_its_arguments() throws IOException {
        assertThat(engram("serve", folder.resolve("nowhere").toString())).isEqualTo(Exit.USAGE);
        assertThat(engram("serve", folder.toString(), "--port", "70000")).isEqualTo(Exit.USAGE);
        try (RunServer taken = RunServer.start(folder, 0)) {
            assertThat(engram("serve", folder.toString(), "--port", String.valueOf(URI.create(taken.url()).getPort()))).isEqualTo(Exit.USAGE);
        }
        assertThat(err.toString()).contains("DIR must be a folder of runs", "--port must be 0 to 65535, was 70000", "is taken");
    }
}
