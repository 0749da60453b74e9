package io.engram.jepsen.history.format;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The log lines of Jepsen's etcd test, as Porcupine and others carry them: `INFO  jepsen.util - 3  :invoke  :cas  [1 2]`.
///
/// A register that begins absent. Lines that are not of `jepsen.util` or not of a numbered process are left out. The log
/// has no times: an event's place is its time.
public final class EtcdLog {
    private static final Pattern EVENT = Pattern.compile("INFO\\s+jepsen\\.util\\s+-\\s+(\\d+)\\s+(\\S+)\\s+(\\S+)\\s*(.*)");
    private static final Pattern CAS = Pattern.compile("\\[\\s*(-?\\d+)[\\s,]+(-?\\d+)\\s*]");
    private static final String TIMED_OUT = ":timed-out";

    private EtcdLog() {}

    /// @throws BadHistoryException with the line and the rule that it breaks
    public static History read(Reader from) throws IOException {
        BufferedReader lines = from instanceof BufferedReader buffered ? buffered : new BufferedReader(from);
        Growing growing = new Growing();
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            Matcher event = EVENT.matcher(line);
            if (!event.matches()) continue;
            try {
                add(growing, number, event);
            } catch (IllegalArgumentException e) {
                throw new BadHistoryException(number, String.valueOf(e.getMessage()), e);
            }
        }
        return growing.done();
    }

    private static void add(Growing growing, int line, Matcher event) {
        boolean timedOut = event.group(4).strip().equals(TIMED_OUT);
        growing.add(
                line,
                type(event.group(2)),
                Integer.parseInt(event.group(1)),
                word(event.group(3)),
                null,
                timedOut ? Value.NIL : value(event.group(4).strip()),
                growing.size(),
                Evidence.NONE,
                timedOut ? "timed-out" : null);
    }

    private static OpType type(String word) {
        return switch (word) {
            case ":invoke" -> OpType.INVOKE;
            case ":ok" -> OpType.OK;
            case ":fail" -> OpType.FAIL;
            case ":info" -> OpType.INFO;
            default -> throw new IllegalArgumentException("must be :invoke, :ok, :fail or :info, was " + word);
        };
    }

    private static String word(String keyword) {
        if (keyword.length() < 2 || keyword.charAt(0) != ':') throw new IllegalArgumentException("must be a function such as :read, was " + keyword);
        return keyword.substring(1).toLowerCase(Locale.ROOT);
    }

    private static Value value(String text) {
        if (text.equals("nil")) return Value.NIL;
        Matcher cas = CAS.matcher(text);
        if (cas.matches()) return Value.items(Value.of(Long.parseLong(cas.group(1))), Value.of(Long.parseLong(cas.group(2))));
        try {
            return Value.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("value must be nil, a whole number, [from to] or :timed-out, was " + text, e);
        }
    }
}
