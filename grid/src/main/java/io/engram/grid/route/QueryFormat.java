package io.engram.grid.route;

import io.engram.grid.cluster.StatusFormat;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.View;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.wire.Attribute;
import io.engram.grid.wire.FilterNode;
import io.engram.grid.wire.MemoryRead;
import io.engram.grid.wire.ReadConsistency;
import io.engram.grid.wire.ReadProof;
import io.engram.grid.wire.ReadView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Parts of reads as one node asks them of another. The `from` methods throw [IllegalArgumentException] for what is no such part.
final class QueryFormat {
    private QueryFormat() {}

    static ReadConsistency of(Consistency consistency, ShardId shard) {
        var wire = ReadConsistency.newBuilder();
        return switch (consistency) {
            case Consistency.Linearizable() -> wire.setLinearizable(true).build();
            case Consistency.Bounded(Duration bound) -> wire.setBoundedNs(bound.toNanos()).build();
            case Consistency.AtLeast(List<Position> positions) -> wire.setAtLeast(indexOf(positions, shard)).build();
            case Consistency.Eventual() -> wire.setEventual(true).build();
        };
    }

    private static long indexOf(List<Position> positions, ShardId shard) {
        return positions.stream().filter(p -> p.shard().equals(shard)).mapToLong(Position::index).max().orElse(0);
    }

    static Consistency from(ReadConsistency wire, ShardId shard) {
        return switch (wire.getPromiseCase()) {
            case LINEARIZABLE -> new Consistency.Linearizable();
            case BOUNDED_NS -> new Consistency.Bounded(Duration.ofNanos(wire.getBoundedNs()));
            case AT_LEAST -> new Consistency.AtLeast(List.of(new Position(shard, wire.getAtLeast())));
            case EVENTUAL -> new Consistency.Eventual();
            case PROMISE_NOT_SET -> throw new IllegalArgumentException("consistency must be set");
        };
    }

    static ReadProof of(ShardProof proof) {
        var wire = ReadProof.newBuilder()
                .setApplied(proof.applied().index())
                .setHow(switch (proof.how()) {
                    case FENCED_LEADER -> 1;
                    case FENCED_FOLLOWER -> 2;
                    case PROBED -> 3;
                    case UNPROVEN -> 4;
                })
                .setTerm(proof.term());
        proof.staleness().ifPresent(s -> wire.setStalenessNs(s.toNanos()));
        proof.role().ifPresent(role -> wire.setRole(StatusFormat.number(role)));
        return wire.build();
    }

    static ShardProof from(ReadProof wire, ShardId shard) {
        ShardProof.How how = switch (wire.getHow()) {
            case 1 -> ShardProof.How.FENCED_LEADER;
            case 2 -> ShardProof.How.FENCED_FOLLOWER;
            case 3 -> ShardProof.How.PROBED;
            case 4 -> ShardProof.How.UNPROVEN;
            default -> throw new IllegalArgumentException("proof.how must be 1..4, was " + wire.getHow());
        };
        Optional<Duration> staleness = wire.hasStalenessNs() ? Optional.of(Duration.ofNanos(wire.getStalenessNs())) : Optional.empty();
        Optional<ReplicaView.Role> role = wire.getRole() == 0 ? Optional.empty() : Optional.of(StatusFormat.role(wire.getRole()));
        return new ShardProof(new Position(shard, wire.getApplied()), how, staleness, wire.getTerm(), role);
    }

    static ReadView of(View view) {
        return switch (view) {
            case FULL -> ReadView.READ_VIEW_FULL;
            case WITHOUT_VECTOR -> ReadView.READ_VIEW_WITHOUT_VECTOR;
            case KEYS -> ReadView.READ_VIEW_KEYS;
        };
    }

    static View from(ReadView wire) {
        return switch (wire) {
            case READ_VIEW_FULL -> View.FULL;
            case READ_VIEW_WITHOUT_VECTOR -> View.WITHOUT_VECTOR;
            case READ_VIEW_KEYS -> View.KEYS;
            case READ_VIEW_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("unknown view");
        };
    }

    static MemoryRead of(Memory memory) {
        return MemoryRead.newBuilder()
                .setObservation(WireFormat.of(memory.observation()))
                .setVersion(memory.version())
                .setTier(switch (memory.tier()) {
                    case HOT -> 1;
                    case WARM -> 2;
                    case COLD -> 3;
                })
                .setAdjustedConfidence(memory.adjustedConfidence())
                .build();
    }

    static Memory from(MemoryRead wire, ShardId shard) {
        Memory.Tier tier = switch (wire.getTier()) {
            case 1 -> Memory.Tier.HOT;
            case 2 -> Memory.Tier.WARM;
            case 3 -> Memory.Tier.COLD;
            default -> throw new IllegalArgumentException("tier must be 1..3, was " + wire.getTier());
        };
        return new Memory(WireFormat.from(wire.getObservation()), shard, wire.getVersion(), tier, wire.getAdjustedConfidence());
    }

    static FilterNode of(Filter filter) {
        var wire = FilterNode.newBuilder();
        switch (filter) {
            case Filter.Equal(String attribute, AttributeValue value) -> wire.setEqual(WireFormat.of(attribute, value));
            case Filter.In(String attribute, List<AttributeValue> values) -> {
                var in = FilterNode.Values.newBuilder().setAttribute(attribute);
                for (AttributeValue value : values) in.addValues(WireFormat.of(attribute, value));
                wire.setIn(in);
            }
            case Filter.Range(String attribute, Optional<Filter.Range.End> low, Optional<Filter.Range.End> high) -> {
                var range = FilterNode.Range.newBuilder().setAttribute(attribute);
                low.ifPresent(end -> range.setLow(WireFormat.of(attribute, end.value())).setLowInclusive(end.inclusive()));
                high.ifPresent(end -> range.setHigh(WireFormat.of(attribute, end.value())).setHighInclusive(end.inclusive()));
                wire.setRange(range);
            }
            case Filter.And(List<Filter> filters) -> wire.setAnd(many(filters));
            case Filter.Or(List<Filter> filters) -> wire.setOr(many(filters));
            case Filter.Not(Filter inner) -> wire.setNot(of(inner));
            case Filter.Exists(String attribute) -> wire.setExists(attribute);
        }
        return wire.build();
    }

    private static FilterNode.Many many(List<Filter> filters) {
        var many = FilterNode.Many.newBuilder();
        for (Filter filter : filters) many.addFilters(of(filter));
        return many.build();
    }

    static Filter from(FilterNode wire) {
        return switch (wire.getKindCase()) {
            case EQUAL -> new Filter.Equal(wire.getEqual().getName(), WireFormat.from(wire.getEqual()));
            case IN -> new Filter.In(wire.getIn().getAttribute(), wire.getIn().getValuesList().stream().map(WireFormat::from).toList());
            case RANGE -> {
                var range = wire.getRange();
                yield new Filter.Range(
                        range.getAttribute(),
                        range.hasLow() ? Optional.of(end(range.getLow(), range.getLowInclusive())) : Optional.empty(),
                        range.hasHigh() ? Optional.of(end(range.getHigh(), range.getHighInclusive())) : Optional.empty());
            }
            case AND -> new Filter.And(wire.getAnd().getFiltersList().stream().map(QueryFormat::from).toList());
            case OR -> new Filter.Or(wire.getOr().getFiltersList().stream().map(QueryFormat::from).toList());
            case NOT -> new Filter.Not(from(wire.getNot()));
            case EXISTS -> new Filter.Exists(wire.getExists());
            case KIND_NOT_SET -> throw new IllegalArgumentException("filter must have a kind");
        };
    }

    private static Filter.Range.End end(Attribute value, boolean inclusive) {
        return new Filter.Range.End(WireFormat.from(value), inclusive);
    }
}
