package io.engram.jepsen.run;

import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.report.Results;
import io.engram.jepsen.workload.Workloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Run after run, until the time is over: every workload meets every set of faults in turn, each time with a new seed. What was not
/// valid is kept.
public final class Soak {
    /// One run of many.
    ///
    /// @param results null: the harness failed
    /// @param failure why it did; null: it did not
    /// @param folder null: not kept
    public record Entry(
            String workload, List<String> kinds, long seed, @Nullable Results results, @Nullable String failure, Duration took, @Nullable Path folder) {
        public Entry {
            kinds = List.copyOf(kinds);
        }

        /// Null: the harness failed.
        public @Nullable Verdict verdict() {
            return results == null ? null : results.verdict();
        }

        public String sentence() {
            return results == null ? String.valueOf(failure) : results.sentence();
        }

        public String line() {
            return String.format(Locale.ROOT, "%-8s %-21s %-28s seed %d, %d s%s%s", word(verdict()), workload, faults(), seed, took.toSeconds(),
                    verdict() == Verdict.VALID ? "" : ": " + sentence(), folder == null ? "" : " [" + folder + "]");
        }

        String faults() {
            return kinds.isEmpty() ? "no faults" : String.join(",", kinds);
        }
    }

    /// Makes one run.
    public interface Runner {
        Results run(String workload, List<String> kinds, long seed, Path folder) throws Exception;
    }

    private final Runner runner;
    private final List<List<String>> faults;
    private final Path folder;
    private final SoakReport report;
    private final RandomGenerator seeds;
    private final LongSupplier nanoTime;
    private final Consumer<String> say;

    /// @param faults sets of kinds, each for a run
    /// @param folder of the report (`soak.md`, made anew after each run) and of what is kept; empty, or not there yet
    /// @param about what is true of all runs, by name: for the report
    public Soak(Runner runner, List<List<String>> faults, Path folder, Map<String, String> about, RandomGenerator seeds, LongSupplier nanoTime, Consumer<String> say) {
        if (faults.isEmpty()) throw new IllegalArgumentException("faults must not be empty: an empty set of kinds is a run without faults");
        this.runner = runner;
        this.faults = List.copyOf(faults);
        this.folder = folder;
        this.report = new SoakReport(folder.resolve("soak.md"), about);
        this.seeds = seeds;
        this.nanoTime = nanoTime;
        this.say = say;
    }

    /// Begins no run after the time; the last one is finished.
    ///
    /// @throws IOException the folder holds something already, or cannot be written to
    public List<Entry> run(List<String> workloads, Duration time) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try (Stream<Path> there = Files.list(folder)) {
            if (there.findAny().isPresent()) throw new IOException("the folder of a soak, " + folder + ", must be empty");
        }
        List<Entry> entries = new ArrayList<>();
        long end = nanoTime.getAsLong() + time.toNanos();
        for (int k = 0; nanoTime.getAsLong() < end; k++) {
            String workload = workloads.get(k % workloads.size());
            // Shifted by one with each round, so that all pairs have their turn.
            List<String> kinds = faults.get((k + k / workloads.size()) % faults.size());
            Entry entry = one(workload, kinds, seeds.nextLong(1_000_000_000), k);
            entries.add(entry);
            say.accept(entry.line());
            report.write(entries);
        }
        return entries;
    }

    private Entry one(String workload, List<String> kinds, long seed, int number) throws IOException, InterruptedException {
        Path into = folder.resolve(String.format(Locale.ROOT, "%04d-%s-%d", number, workload, seed));
        long began = nanoTime.getAsLong();
        try {
            Results results = runner.run(workload, kinds, seed, into);
            boolean keep = results.verdict() != Verdict.VALID;
            if (!keep) remove(into);
            return new Entry(workload, kinds, seed, results, null, since(began), keep ? into : null);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return new Entry(workload, kinds, seed, null, FirstLine.of(e), since(began), into);
        }
    }

    /// Runs by workload and verdict, and how much time they took.
    public static String table(List<Entry> entries) {
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, "%-21s %5s %7s %7s %7s %8s%n", "workload", "valid", "invalid", "unknown", "failed", "minutes"));
        for (String workload : Workloads.names()) {
            List<Entry> of = entries.stream().filter(e -> e.workload().equals(workload)).toList();
            if (!of.isEmpty()) table.append(row(workload, of));
        }
        return table.append(row("all", entries)).toString();
    }

    /// The worst of all; a soak without a run, or whose harness failed, has none.
    public static @Nullable Verdict verdict(List<Entry> entries) {
        Verdict worst = null;
        for (Entry entry : entries) {
            if (entry.verdict() == null) return entries.stream().anyMatch(e -> e.verdict() == Verdict.INVALID) ? Verdict.INVALID : null;
            worst = worst == null ? entry.verdict() : worst.and(entry.verdict());
        }
        return worst;
    }

    private static String row(String name, List<Entry> entries) {
        long seconds = entries.stream().mapToLong(e -> e.took().toSeconds()).sum();
        return String.format(Locale.ROOT, "%-21s %5d %7d %7d %7d %8.1f%n", name, count(entries, Verdict.VALID), count(entries, Verdict.INVALID),
                count(entries, Verdict.UNKNOWN), count(entries, null), seconds / 60.0);
    }

    private static long count(List<Entry> entries, @Nullable Verdict verdict) {
        return entries.stream().filter(e -> e.verdict() == verdict).count();
    }

    static String word(@Nullable Verdict verdict) {
        return verdict == null ? "FAILED" : verdict.word();
    }

    private Duration since(long began) {
        return Duration.ofNanos(nanoTime.getAsLong() - began);
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
