package io.engram.jepsen.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/// `run.json`: the facts of a run, each field by its name; the time limit as `timeLimitMillis`, the start as an instant (ISO 8601).
public final class RunFile {
    private RunFile() {}

    public static void write(RunFacts facts, Path file) throws IOException {
        JsonFields.write(json(facts), file);
    }

    private static JsonNode json(RunFacts facts) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("workload", facts.workload());
        facts.nemesis().forEach(node.putArray("nemesis")::add);
        facts.nodes().forEach(node.putArray("nodes")::add);
        node.put("backend", facts.backend()).put("concurrency", facts.concurrency()).put("rate", facts.rate());
        node.put("timeLimitMillis", facts.timeLimit().toMillis()).put("seed", facts.seed()).put("startedAt", facts.startedAt().toString());
        node.put("version", facts.version()).put("commit", facts.commit());
        facts.tools().forEach(node.putObject("tools")::put);
        facts.settings().forEach(node.putObject("settings")::put);
        return node.put("command", facts.command());
    }

    /// @throws BadRunException a field is missing or wrong
    /// @throws java.nio.file.NoSuchFileException no such file
    public static RunFacts read(Path file) throws IOException {
        JsonFields fields = JsonFields.read(file);
        try {
            return new RunFacts(
                    fields.text("workload"), fields.texts("nemesis"), fields.texts("nodes"), fields.text("backend"),
                    Math.toIntExact(fields.whole("concurrency")), fields.number("rate"), Duration.ofMillis(fields.whole("timeLimitMillis")), fields.whole("seed"),
                    Instant.parse(fields.text("startedAt")), fields.text("version"), fields.text("commit"), fields.textMap("tools"),
                    fields.textMap("settings"), fields.text("command"));
        } catch (DateTimeException | ArithmeticException e) {
            throw new BadRunException(fields.file() + ": startedAt must be an instant, concurrency fit 32 bits: " + e.getMessage(), e);
        }
    }
}
