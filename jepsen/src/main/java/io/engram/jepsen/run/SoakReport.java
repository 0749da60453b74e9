package io.engram.jepsen.run;

import io.engram.jepsen.checker.Verdict;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a soak did, as a page of Markdown: how each workload fared under each set of faults, and every run with its seed.
final class SoakReport {
    private final Path file;
    private final Map<String, String> about;

    SoakReport(Path file, Map<String, String> about) {
        this.file = file;
        this.about = about;
    }

    /// Replaces the page as a whole: a soak may be ended at any time.
    void write(List<Soak.Entry> entries) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(fresh, page(entries));
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private String page(List<Soak.Entry> entries) {
        StringBuilder page = new StringBuilder("# Soak\n\n");
        about.forEach((name, value) -> page.append("- ").append(name).append(": ").append(value).append('\n'));
        Duration took = entries.stream().map(Soak.Entry::took).reduce(Duration.ZERO, Duration::plus);
        page.append(String.format(Locale.ROOT, "- %d runs, %d minutes in total%n", entries.size(), took.toMinutes()));
        matrix(page, entries);
        runs(page, entries);
        return page.toString();
    }

    /// Faults down, workloads across; in each field the verdicts of its runs.
    private static void matrix(StringBuilder page, List<Soak.Entry> entries) {
        List<String> workloads = entries.stream().map(Soak.Entry::workload).distinct().toList();
        TreeSet<String> faults = entries.stream().map(Soak.Entry::faults).collect(Collectors.toCollection(TreeSet::new));
        page.append("\n## Faults against workloads\n\n| faults |");
        workloads.forEach(workload -> page.append(' ').append(workload).append(" |"));
        page.append("\n|---|").append("---|".repeat(workloads.size())).append('\n');
        for (String set : faults) {
            page.append("| ").append(set).append(" |");
            for (String workload : workloads)
                page.append(' ')
                        .append(entries.stream()
                                .filter(e -> e.workload().equals(workload) && e.faults().equals(set))
                                .map(e -> Soak.word(e.verdict()))
                                .collect(Collectors.joining(", ")))
                        .append(" |");
            page.append('\n');
        }
    }

    private static void runs(StringBuilder page, List<Soak.Entry> entries) {
        page.append("\n## Runs\n\n| workload | faults | seed | verdict | operations | succeeded | faults that bit | seconds |\n|---|---|---:|---|---:|---:|---:|---:|\n");
        for (Soak.Entry e : entries)
            page.append(String.format(Locale.ROOT, "| %s | %s | %d | %s | %s | %s | %s | %d |%n", e.workload(), e.faults(), e.seed(), told(e),
                    count(e, "ops"), count(e, "ok"), count(e, "faultsApplied"), e.took().toSeconds()));
    }

    private static String told(Soak.Entry e) {
        return Soak.word(e.verdict()) + (e.verdict() == Verdict.VALID ? "" : ": " + e.sentence().replace("|", "\\|"));
    }

    private static String count(Soak.Entry e, String name) {
        Long count = e.results() == null ? null : e.results().counts().get(name);
        return count == null ? "" : count.toString();
    }
}
