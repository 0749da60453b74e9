package io.engram.jepsen.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.JsonLines;
import io.engram.jepsen.history.format.JsonValues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `results.json`: verdict, sentence, findings with their figures and evidence, counts. Events are written as in `history.jsonl`.
public final class ResultsFile {
    private ResultsFile() {}

    public static void write(Results results, Path file) throws IOException {
        JsonFields.write(json(results), file);
    }

    private static JsonNode json(Results results) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("verdict", results.verdict().word()).put("sentence", results.sentence());
        ArrayNode findings = node.putArray("findings");
        for (Finding finding : results.findings()) {
            ObjectNode one = findings.addObject();
            one.put("checker", finding.checker()).put("verdict", finding.verdict().word()).put("sentence", finding.sentence());
            ObjectNode figures = one.putObject("figures");
            finding.figures().forEach((name, value) -> figures.set(name, JsonValues.write(value)));
            ArrayNode evidence = one.putArray("evidence");
            finding.evidence().forEach(op -> evidence.add(JsonLines.node(op)));
        }
        results.counts().forEach(node.putObject("counts")::put);
        return node;
    }

    /// @throws BadRunException a field is missing or wrong
    /// @throws java.nio.file.NoSuchFileException no such file
    public static Results read(Path file) throws IOException {
        JsonFields fields = JsonFields.read(file);
        List<Finding> findings = new ArrayList<>();
        for (JsonFields finding : fields.objects("findings")) {
            Map<String, Value> figures = new LinkedHashMap<>();
            finding.object("figures").node().properties().forEach(figure -> figures.put(figure.getKey(), JsonValues.read(figure.getValue())));
            findings.add(new Finding(finding.text("checker"), verdict(finding), finding.text("sentence"), figures, evidence(finding)));
        }
        Map<String, Long> counts = new LinkedHashMap<>();
        JsonFields counted = fields.object("counts");
        counted.node().fieldNames().forEachRemaining(name -> counts.put(name, counted.whole(name)));
        return new Results(verdict(fields), fields.text("sentence"), findings, counts);
    }

    static Verdict verdict(JsonFields fields) {
        String word = fields.text("verdict");
        for (Verdict verdict : Verdict.values()) if (verdict.word().equals(word)) return verdict;
        throw fields.bad("verdict", "valid, unknown or invalid", fields.node().path("verdict"));
    }

    /// Events keep the places that they have in the whole history.
    private static List<Op> evidence(JsonFields finding) {
        List<Op> events = new ArrayList<>();
        for (JsonFields event : finding.objects("evidence")) {
            try {
                events.add(JsonLines.op(event.node()));
            } catch (IllegalArgumentException e) {
                throw new BadRunException(event.file() + ": " + e.getMessage(), e);
            }
        }
        return events;
    }
}
