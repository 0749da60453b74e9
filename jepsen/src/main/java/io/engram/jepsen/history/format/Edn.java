package io.engram.jepsen.history.format;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Fields;
import io.engram.jepsen.history.Value.Items;
import io.engram.jepsen.history.Value.Text;
import io.engram.jepsen.history.Value.Whole;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import us.bpsm.edn.EdnException;
import us.bpsm.edn.parser.Parseable;
import us.bpsm.edn.parser.Parser;
import us.bpsm.edn.parser.Parsers;

/// Jepsen's histories: maps, one after the other or in one vector (or list):
/// `{:index 0, :type :invoke, :process 3, :f :write, :value ["k1" 5], :time 123456}`.
///
/// An event on a key carries a [key value] tuple; a `:key` beside a plain value is read too. The nemesis is any process that is
/// a word. Without times, an event's place is its time; a time that goes down is read as the one before it, because Jepsen's
/// order is that of the events, not of their times. What came with an answer stands under `:node :role :shard :position
/// :version :staleness-nanos`.
public final class Edn {
    private Edn() {}

    /// Reads to the end.
    ///
    /// @throws BadHistoryException with the line and the rule that it breaks
    public static History read(Reader from, Keyed keyed) throws IOException {
        List<Event> events = events(from);
        boolean tuples =
                switch (keyed) {
                    case YES -> true;
                    case NO -> false;
                    case DETECT -> looksKeyed(events);
                };
        Growing growing = new Growing();
        for (Event event : events) {
            try {
                add(growing, event, tuples);
            } catch (IllegalArgumentException e) {
                throw new BadHistoryException(event.line, String.valueOf(e.getMessage()), e);
            }
        }
        return growing.done();
    }

    public static void write(History history, Writer to) throws IOException {
        for (Op op : history.ops()) to.append(line(op)).append('\n');
        to.flush();
    }

    private record Event(int line, Map<String, Value> fields) {
        Value get(String field) {
            return fields.getOrDefault(field, Value.NIL);
        }

        boolean ofClient() {
            return get("process") instanceof Whole;
        }
    }

    private static List<Event> events(Reader from) throws IOException {
        CountedText text = new CountedText(from);
        Parser parser = Parsers.newParser(Parsers.newParserConfigBuilder()
                .setListFactory(Parsers.defaultConfiguration().getVectorFactory())
                .build());
        List<Event> events = new ArrayList<>();
        int close = switch (text.peek()) {
            case '[' -> ']';
            case '(' -> ')';
            default -> Parseable.END_OF_INPUT;
        };
        if (close != Parseable.END_OF_INPUT) text.read();
        while (true) {
            int next = text.peek();
            int line = text.line();
            if (next == close) break;
            if (next == Parseable.END_OF_INPUT) throw new BadHistoryException(line, "the history ends without its closing '" + (char) close + "'");
            events.add(event(parser, text, line));
        }
        if (close != Parseable.END_OF_INPUT) {
            text.read();
            if (text.peek() != Parseable.END_OF_INPUT)
                throw new BadHistoryException(text.line(), "nothing may follow the closing '" + (char) close + "'");
        }
        return events;
    }

    private static Event event(Parser parser, CountedText text, int line) {
        Object edn;
        try {
            edn = parser.nextValue(text);
        } catch (EdnException | UnsupportedOperationException e) {
            throw new BadHistoryException(line, "must be EDN: " + e.getMessage(), e);
        }
        try {
            if (EdnValues.read(edn) instanceof Fields fields) return new Event(line, fields.entries());
        } catch (IllegalArgumentException e) {
            throw new BadHistoryException(line, String.valueOf(e.getMessage()), e);
        }
        throw new BadHistoryException(line, "an event must be a map, was " + edn);
    }

    private static boolean looksKeyed(List<Event> events) {
        boolean beyondCas = false;
        for (Event event : events) {
            if (!event.ofClient()) continue;
            if (!(event.get("value") instanceof Items tuple) || tuple.values().size() != 2) return false;
            beyondCas |= !event.get("f").equals(Value.of("cas"));
        }
        return beyondCas;
    }

    private static void add(Growing growing, Event event, boolean tuples) {
        int process = process(event.get("process"));
        Value value = event.get("value");
        Value named = event.get("key");
        String key = named.equals(Value.NIL) ? null : EdnValues.word(named);
        if (tuples && key == null && process != Op.NEMESIS) {
            if (!(value instanceof Items tuple) || tuple.values().size() != 2)
                throw new IllegalArgumentException("value must be a [key value] tuple, was " + EdnValues.word(value));
            key = EdnValues.word(tuple.values().get(0));
            value = tuple.values().get(1);
        }
        Value error = event.get("error");
        growing.add(
                event.line,
                type(event.get("type")),
                process,
                function(event.get("f")),
                key,
                value,
                event.get("time").equals(Value.NIL) ? growing.size() : Math.max(growing.lastTime(), whole(event, "time")),
                evidence(event),
                error.equals(Value.NIL) ? null : EdnValues.word(error));
    }

    private static OpType type(Value value) {
        return switch (value instanceof Text text ? text.value() : "") {
            case "invoke" -> OpType.INVOKE;
            case "ok" -> OpType.OK;
            case "fail" -> OpType.FAIL;
            case "info" -> OpType.INFO;
            default -> throw new IllegalArgumentException(":type must be :invoke, :ok, :fail or :info, was " + EdnValues.word(value));
        };
    }

    private static int process(Value value) {
        if (value instanceof Text) return Op.NEMESIS;
        if (value instanceof Whole(long process) && process >= 0 && process <= Integer.MAX_VALUE) return (int) process;
        throw new IllegalArgumentException(":process must be a whole number of 0 or more, or :nemesis, was " + EdnValues.word(value));
    }

    private static String function(Value value) {
        if (value instanceof Text(String name) && !name.isEmpty()) return name;
        throw new IllegalArgumentException(":f must be a keyword, was " + EdnValues.word(value));
    }

    private static long whole(Event event, String field) {
        if (event.get(field) instanceof Whole(long value) && value >= 0) return value;
        throw new IllegalArgumentException(":" + field + " must be a whole number of 0 or more, was " + EdnValues.word(event.get(field)));
    }

    private static Evidence evidence(Event event) {
        String node = event.get("node") instanceof Text(String name) ? name : null;
        String role = event.get("role") instanceof Text(String name) ? name : null;
        Long shard = ours(event, "shard");
        Long staleness = ours(event, "staleness-nanos");
        Evidence evidence = new Evidence(
                node,
                role,
                shard == null || shard > Integer.MAX_VALUE ? null : shard.intValue(),
                ours(event, "position"),
                ours(event, "version"),
                staleness == null ? null : Duration.ofNanos(staleness));
        return evidence.equals(Evidence.NONE) ? Evidence.NONE : evidence;
    }

    /// Null for what others may have put under the same name.
    private static @Nullable Long ours(Event event, String field) {
        return event.get(field) instanceof Whole(long value) && value >= 0 ? value : null;
    }

    /// The event without a line end.
    static String line(Op op) {
        StringBuilder line = new StringBuilder(160);
        line.append("{:index ").append(op.index());
        line.append(", :type :").append(op.type().name().toLowerCase(Locale.ROOT));
        line.append(", :process ").append(op.ofClient() ? Integer.toString(op.process()) : ":nemesis");
        line.append(", :f :").append(op.function());
        EdnValues.write(op.key() == null ? op.value() : Value.items(Value.of(op.key()), op.value()), line.append(", :value "));
        line.append(", :time ").append(op.time());
        Evidence evidence = op.evidence();
        if (evidence.node() != null) EdnValues.quote(evidence.node(), line.append(", :node "));
        if (evidence.role() != null) EdnValues.quote(evidence.role(), line.append(", :role "));
        if (evidence.shard() != null) line.append(", :shard ").append(evidence.shard());
        if (evidence.position() != null) line.append(", :position ").append(evidence.position());
        if (evidence.version() != null) line.append(", :version ").append(evidence.version());
        if (evidence.staleness() != null) line.append(", :staleness-nanos ").append(evidence.staleness().toNanos());
        if (op.error() != null) EdnValues.quote(op.error(), line.append(", :error "));
        return line.append('}').toString();
    }
}
