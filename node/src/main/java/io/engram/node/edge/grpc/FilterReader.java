package io.engram.node.edge.grpc;

import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads a filter, bounded in depth and in size: evaluating it costs time for each row that is looked at.
final class FilterReader {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_BRANCHES = 64;
    private static final int MAX_VALUES = 256;
    /// Conditions of all kinds in the whole filter.
    private static final int MAX_CONDITIONS = 512;

    private int conditions;

    private FilterReader() {}

    static Filter read(String field, io.engram.v1.Filter wire) {
        return new FilterReader().filter(field, wire, 1);
    }

    private Filter filter(String field, io.engram.v1.Filter wire, int depth) {
        if (depth > MAX_DEPTH) throw new InvalidFieldException(field, "must be at most " + MAX_DEPTH + " levels deep");
        if (++conditions > MAX_CONDITIONS)
            throw new InvalidFieldException(field, "must have at most " + MAX_CONDITIONS + " conditions in all");
        return switch (wire.getKindCase()) {
            case EQUALS -> {
                var equals = wire.getEquals();
                yield new Filter.Equal(
                        attribute(field + ".equals", equals.getAttribute()),
                        ObservationReader.attribute(field + ".equals.value", equals.getValue()));
            }
            case IN -> {
                List<io.engram.v1.AttributeValue> values = wire.getIn().getValuesList();
                String inside = field + ".in.values";
                if (values.isEmpty() || values.size() > MAX_VALUES)
                    throw new InvalidFieldException(inside, "must be 1.." + MAX_VALUES + ", were " + values.size());
                List<AttributeValue> read = new ArrayList<>(values.size());
                for (int i = 0; i < values.size(); i++)
                    read.add(ObservationReader.attribute(inside + "[" + i + "]", values.get(i)));
                yield new Filter.In(attribute(field + ".in", wire.getIn().getAttribute()), read);
            }
            case RANGE -> range(field + ".range", wire.getRange());
            case AND -> new Filter.And(all(field + ".and.filters", wire.getAnd().getFiltersList(), depth));
            case OR -> new Filter.Or(all(field + ".or.filters", wire.getOr().getFiltersList(), depth));
            case NOT -> new Filter.Not(filter(field + ".not.filter", wire.getNot().getFilter(), depth + 1));
            case EXISTS -> new Filter.Exists(attribute(field + ".exists", wire.getExists().getAttribute()));
            case KIND_NOT_SET -> throw new InvalidFieldException(field, "must be a condition of a kind that this node knows");
        };
    }

    private static String attribute(String field, String name) {
        return ObservationReader.attributeName(field + ".attribute", name);
    }

    private List<Filter> all(String field, List<io.engram.v1.Filter> wire, int depth) {
        if (wire.isEmpty() || wire.size() > MAX_BRANCHES)
            throw new InvalidFieldException(field, "must be 1.." + MAX_BRANCHES + ", were " + wire.size());
        List<Filter> read = new ArrayList<>(wire.size());
        for (int i = 0; i < wire.size(); i++) read.add(filter(field + "[" + i + "]", wire.get(i), depth + 1));
        return read;
    }

    private static Filter range(String field, io.engram.v1.Range wire) {
        if (wire.hasAtLeast() && wire.hasAbove()) throw new InvalidFieldException(field + ".above", "must not be set beside at_least");
        if (wire.hasAtMost() && wire.hasBelow()) throw new InvalidFieldException(field + ".below", "must not be set beside at_most");
        Optional<Filter.Range.End> low = wire.hasAtLeast()
                ? Optional.of(end(field + ".at_least", wire.getAtLeast(), true))
                : wire.hasAbove() ? Optional.of(end(field + ".above", wire.getAbove(), false)) : Optional.empty();
        Optional<Filter.Range.End> high = wire.hasAtMost()
                ? Optional.of(end(field + ".at_most", wire.getAtMost(), true))
                : wire.hasBelow() ? Optional.of(end(field + ".below", wire.getBelow(), false)) : Optional.empty();
        if (low.isEmpty() && high.isEmpty()) throw new InvalidFieldException(field, "must have at least one end");
        if (low.isPresent() && high.isPresent() && isText(low.get()) != isText(high.get()))
            throw new InvalidFieldException(field, "must have ends that compare: two numbers or two strings");
        return new Filter.Range(attribute(field, wire.getAttribute()), low, high);
    }

    private static Filter.Range.End end(String field, io.engram.v1.AttributeValue wire, boolean inclusive) {
        AttributeValue value = ObservationReader.attribute(field, wire);
        if (value instanceof AttributeValue.Flag) throw new InvalidFieldException(field, "must be a number or a string");
        return new Filter.Range.End(value, inclusive);
    }

    private static boolean isText(Filter.Range.End end) {
        return end.value() instanceof AttributeValue.Text;
    }
}
