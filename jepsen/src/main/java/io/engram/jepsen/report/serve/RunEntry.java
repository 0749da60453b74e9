package io.engram.jepsen.report.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the index says of one run. A run that is still going on, or was cut short, has less to say.
///
/// @param path of its folder, from the served one, with slashes
/// @param startedAt as in run.json; empty if that is not there
/// @param verdict valid, unknown or invalid; empty if there is none (yet)
/// @param ops operations; null if not known
/// @param nanos from the beginning of the history to its last event; null if not known
record RunEntry(String path, String startedAt, String workload, String nemesis, String verdict, String sentence, @Nullable Long ops, @Nullable Long nanos, String seed, boolean report) {
    private static final ObjectMapper JSON = new ObjectMapper();
    /// Room for the last line of most histories.
    private static final int TAIL = 1 << 16;
    private static final int LONGEST_TAIL = 1 << 24;

    static boolean isRun(Path folder) {
        return Files.isRegularFile(folder.resolve("run.json")) || Files.isRegularFile(folder.resolve("history.jsonl"));
    }

    static RunEntry of(Path root, Path folder) {
        JsonNode facts = tree(folder.resolve("run.json"));
        JsonNode results = tree(folder.resolve("results.json"));
        List<String> nemesis = new ArrayList<>();
        facts.path("nemesis").forEach(kind -> nemesis.add(kind.asText()));
        JsonNode ops = results.path("counts").path("ops");
        return new RunEntry(
                root.relativize(folder).toString().replace('\\', '/'), facts.path("startedAt").asText(""), facts.path("workload").asText("?"),
                String.join(", ", nemesis), results.path("verdict").asText(""), results.path("sentence").asText(""), ops.isIntegralNumber() ? ops.longValue() : null,
                lastTime(folder.resolve("history.jsonl")), facts.path("seed").asText(""), Files.isRegularFile(folder.resolve("report.html")));
    }

    /// A missing or half-written file says nothing; the index is no place to fail.
    private static JsonNode tree(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException absent) {
            return JSON.createObjectNode();
        }
    }

    /// Looks at ever more of the end: a closing read of all that a run wrote is one line.
    private static @Nullable Long lastTime(Path history) {
        try (SeekableByteChannel from = Files.newByteChannel(history)) {
            for (int bytes = TAIL; bytes <= LONGEST_TAIL; bytes *= 4) {
                Long time = lastTime(from, bytes);
                if (time != null || bytes >= from.size()) return time;
            }
            return null;
        } catch (IOException absent) {
            return null;
        }
    }

    private static @Nullable Long lastTime(SeekableByteChannel history, int bytes) throws IOException {
        history.position(Math.max(0, history.size() - bytes));
        ByteBuffer tail = ByteBuffer.allocate(bytes);
        while (tail.hasRemaining() && history.read(tail) >= 0) {}
        List<String> lines = new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8).lines().toList();
        // The very last one may be half written.
        for (String line : lines.reversed()) {
            JsonNode time = line(line).path("time");
            if (time.isIntegralNumber()) return time.longValue();
        }
        return null;
    }

    private static JsonNode line(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException cut) {
            return JSON.createObjectNode();
        }
    }
}
