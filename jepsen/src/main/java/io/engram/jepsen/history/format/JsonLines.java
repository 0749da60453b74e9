package io.engram.jepsen.history.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One event a line, the canonical form:
/// `{"index":0,"type":"ok","process":3,"f":"read","key":"k1","value":5,"time":123456,"node":"n1","role":"leader","shard":0,"position":77,"version":77,"stalenessNanos":0,"error":"..."}`.
///
/// Fields that are null are left out. The nemesis' process is `"nemesis"` (−1 is read too). Without times, an event's place is
/// its time. Fields that are not named here are ignored, and so is the index: an event's place in the file is its index.
public final class JsonLines {
    private static final ObjectReader JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .reader();
    private static final String NEMESIS = "nemesis";

    private JsonLines() {}

    /// The event without a line end.
    public static String line(Op op) {
        return node(op).toString();
    }

    /// The event as `line` writes it.
    public static ObjectNode node(Op op) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("index", op.index());
        node.put("type", op.type().name().toLowerCase(Locale.ROOT));
        if (op.ofClient()) node.put("process", op.process());
        else node.put("process", NEMESIS);
        node.put("f", op.function());
        if (op.key() != null) node.put("key", op.key());
        if (!op.value().equals(Value.NIL)) node.set("value", JsonValues.write(op.value()));
        node.put("time", op.time());
        Evidence evidence = op.evidence();
        if (evidence.node() != null) node.put("node", evidence.node());
        if (evidence.role() != null) node.put("role", evidence.role());
        if (evidence.shard() != null) node.put("shard", evidence.shard());
        if (evidence.position() != null) node.put("position", evidence.position());
        if (evidence.version() != null) node.put("version", evidence.version());
        if (evidence.staleness() != null) node.put("stalenessNanos", evidence.staleness().toNanos());
        if (op.error() != null) node.put("error", op.error());
        return node;
    }

    public static void write(History history, Writer to) throws IOException {
        for (Op op : history.ops()) to.append(line(op)).append('\n');
        to.flush();
    }

    /// Reads to the end. A last line that was cut off (no line end, and no whole JSON value) is left out: that is how a
    /// history looks whose recorder was killed.
    ///
    /// @throws BadHistoryException with the line and the rule that it breaks
    public static History read(Reader from) throws IOException {
        Lines lines = new Lines(from);
        Growing growing = new Growing();
        for (String line = lines.next(); line != null; line = lines.next()) {
            if (line.isBlank()) continue;
            JsonNode node;
            try {
                node = JSON.readTree(line);
            } catch (JsonProcessingException e) {
                if (lines.cutOff()) break;
                throw new BadHistoryException(lines.number(), "must be one JSON object: " + e.getOriginalMessage(), e);
            }
            try {
                add(growing, lines.number(), node);
            } catch (BadHistoryException e) {
                throw e;
            } catch (IllegalArgumentException e) {
                throw new BadHistoryException(lines.number(), String.valueOf(e.getMessage()), e);
            }
        }
        return growing.done();
    }

    /// One event by itself, as `node` writes it, with the place that it names.
    ///
    /// @throws IllegalArgumentException with the field and its rule
    public static Op op(JsonNode node) {
        long index = whole(node, "index");
        if (index > Integer.MAX_VALUE) throw new IllegalArgumentException("index must fit 32 bits, was " + index);
        return new Op(
                (int) index,
                type(node.path("type")),
                process(node.path("process")),
                function(node.path("f")),
                text(node, "key"),
                JsonValues.read(node.path("value")),
                whole(node, "time"),
                evidence(node),
                text(node, "error"));
    }

    private static void add(Growing growing, int line, JsonNode node) {
        if (!node.isObject()) throw new IllegalArgumentException("must be one JSON object, was " + node.getNodeType());
        growing.add(
                line,
                type(node.path("type")),
                process(node.path("process")),
                function(node.path("f")),
                text(node, "key"),
                JsonValues.read(node.path("value")),
                node.hasNonNull("time") ? whole(node, "time") : growing.size(),
                evidence(node),
                text(node, "error"));
    }

    private static OpType type(JsonNode node) {
        return switch (node.asText("")) {
            case "invoke" -> OpType.INVOKE;
            case "ok" -> OpType.OK;
            case "fail" -> OpType.FAIL;
            case "info" -> OpType.INFO;
            default -> throw new IllegalArgumentException("type must be invoke, ok, fail or info, was " + node);
        };
    }

    private static int process(JsonNode node) {
        if (NEMESIS.equals(node.textValue())) return Op.NEMESIS;
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < Op.NEMESIS)
            throw new IllegalArgumentException("process must be a whole number of 0 or more, or \"nemesis\", was " + node);
        return node.intValue();
    }

    private static String function(JsonNode node) {
        if (!node.isTextual() || node.textValue().isEmpty()) throw new IllegalArgumentException("f must be a word, was " + node);
        return node.textValue();
    }

    private static Evidence evidence(JsonNode node) {
        Evidence evidence = new Evidence(
                text(node, "node"),
                text(node, "role"),
                node.hasNonNull("shard") ? shard(node) : null,
                node.hasNonNull("position") ? whole(node, "position") : null,
                node.hasNonNull("version") ? whole(node, "version") : null,
                node.hasNonNull("stalenessNanos") ? Duration.ofNanos(whole(node, "stalenessNanos")) : null);
        return evidence.equals(Evidence.NONE) ? Evidence.NONE : evidence;
    }

    private static int shard(JsonNode node) {
        long shard = whole(node, "shard");
        if (shard > Integer.MAX_VALUE) throw new IllegalArgumentException("shard must fit 32 bits, was " + shard);
        return (int) shard;
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) return null;
        if (value.isContainerNode()) throw new IllegalArgumentException(field + " must be a string, was " + value);
        return value.asText();
    }

    private static long whole(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0)
            throw new IllegalArgumentException(field + " must be a whole number of 0 or more, was " + value);
        return value.longValue();
    }

    /// Lines with their numbers, and whether the last one had its end.
    private static final class Lines {
        private final BufferedReader from;
        private int number;
        private boolean ended = true;

        Lines(Reader from) {
            this.from = from instanceof BufferedReader buffered ? buffered : new BufferedReader(from);
        }

        @Nullable String next() throws IOException {
            StringBuilder line = new StringBuilder(160);
            int c = from.read();
            if (c < 0) return null;
            for (; c >= 0 && c != '\n'; c = from.read()) line.append((char) c);
            ended = c == '\n';
            number++;
            return line.toString();
        }

        int number() {
            return number;
        }

        boolean cutOff() {
            return !ended;
        }
    }
}
