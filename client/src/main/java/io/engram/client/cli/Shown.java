package io.engram.client.cli;

import io.engram.client.Answer;
import io.engram.client.AttributeValue;
import io.engram.client.Memory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How people see memories.
final class Shown {
    private static final int SNIPPET = 90;

    private Shown() {}

    static void memory(Output output, Memory memory) {
        output.line(memory.key() + "  version " + memory.version() + "  " + Json.name(memory.tier()) + "  confidence " + number(memory.adjustedConfidence()));
        if (!memory.text().isEmpty()) output.line(memory.text().indent(2).stripTrailing());
        List<String> attributes = new ArrayList<>();
        memory.attributes().forEach((name, value) -> attributes.add(name + "=" + value(value)));
        if (!attributes.isEmpty()) output.line("  " + String.join("  ", attributes));
        memory.links().forEach(link -> output.line("  -> " + link.key() + " (" + link.relation() + " " + number(link.weight()) + ")"));
    }

    static String snippet(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= SNIPPET ? line : line.substring(0, SNIPPET) + " …";
    }

    /// How fresh an answer is, in words.
    static String freshness(Answer<?> answer) {
        if (answer.proof().staleness().isEmpty()) return "from " + answer.proof().node() + ", of unproven age";
        Duration staleness = answer.proof().staleness().get();
        return "from " + answer.proof().node() + (staleness.isZero() ? ", linearizable" : ", at most " + staleness.toMillis() + " ms stale when read")
                + (answer.proof().missingShards().isEmpty() ? "" : ", without shards " + answer.proof().missingShards());
    }

    static String value(AttributeValue value) {
        if (value instanceof AttributeValue.Text text) return text.value();
        if (value instanceof AttributeValue.Whole whole) return Long.toString(whole.value());
        if (value instanceof AttributeValue.Real real) return Double.toString(real.value());
        return Boolean.toString(((AttributeValue.Truth) value).value());
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value).replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
