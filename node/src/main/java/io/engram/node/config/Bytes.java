package io.engram.node.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount of memory or disk.
///
/// @param count at least 0
public record Bytes(long count) {
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|TiB)?");

    public Bytes {
        if (count < 0) throw new IllegalArgumentException("must be >= 0, was " + count);
    }

    public static Bytes kibibytes(long count) {
        return new Bytes(Math.multiplyExact(count, 1L << 10));
    }

    public static Bytes mebibytes(long count) {
        return new Bytes(Math.multiplyExact(count, 1L << 20));
    }

    /// @param text a whole number and a unit: `8MiB`, `64 KiB`, `512` (bytes)
    /// @throws IllegalArgumentException with the rule
    public static Bytes parse(String text) {
        Matcher matcher = SHAPE.matcher(text.strip());
        if (!matcher.matches())
            throw new IllegalArgumentException("must be a whole number with B, KiB, MiB, GiB or TiB, was '" + text + "'");
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        int shift = switch (unit) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case "TiB" -> 40;
            default -> 0;
        };
        try {
            return new Bytes(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is too large: '" + text + "'", e);
        }
    }

    /// In the largest unit that divides it: `8MiB`.
    @Override
    public String toString() {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        long value = count;
        int unit = 0;
        while (value != 0 && value % 1024 == 0 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%d%s", value, units[unit]);
    }
}
