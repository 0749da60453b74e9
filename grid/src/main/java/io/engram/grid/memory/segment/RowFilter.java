package io.engram.grid.memory.segment;

import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Filter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// A filter made ready for many rows. Values of kinds that do not compare do not match; [Filter.Not] is true of whatever
/// does not match.
@FunctionalInterface
interface RowFilter {
    /// @param attributes as [RowAttributes] writes them
    boolean matches(byte @Nullable [] attributes);

    static RowFilter compile(Filter filter) {
        return switch (filter) {
            case Filter.Equal equal -> test(equal.attribute(), equal.value(), order -> order == 0);
            case Filter.In in -> any(in.values().stream().map(v -> test(in.attribute(), v, order -> order == 0)).toList());
            case Filter.Range range -> range(range);
            case Filter.And and -> all(and.filters().stream().map(RowFilter::compile).toList());
            case Filter.Or or -> any(or.filters().stream().map(RowFilter::compile).toList());
            case Filter.Not not -> not(compile(not.filter()));
            case Filter.Exists exists -> exists(exists.attribute());
        };
    }

    private static RowFilter range(Filter.Range range) {
        RowFilter low = range.low()
                .map(end -> test(range.attribute(), end.value(), end.inclusive() ? order -> order >= 0 : order -> order > 0))
                .orElse(exists(range.attribute()));
        RowFilter high = range.high()
                .map(end -> test(range.attribute(), end.value(), end.inclusive() ? order -> order <= 0 : order -> order < 0))
                .orElse(exists(range.attribute()));
        return row -> low.matches(row) && high.matches(row);
    }

    private static RowFilter all(List<RowFilter> filters) {
        RowFilter[] array = filters.toArray(RowFilter[]::new);
        return row -> {
            for (RowFilter filter : array) if (!filter.matches(row)) return false;
            return true;
        };
    }

    private static RowFilter any(List<RowFilter> filters) {
        RowFilter[] array = filters.toArray(RowFilter[]::new);
        return row -> {
            for (RowFilter filter : array) if (filter.matches(row)) return true;
            return false;
        };
    }

    private static RowFilter not(RowFilter filter) {
        return row -> !filter.matches(row);
    }

    private static RowFilter exists(String attribute) {
        byte[] name = name(attribute);
        return row -> RowAttributes.find(row, name) >= 0;
    }

    /// @param accepts told the sign of the row's value compared with `value`
    private static RowFilter test(String attribute, AttributeValue value, IntPredicate accepts) {
        byte[] name = name(attribute);
        return switch (value) {
            case AttributeValue.Text text -> {
                byte[] wanted = text.value().getBytes(StandardCharsets.UTF_8);
                yield row -> {
                    int at = RowAttributes.find(row, name);
                    return row != null && at >= 0 && RowAttributes.kind(row, at) == RowAttributes.TEXT
                            && accepts.test(RowAttributes.compareText(row, at, wanted));
                };
            }
            case AttributeValue.Whole whole -> row -> {
                int at = RowAttributes.find(row, name);
                if (row == null || at < 0) return false;
                return switch (RowAttributes.kind(row, at)) {
                    case RowAttributes.WHOLE -> accepts.test(Long.compare(RowAttributes.whole(row, at), whole.value()));
                    case RowAttributes.REAL -> accepts.test(-compare(whole.value(), RowAttributes.real(row, at)));
                    default -> false;
                };
            };
            case AttributeValue.Real real -> row -> {
                int at = RowAttributes.find(row, name);
                if (row == null || at < 0) return false;
                return switch (RowAttributes.kind(row, at)) {
                    case RowAttributes.WHOLE -> accepts.test(compare(RowAttributes.whole(row, at), real.value()));
                    case RowAttributes.REAL -> accepts.test(compare(RowAttributes.real(row, at), real.value()));
                    default -> false;
                };
            };
            case AttributeValue.Flag flag -> row -> {
                int at = RowAttributes.find(row, name);
                return row != null && at >= 0 && RowAttributes.kind(row, at) == RowAttributes.FLAG
                        && accepts.test(Boolean.compare(RowAttributes.flag(row, at), flag.value()));
            };
        };
    }

    private static byte[] name(String attribute) {
        return attribute.getBytes(StandardCharsets.UTF_8);
    }

    /// By value, without rounding the whole number to a double.
    private static int compare(long whole, double real) {
        // Both ends are doubles; a long is never outside them.
        if (real >= 0x1p63) return -1;
        if (real < -0x1p63) return 1;
        long floor = (long) Math.floor(real);
        int order = Long.compare(whole, floor);
        return order != 0 || floor == real ? order : -1;
    }

    /// Finite numbers; zero has one sign.
    private static int compare(double a, double b) {
        return a < b ? -1 : a > b ? 1 : 0;
    }
}
