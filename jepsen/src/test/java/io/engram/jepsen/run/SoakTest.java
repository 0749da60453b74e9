package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakTest {
    private static final List<List<String>> FAULTS = List.of(List.of("kill"), List.of("pause"), List.of());
    private static final List<String> WORKLOADS = List.of("register", "set", "spaces");

    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();
    private final List<String> said = new ArrayList<>();

    /// Each run takes a minute.
    private List<Soak.Entry> soak(int runs, Soak.Runner runner) throws Exception {
        return new Soak(
                        (workload, kinds, seed, into) -> {
                            clock.addAndGet(Duration.ofMinutes(1).toNanos());
                            Files.createDirectories(into);
                            Files.writeString(into.resolve("history.jsonl"), "evidence");
                            return runner.run(workload, kinds, seed, into);
                        },
                        FAULTS, folder, Map.of("machine", "a small one"), new SplittableRandom(5), clock::get, said::add)
                .run(WORKLOADS, Duration.ofMinutes(runs));
    }

    private static Results verdict(Verdict verdict) {
        return Results.of(List.of(new Finding("c", verdict, "because", Map.of(), List.of())), Map.of());
    }

    @Test
    void every_workload_meets_every_set_of_faults_with_a_fresh_seed() throws Exception {
        List<Soak.Entry> entries = soak(9, (workload, kinds, seed, into) -> verdict(Verdict.VALID));
        assertThat(entries.stream().map(e -> e.workload() + e.kinds()).distinct()).hasSize(9);
        assertThat(entries).extracting(Soak.Entry::seed).doesNotHaveDuplicates();
        assertThat(said).hasSize(9);
        assertThat(Soak.verdict(entries)).isEqualTo(Verdict.VALID);
    }

    @Test
    void what_was_not_valid_is_kept_and_nothing_else() throws Exception {
        List<Soak.Entry> entries = soak(9, (workload, kinds, seed, into) -> verdict(workload.equals("set") ? Verdict.INVALID : Verdict.VALID));
        assertThat(entries).filteredOn(e -> e.verdict() == Verdict.INVALID).hasSize(3).allSatisfy(e -> assertThat(e.folder()).isNotEmptyDirectory());
        try (var kept = Files.list(folder)) {
            assertThat(kept.filter(Files::isDirectory)).hasSize(3);
        }
        assertThat(Soak.verdict(entries)).isEqualTo(Verdict.INVALID);
        assertThat(Soak.table(entries)).contains("set").containsPattern("all +6 +3 +0 +0 +9\\.0");
    }

    @Test
    void a_run_whose_harness_failed_ends_nothing_and_is_no_verdict() throws Exception {
        List<Soak.Entry> entries = soak(3, (workload, kinds, seed, into) -> {
            if (workload.equals("set")) throw new IllegalStateException("no room");
            return verdict(Verdict.VALID);
        });
        assertThat(entries).hasSize(3);
        assertThat(entries.get(1).line()).contains("FAILED").contains("no room");
        assertThat(Soak.verdict(entries)).isNull();
    }

    @Test
    void its_report_has_every_run_with_its_seed_as_soon_as_it_is_over() throws Exception {
        List<Soak.Entry> entries = soak(3, (workload, kinds, seed, into) -> {
            if (workload.equals("set")) throw new IllegalStateException("no room");
            if (workload.equals("spaces")) assertThat(Files.readString(folder.resolve("soak.md"))).contains("2 runs, 2 minutes");
            return verdict(workload.equals("spaces") ? Verdict.INVALID : Verdict.VALID);
        });
        String page = Files.readString(folder.resolve("soak.md"));
        assertThat(page).contains("machine: a small one", "3 runs, 3 minutes", "| kill | valid |", "FAILED: no room", "invalid: because");
        assertThat(entries).allSatisfy(e -> assertThat(page).contains("| " + e.seed() + " |"));
    }

    @Test
    void does_not_mix_with_what_an_earlier_one_left() throws Exception {
        Files.writeString(folder.resolve("soak.md"), "# Soak");
        assertThatThrownBy(() -> soak(1, (workload, kinds, seed, into) -> verdict(Verdict.VALID))).isInstanceOf(IOException.class).hasMessageContaining("must be empty");
        assertThat(said).isEmpty();
    }
}
