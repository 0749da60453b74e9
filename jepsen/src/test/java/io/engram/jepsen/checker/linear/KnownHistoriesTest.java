package io.engram.jepsen.checker.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.HistoryFile;
import io.engram.jepsen.history.format.Keyed;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Histories whose verdict is known: our own small ones, and those of other projects where they are at hand
/// (`ENGRAM_HISTORIES`, or `histories` in the folder `shared` beside the checkout).
class KnownHistoriesTest {
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(60), 256 << 20, 2);

    /// A line of an INDEX.tsv: file, format, model, initial state, verdict.
    record Known(Path file, String model, String initial, Verdict verdict) {
        static Known of(Path folder, String line) {
            String[] fields = line.split("\t", -1);
            return new Known(
                    folder.resolve(fields[0]), fields[2].split(" ", 2)[0], fields[3], Verdict.valueOf(fields[4].toUpperCase(Locale.ROOT)));
        }

        Finding judge() throws IOException {
            HistoryFile source = HistoryFile.read(file, Keyed.DETECT);
            Reading usual = Reading.of(source.format());
            Value began = initial.isEmpty() || initial.equals("nil") ? usual.initial() : Value.of(Long.parseLong(initial));
            return new LinearChecker(Models.named(model, new Reading(usual.failedCas(), usual.nilRead(), began))).check(source.history(), LIMITS);
        }
    }

    @TestFactory
    Stream<DynamicTest> our_own_get_their_verdict() throws IOException, URISyntaxException {
        return tests(own());
    }

    @TestFactory
    Stream<DynamicTest> those_of_other_projects_get_their_verdict() throws IOException {
        Path folder = foreign();
        assumeTrue(Files.exists(folder.resolve("INDEX.tsv")), () -> "no histories of other projects in " + folder + " (set ENGRAM_HISTORIES)");
        return tests(folder);
    }

    @Test
    void there_is_a_bad_one_of_our_own_for_every_model() throws IOException, URISyntaxException {
        assertThat(known(own()).stream().filter(k -> k.verdict() == Verdict.INVALID).map(Known::model)).containsAll(Models.NAMES);
        assertThat(known(own()).stream().filter(k -> k.verdict() == Verdict.VALID).map(Known::model)).containsAll(Models.NAMES);
    }

    private static Path own() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(KnownHistoriesTest.class.getResource("/histories")).toURI());
    }

    static Path foreign() {
        String set = System.getProperty("ENGRAM_HISTORIES", System.getenv("ENGRAM_HISTORIES"));
        if (set != null) return Path.of(set);
        return Path.of(System.getProperty("engram.root", ".")).toAbsolutePath().resolve("../shared/histories").normalize();
    }

    private static List<Known> known(Path folder) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("INDEX.tsv"))) {
            return lines.skip(1).filter(l -> !l.isBlank()).map(l -> Known.of(folder, l)).toList();
        }
    }

    private static Stream<DynamicTest> tests(Path folder) throws IOException {
        return known(folder).stream().map(known -> DynamicTest.dynamicTest(folder.relativize(known.file()).toString(), () -> {
            Finding finding = known.judge();
            assertThat(finding.verdict()).as(finding::toString).isEqualTo(known.verdict());
            if (finding.verdict() != Verdict.INVALID) return;
            // "About ten": the operations of a counterexample, two events each.
            assertThat(finding.evidence()).as(finding::toString).isNotEmpty().hasSizeLessThanOrEqualTo(40);
            assertThat(finding.sentence()).contains("could only be");
        }));
    }
}
