package io.engram.jepsen.checker.logs;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Is there a line in a node's log that it should never have had to print? Names file, line and text.
///
/// Which faults were applied is read from the history: some lines are to be expected under some of them, at any time of the run,
/// since a node's clock may be one of the things that were broken. No logs, or one that cannot be read: UNKNOWN.
public final class LogChecker implements Checker {
    private static final int KEPT = 20;
    private static final int LINES_PER_LOOK_AT_THE_CLOCK = 1_000;
    private static final int TRACE_KEPT = 20;
    /// A line that begins with a time; those without belong to the one above.
    private static final Pattern STAMPED = Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT");

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
        Scan scan = new Scan(Deadline.of(limits), Disturbance.in(history));
        for (Path file : files) {
            try (LogLines lines = new LogLines(file)) {
                scan.read(file, lines);
            } catch (IOException e) {
                scan.unread.add(file.getFileName() + " cannot be read: " + e);
            }
        }
        Map<String, Value> figures = scan.figures();
        if (!scan.matches.isEmpty())
            return Finding.invalid(
                    name(), scan.matches.getFirst().sentence() + (scan.found == 1 ? "" : " (and " + (scan.found - 1) + " more lines)"), figures, List.of());
        if (files.isEmpty()) return Finding.unknown(name(), "there are no logs", figures);
        if (!scan.unread.isEmpty()) return Finding.unknown(name(), scan.unread.getFirst(), figures);
        if (scan.lines == 0) return Finding.unknown(name(), "the logs are empty", figures);
        return Finding.valid(name(), "nothing in " + scan.lines + " lines of " + files.size() + " logs that should not be there", figures);
    }

    /// A line that should not be there.
    ///
    /// @param trace lines below it that have no time of their own: the exception it tells of
    private record Match(String pattern, String file, long line, String text, List<String> trace) {
        String sentence() {
            return pattern + " in " + file + ":" + line + ": " + text + (trace.isEmpty() ? "" : " (" + trace.getFirst().strip() + ")");
        }

        Value value() {
            Map<String, Value> match = new LinkedHashMap<>();
            match.put("file", Value.of(file));
            match.put("line", Value.of(line));
            match.put("pattern", Value.of(pattern));
            match.put("text", Value.of(text));
            if (!trace.isEmpty()) match.put("trace", new Value.Items(trace.stream().map(Value::of).toList()));
            return new Value.Fields(match);
        }
    }

    private final class Scan {
        private final Deadline deadline;
        private final Disturbance disturbance;
        private final Map<String, Integer> byPattern = new TreeMap<>();
        private final List<Match> matches = new ArrayList<>();
        private final List<String> unread = new ArrayList<>();
        private long lines;
        private long found;
        private long allowed;

        Scan(Deadline deadline, Disturbance disturbance) {
            this.deadline = deadline;
            this.disturbance = disturbance;
        }

        void read(Path file, LogLines from) throws IOException {
            Match open = null;
            for (String line = from.next(); line != null; line = from.next()) {
                if (++lines % LINES_PER_LOOK_AT_THE_CLOCK == 0 && deadline.passed()) {
                    unread.add(file.getFileName() + " " + deadline.sentence());
                    return;
                }
                if (STAMPED.matcher(line).find()) open = null;
                else if (open != null && open.trace().size() < TRACE_KEPT) open.trace().add(shown(line));
                Match match = look(file, from.number(), line);
                if (match != null) open = match;
            }
        }

        /// @return what was found and kept
        private @Nullable Match look(Path file, long number, String line) {
            for (LogPattern pattern : patterns) {
                if (!pattern.line().matcher(line).find()) continue;
                if (pattern.accuses(line, disturbance)) return found(pattern, file, number, line);
                allowed++;
                return null;
            }
            return null;
        }

        private @Nullable Match found(LogPattern pattern, Path file, long number, String line) {
            found++;
            byPattern.merge(pattern.name(), 1, Integer::sum);
            if (matches.size() == KEPT) return null;
            Match match = new Match(pattern.name(), String.valueOf(file.getFileName()), number, shown(line), new ArrayList<>());
            matches.add(match);
            return match;
        }

        private static String shown(String line) {
            return line.length() > 300 ? line.substring(0, 300) + "..." : line;
        }

        Map<String, Value> figures() {
            Map<String, Value> figures = new LinkedHashMap<>();
            figures.put("files", Value.of(files.size()));
            figures.put("lines", Value.of(lines));
            figures.put("allowed", Value.of(allowed));
            Map<String, Value> counts = new LinkedHashMap<>();
            byPattern.forEach((pattern, count) -> counts.put(pattern, Value.of(count)));
            figures.put("byPattern", new Value.Fields(counts));
            figures.put("matches", new Value.Items(matches.stream().map(Match::value).toList()));
            return figures;
        }
    }
}
