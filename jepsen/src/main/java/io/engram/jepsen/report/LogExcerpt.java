package io.engram.jepsen.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The lines of a node's log that someone should see: errors, and the ends of processes, with the first lines of what follows them.
///
/// @param lines of the file
/// @param errors lines of level ERROR
/// @param warnings lines of level WARN
/// @param excerpt the first ones of them, each cut to a readable length
/// @param more errors that the excerpt leaves out
/// @param missing why there is no log; empty if there is
record LogExcerpt(long lines, long errors, long warnings, List<String> excerpt, long more, String missing) {
    private static final int EXCERPT = 60;
    private static final int FOLLOWING = 3;
    private static final int LENGTH = 300;
    private static final Pattern ERROR = Pattern.compile("\\bERROR\\b|\\bFATAL\\b|^Exception in thread|java\\.lang\\.OutOfMemoryError|^# A fatal error");
    private static final Pattern WARNING = Pattern.compile("\\bWARN\\b");
    private static final Pattern EVENT = Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT");

    LogExcerpt {
        excerpt = List.copyOf(excerpt);
    }

    static LogExcerpt of(Path log) {
        if (!Files.isRegularFile(log)) return new LogExcerpt(0, 0, 0, List.of(), 0, "no log was kept at " + log.getFileName());
        // Bytes that are no UTF-8 become replacement characters: a killed process may have stopped inside a character.
        try (BufferedReader from = new BufferedReader(new InputStreamReader(Files.newInputStream(log), StandardCharsets.UTF_8))) {
            return read(from);
        } catch (IOException e) {
            return new LogExcerpt(0, 0, 0, List.of(), 0, "could not be read: " + e.getMessage());
        }
    }

    private static LogExcerpt read(BufferedReader from) throws IOException {
        long lines = 0;
        long errors = 0;
        long warnings = 0;
        long more = 0;
        int following = 0;
        List<String> excerpt = new ArrayList<>();
        for (String line = from.readLine(); line != null; line = from.readLine()) {
            lines++;
            // A level stands at the head of a line; only there is it looked for, so that long lines cost nothing.
            String head = line.substring(0, Math.min(line.length(), 80));
            if (ERROR.matcher(head).find()) {
                errors++;
                if (excerpt.size() < EXCERPT) {
                    excerpt.add(Shown.cut(line, LENGTH));
                    following = FOLLOWING;
                } else {
                    more++;
                    following = 0;
                }
            } else if (EVENT.matcher(head).find()) {
                following = 0;
                if (WARNING.matcher(head).find()) warnings++;
            } else if (following > 0 && excerpt.size() < EXCERPT) {
                following--;
                excerpt.add("    " + Shown.cut(line.strip(), LENGTH));
            }
        }
        return new LogExcerpt(lines, errors, warnings, excerpt, more, "");
    }
}
