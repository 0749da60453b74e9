package io.engram.client.reading;

import io.engram.client.Observation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// Reads files and folders as a stream of observations. Keys are `path#number`, so reading the same files again replaces what was there.
///
/// In folders, files that do not look like text and what builds and version control leave behind are passed over; a file that is
/// named is always read.
public final class Documents {
    /// How text files become observations; JSON Lines are one a line in any case.
    public enum Cut { PASSAGES, LINES }

    /// Told of what could not be read; reading goes on.
    @FunctionalInterface
    public interface Problems {
        void found(Path file, int line, String problem);
    }

    private static final Set<String> TEXT = Set.of(
            "txt", "md", "markdown", "rst", "adoc", "java", "proto", "xml", "yml", "yaml", "sh", "py", "js", "ts", "go", "rs", "c", "h", "cpp",
            "kt", "properties", "html", "css", "sql", "csv", "tsv", "log", "jsonl", "ndjson");
    private static final Set<String> JSON_LINES = Set.of("jsonl", "ndjson");
    private static final Set<String> PASSED_OVER = Set.of("target", "node_modules", "build", "data");
    /// Larger texts are cut by line, so that no file has to fit into memory.
    private static final long WHOLE = 16L << 20;

    private final Cut cut;
    private final Problems problems;

    public Documents(Cut cut, Problems problems) {
        this.cut = cut;
        this.problems = problems;
    }

    /// The files that would be read, in a stable order.
    ///
    /// @throws java.nio.file.NoSuchFileException a path does not exist
    public List<Path> files(List<Path> paths) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                try (Stream<Path> tree = Files.walk(path)) {
                    tree.filter(f -> !passedOver(path.relativize(f)) && Files.isRegularFile(f) && TEXT.contains(extension(f)))
                            .sorted()
                            .forEach(files::add);
                }
            } else if (Files.isReadable(path)) {
                files.add(path);
            } else {
                throw new NoSuchFileException(path.toString());
            }
        }
        return files;
    }

    /// Reads one file. Lazy; close the stream.
    ///
    /// @param name what keys and the attribute `source` call it
    public Stream<Observation> read(Path file, String name) {
        try {
            if (JSON_LINES.contains(extension(file))) return lines(file).flatMap(line -> json(file, line));
            if (cut == Cut.LINES || Files.size(file) > WHOLE)
                return lines(file).filter(l -> !l.text.isBlank()).map(l -> observation(name, l.number, l.number, l.text.strip(), ""));
            String document = Files.readString(file);
            List<Passage> passages = Passages.cut(document, Set.of("md", "markdown").contains(extension(file)));
            return Stream.iterate(0, i -> i < passages.size(), i -> i + 1)
                    .map(i -> observation(name, i + 1, passages.get(i).line(), passages.get(i).text(), passages.get(i).heading()));
        } catch (CharacterCodingException notText) {
            problems.found(file, 0, "not UTF-8 text");
        } catch (IOException e) {
            problems.found(file, 0, "could not be read: " + e.getMessage());
        }
        return Stream.empty();
    }

    /// One observation a line of UTF-8, without keys unless JSON Lines bring them. The stream given is not closed.
    public Stream<Observation> standardInput(InputStream in, boolean jsonLines) {
        Path name = Path.of("-");
        int[] number = {0};
        Stream<Line> lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().map(text -> new Line(++number[0], text));
        return jsonLines ? lines.flatMap(line -> json(name, line)) : lines.filter(l -> !l.text.isBlank()).map(l -> Observation.of(l.text.strip()));
    }

    private record Line(int number, String text) {}

    private Stream<Line> lines(Path file) throws IOException {
        BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
        int[] number = {0};
        return reader.lines().map(text -> new Line(++number[0], text)).onClose(() -> {
            try {
                reader.close();
            } catch (IOException e) {
                throw new UncheckedIOException("could not close " + file, e);
            }
        });
    }

    private Stream<Observation> json(Path file, Line line) {
        if (line.text.isBlank()) return Stream.empty();
        try {
            return Stream.of(JsonLine.parse(line.text));
        } catch (IllegalArgumentException e) {
            problems.found(file, line.number, String.valueOf(e.getMessage()));
            return Stream.empty();
        }
    }

    private static Observation observation(String name, int number, int line, String text, String heading) {
        Observation.Builder observation = Observation.builder(text)
                .key(tail(name + "#" + number, 480))
                .attribute("source", tail(name, 1_024))
                .attribute("line", line);
        if (!heading.isEmpty()) observation.attribute("heading", heading.length() > 256 ? heading.substring(0, 256) : heading);
        return observation.build();
    }

    /// The end of a text, at most so many bytes of UTF-8, whole characters only.
    static String tail(String text, int bytes) {
        int from = text.length();
        int used = 0;
        while (from > 0) {
            int codePoint = text.codePointBefore(from);
            used += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (used > bytes) break;
            from -= Character.charCount(codePoint);
        }
        return text.substring(from);
    }

    private static boolean passedOver(Path relative) {
        for (Path part : relative) {
            String name = part.toString();
            if (PASSED_OVER.contains(name) || (name.startsWith(".") && name.length() > 1)) return true;
        }
        return false;
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
