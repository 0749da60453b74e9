package io.engram.client;

import java.util.Optional;

/// What reads ask with, to the wire: consistency, view, filters, conditions.
final class WireQuestions {
    private WireQuestions() {}

    static io.engram.v1.Consistency consistency(Consistency consistency) {
        var wire = io.engram.v1.Consistency.newBuilder();
        if (consistency instanceof Consistency.Linearizable)
            wire.setLinearizable(io.engram.v1.Linearizable.getDefaultInstance());
        else if (consistency instanceof Consistency.Bounded bounded)
            wire.setBounded(io.engram.v1.Bounded.newBuilder().setMaxStaleness(Wire.duration(bounded.maxStaleness())));
        else if (consistency instanceof Consistency.AtLeast atLeast)
            wire.setAtLeast(io.engram.v1.AtLeast.newBuilder()
                    .addAllPositions(atLeast.positions().stream().map(Wire::position).toList()));
        else if (consistency instanceof Consistency.Eventual) wire.setEventual(io.engram.v1.Eventual.getDefaultInstance());
        return wire.build();
    }

    static io.engram.v1.View view(Optional<View> view) {
        if (view.isEmpty()) return io.engram.v1.View.VIEW_UNSPECIFIED;
        return switch (view.get()) {
            case FULL -> io.engram.v1.View.VIEW_FULL;
            case WITHOUT_VECTOR -> io.engram.v1.View.VIEW_WITHOUT_VECTOR;
            case KEYS -> io.engram.v1.View.VIEW_KEYS;
        };
    }

    static Optional<io.engram.v1.WriteCondition> condition(WriteCondition condition) {
        if (condition instanceof WriteCondition.VersionIs version)
            return Optional.of(io.engram.v1.WriteCondition.newBuilder().setVersion(version.version()).build());
        if (condition instanceof WriteCondition.MustNotExist)
            return Optional.of(io.engram.v1.WriteCondition.newBuilder().setMustNotExist(true).build());
        return Optional.empty();
    }

    static io.engram.v1.Filter filter(Filter filter) {
        var wire = io.engram.v1.Filter.newBuilder();
        if (filter instanceof Filter.Equal equal)
            wire.setEquals(io.engram.v1.Equals.newBuilder().setAttribute(equal.attribute()).setValue(Wire.attribute(equal.value())));
        else if (filter instanceof Filter.In in)
            wire.setIn(io.engram.v1.In.newBuilder()
                    .setAttribute(in.attribute())
                    .addAllValues(in.values().stream().map(Wire::attribute).toList()));
        else if (filter instanceof Filter.Range range) wire.setRange(range(range));
        else if (filter instanceof Filter.And and)
            wire.setAnd(io.engram.v1.And.newBuilder().addAllFilters(and.filters().stream().map(WireQuestions::filter).toList()));
        else if (filter instanceof Filter.Or or)
            wire.setOr(io.engram.v1.Or.newBuilder().addAllFilters(or.filters().stream().map(WireQuestions::filter).toList()));
        else if (filter instanceof Filter.Not not) wire.setNot(io.engram.v1.Not.newBuilder().setFilter(filter(not.filter())));
        else if (filter instanceof Filter.Exists exists)
            wire.setExists(io.engram.v1.Exists.newBuilder().setAttribute(exists.attribute()));
        return wire.build();
    }

    private static io.engram.v1.Range range(Filter.Range range) {
        var wire = io.engram.v1.Range.newBuilder().setAttribute(range.attribute());
        range.low().ifPresent(low -> {
            if (low.inclusive()) wire.setAtLeast(Wire.attribute(low.value()));
            else wire.setAbove(Wire.attribute(low.value()));
        });
        range.high().ifPresent(high -> {
            if (high.inclusive()) wire.setAtMost(Wire.attribute(high.value()));
            else wire.setBelow(Wire.attribute(high.value()));
        });
        return wire.build();
    }
}
