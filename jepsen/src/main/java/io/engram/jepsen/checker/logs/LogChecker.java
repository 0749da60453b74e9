package io.engram.jepsen.checker.logs;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Is there a line in a node's log that it should never have had to print? Names file, line and text.
///
/// Which faults were applied is read from the history: some lines are to be expected under some of them, at any time of the run,
/// since a node's clock may be one of the things that were broken. No logs, or one that cannot be read: UNKNOWN.
public final class LogChecker implements Checker {
    private static final int KEPT = 20;
    private static final int LINES_PER_LOOK_AT_THE_CLOCK = 1_000;

    private final List<Path> files;
    private final List<LogPattern> patterns;

    public LogChecker(List<Path> files, List<LogPattern> patterns) {
        this.files = List.copyOf(files);
        this.patterns = List.copyOf(patterns);
    }

    /// For logs of Engram's nodes.
    public static LogChecker ofNodes(List<Path> files) {
        return new LogChecker(files, NodeLogRules.PATTERNS);
    }

    @Override
    public String name() {
        return "logs";
    }

    @Override
    public Finding check(History history, Limits limits) {
        Scan scan = new Scan(Deadline.of(limits), applied(history));
        for (Path file : files) {
            try (LogLines lines = new LogLines(file)) {
                scan.read(file, lines);
            } catch (IOException e) {
                scan.unread.add(file.getFileName() + " cannot be read: " + e);
            }
        }
        Map<String, Value> figures = scan.figures();
        if (scan.first != null)
            return Finding.invalid(name(), scan.first + (scan.found == 1 ? "" : " (and " + (scan.found - 1) + " more lines)"), figures, List.of());
        if (files.isEmpty()) return Finding.unknown(name(), "there are no logs", figures);
        if (!scan.unread.isEmpty()) return Finding.unknown(name(), scan.unread.getFirst(), figures);
        if (scan.lines == 0) return Finding.unknown(name(), "the logs are empty", figures);
        return Finding.valid(name(), "nothing in " + scan.lines + " lines of " + files.size() + " logs that should not be there", figures);
    }

    private static Set<String> applied(History history) {
        return FaultWindow.in(history).stream().filter(FaultWindow::applied).map(FaultWindow::fault).collect(Collectors.toSet());
    }

    private final class Scan {
        private final Deadline deadline;
        private final Set<String> applied;
        private final Map<String, Integer> byPattern = new TreeMap<>();
        private final List<Value> matches = new ArrayList<>();
        private final List<String> unread = new ArrayList<>();
        private @Nullable String first;
        private long lines;
        private long found;
        private long allowed;

        Scan(Deadline deadline, Set<String> applied) {
            this.deadline = deadline;
            this.applied = applied;
        }

        void read(Path file, LogLines from) throws IOException {
            for (String line = from.next(); line != null; line = from.next()) {
                if (++lines % LINES_PER_LOOK_AT_THE_CLOCK == 0 && deadline.passed()) {
                    unread.add(file.getFileName() + " " + deadline.sentence());
                    return;
                }
                look(file, from.number(), line);
            }
        }

        private void look(Path file, long number, String line) {
            for (LogPattern pattern : patterns) {
                if (!pattern.line().matcher(line).find()) continue;
                if (pattern.accuses(line, applied)) found(pattern, file, number, line);
                else allowed++;
                return;
            }
        }

        private void found(LogPattern pattern, Path file, long number, String line) {
            found++;
            byPattern.merge(pattern.name(), 1, Integer::sum);
            String shown = line.length() > 300 ? line.substring(0, 300) + "..." : line;
            if (first == null) first = pattern.name() + " in " + file.getFileName() + ":" + number + ": " + shown;
            if (matches.size() == KEPT) return;
            Map<String, Value> match = new LinkedHashMap<>();
            match.put("file", Value.of(String.valueOf(file.getFileName())));
            match.put("line", Value.of(number));
            match.put("pattern", Value.of(pattern.name()));
            match.put("text", Value.of(shown));
            matches.add(new Value.Fields(match));
        }

        Map<String, Value> figures() {
            Map<String, Value> figures = new LinkedHashMap<>();
            figures.put("files", Value.of(files.size()));
            figures.put("lines", Value.of(lines));
            figures.put("allowed", Value.of(allowed));
            Map<String, Value> counts = new LinkedHashMap<>();
            byPattern.forEach((pattern, count) -> counts.put(pattern, Value.of(count)));
            figures.put("byPattern", new Value.Fields(counts));
            figures.put("matches", new Value.Items(matches));
            return figures;
        }
    }
}
