package io.engram.jepsen.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.nemesis.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void what_was_written_is_read_again() throws IOException {
        RunRecord run = new SyntheticRun(1, 300).invalid(folder);
        SyntheticFolder.write(folder, run);
        RunRecord read = ReportFolder.read(folder, run.schedule());
        assertThat(read.facts()).isEqualTo(run.facts());
        assertThat(read.results()).isEqualTo(run.results());
        assertThat(read.history()).isEqualTo(run.history());
        assertThat(read.logs()).containsEntry("n2", folder.resolve("nodes/n2.log"));
    }

    @Test
    void a_wrong_field_is_named_with_its_rule() throws IOException {
        RunRecord run = new SyntheticRun(2, 10).valid(folder);
        SyntheticFolder.write(folder, run);
        Path file = folder.resolve("run.json");
        Files.writeString(file, Files.readString(file).replaceFirst("\"seed\" : 2", "\"seed\" : \"two\""));
        assertThatThrownBy(() -> ReportFolder.read(folder, new Schedule(0, List.of()))).isInstanceOf(BadRunException.class)
                .hasMessage("run.json: seed must be a whole number, was \"two\"");
        Files.writeString(file, "[1]");
        assertThatThrownBy(() -> RunFile.read(file)).hasMessage("run.json must hold one JSON object");
        Path results = folder.resolve("results.json");
        Files.writeString(results, "{\"verdict\":\"fine\",\"sentence\":\"\",\"findings\":[]}");
        assertThatThrownBy(() -> ResultsFile.read(results)).hasMessage("results.json: verdict must be valid, unknown or invalid, was \"fine\"");
        Files.delete(results);
        assertThatThrownBy(() -> ResultsFile.read(results)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void the_worst_finding_is_the_verdict_and_says_why() {
        Finding fine = Finding.valid("a", "fine", Map.of());
        Finding unsure = Finding.unknown("b", "too few", Map.of("ops", Value.of(3)));
        Finding bad = Finding.invalid("c", "lost one", Map.of(), List.of());
        assertThat(Results.of(List.of(fine, unsure, bad), Map.of())).extracting(Results::verdict, Results::sentence).containsExactly(Verdict.INVALID, "lost one");
        assertThat(Results.of(List.of(fine, unsure), Map.of())).extracting(Results::verdict, Results::sentence).containsExactly(Verdict.UNKNOWN, "too few");
        assertThat(Results.of(List.of(fine), Map.of()).verdict()).isEqualTo(Verdict.VALID);
        assertThatThrownBy(() -> Results.of(List.of(), Map.of())).hasMessageContaining("findings must not be empty");
    }
}
