package io.engram.jepsen.report;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.stream.Collectors;

/// Numbers, times and values as a reader wants them.
final class Shown {
    private Shown() {}

    /// With the unit that leaves the fewest digits: 3.2 ms.
    static String nanos(long nanos) {
        long size = Math.abs(nanos);
        if (size == 0) return "0";
        if (size < 1_000) return nanos + " ns";
        if (size < 1_000_000) return digits(nanos / 1e3) + " µs";
        if (size < 1_000_000_000L) return digits(nanos / 1e6) + " ms";
        if (size < 600_000_000_000L) return digits(nanos / 1e9) + " s";
        return digits(nanos / 6e10) + " min";
    }

    /// A moment of the run, to the millisecond.
    static String moment(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }

    /// To the second, in UTC.
    static String instant(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ').replace("Z", " UTC");
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    static String share(long part, long whole) {
        if (whole == 0) return "–";
        double percent = 100.0 * part / whole;
        // Never round to all or nothing what is not.
        if (part != 0 && percent < 0.01) return "<0.01 %";
        if (part != whole && percent > 99.99) return ">99.99 %";
        return digits(percent) + " %";
    }

    static String digits(double number) {
        if (!Double.isFinite(number)) return String.valueOf(number);
        if (number == Math.rint(number) && Math.abs(number) < 1e15) return String.format(Locale.ROOT, "%,d", (long) number);
        MathContext places = new MathContext(Math.abs(number) >= 100 ? 4 : 3);
        return new BigDecimal(number).round(places).stripTrailingZeros().toPlainString();
    }

    static String value(Value value) {
        return switch (value) {
            case Value.Nil _ -> "nil";
            case Value.Bool b -> String.valueOf(b.value());
            case Value.Whole w -> String.valueOf(w.value());
            case Value.Real r -> String.valueOf(r.value());
            case Value.Text t -> t.value();
            case Value.Items i -> i.values().stream().map(Shown::value).collect(Collectors.joining(", ", "[", "]"));
            case Value.Fields f ->
                f.entries().entrySet().stream().map(e -> e.getKey() + " " + value(e.getValue())).collect(Collectors.joining(", ", "{", "}"));
        };
    }

    /// What was asked and what came of it: `read k1 → 3`.
    static String operation(Operation operation) {
        StringBuilder text = new StringBuilder(operation.function());
        if (operation.key() != null) text.append(' ').append(operation.key());
        Value asked = operation.invocation().value();
        if (!asked.equals(Value.NIL)) text.append(' ').append(value(asked));
        if (operation.completion() == null) return text.append(" → no answer").toString();
        Value told = operation.completion().value();
        switch (operation.outcome()) {
            case OK -> {
                // A read that found nothing says so; a write that answers nothing, or what it was given, need not.
                if (!told.equals(asked)) text.append(" → ").append(value(told));
                else if (asked.equals(Value.NIL)) text.append(" → nil");
            }
            case FAIL, INFO -> {
                text.append(" → ").append(operation.outcome().name().toLowerCase(Locale.ROOT));
                if (operation.completion().error() != null) text.append(' ').append(operation.completion().error());
            }
            case INVOKE -> throw new IllegalStateException("an operation cannot come out as " + operation.outcome());
        }
        return text.toString();
    }

    /// The same without the reason: `write k1 3 → ?` if nobody knows.
    static String brief(Operation operation) {
        if (operation.outcome() == OpType.OK) return operation(operation);
        String asked = operation.function() + (operation.key() == null ? "" : " " + operation.key())
                + (operation.invocation().value().equals(Value.NIL) ? "" : " " + value(operation.invocation().value()));
        return asked + (operation.outcome() == OpType.FAIL ? " → failed" : " → ?");
    }

    /// A figure's name as words, its unit at the end: `p99StalenessMillis` reads "p99 staleness, ms".
    static String name(String figure) {
        String words = figure.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
        return words.replaceFirst(" nanos$", ", ns").replaceFirst(" micros$", ", µs").replaceFirst(" millis$", ", ms").replaceFirst(" seconds$", ", s");
    }

    static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }
}
