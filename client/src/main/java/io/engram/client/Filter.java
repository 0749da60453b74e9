package io.engram.client;

import java.util.List;
import java.util.Optional;

/// A condition on attributes. A memory without the attribute matches none but [Not].
///
/// ```java
/// Filter.and(Filter.equal("room", "kitchen"), Filter.atLeast("floor", AttributeValue.of(2)));
/// ```
public sealed interface Filter {
    record Equal(String attribute, AttributeValue value) implements Filter {}

    record In(String attribute, List<AttributeValue> values) implements Filter {
        public In {
            values = List.copyOf(values);
        }
    }

    /// Numbers compare as numbers, strings by the bytes of UTF-8. At least one end is present.
    record Range(String attribute, Optional<End> low, Optional<End> high) implements Filter {
        public record End(AttributeValue value, boolean inclusive) {}

        public Range {
            if (low.isEmpty() && high.isEmpty())
                throw new IllegalArgumentException("range of '" + attribute + "' must have at least one end");
        }
    }

    record And(List<Filter> filters) implements Filter {
        public And {
            filters = List.copyOf(filters);
        }
    }

    record Or(List<Filter> filters) implements Filter {
        public Or {
            filters = List.copyOf(filters);
        }
    }

    record Not(Filter filter) implements Filter {}

    record Exists(String attribute) implements Filter {}

    static Filter equal(String attribute, AttributeValue value) {
        return new Equal(attribute, value);
    }

    static Filter equal(String attribute, String value) {
        return equal(attribute, AttributeValue.of(value));
    }

    static Filter equal(String attribute, long value) {
        return equal(attribute, AttributeValue.of(value));
    }

    static Filter equal(String attribute, boolean value) {
        return equal(attribute, AttributeValue.of(value));
    }

    static Filter in(String attribute, List<AttributeValue> values) {
        return new In(attribute, values);
    }

    static Filter atLeast(String attribute, AttributeValue low) {
        return new Range(attribute, Optional.of(new Range.End(low, true)), Optional.empty());
    }

    static Filter above(String attribute, AttributeValue low) {
        return new Range(attribute, Optional.of(new Range.End(low, false)), Optional.empty());
    }

    static Filter atMost(String attribute, AttributeValue high) {
        return new Range(attribute, Optional.empty(), Optional.of(new Range.End(high, true)));
    }

    static Filter below(String attribute, AttributeValue high) {
        return new Range(attribute, Optional.empty(), Optional.of(new Range.End(high, false)));
    }

    /// Both ends included.
    static Filter between(String attribute, AttributeValue low, AttributeValue high) {
        return new Range(attribute, Optional.of(new Range.End(low, true)), Optional.of(new Range.End(high, true)));
    }

    static Filter and(Filter... filters) {
        return new And(List.of(filters));
    }

    static Filter or(Filter... filters) {
        return new Or(List.of(filters));
    }

    static Filter not(Filter filter) {
        return new Not(filter);
    }

    static Filter exists(String attribute) {
        return new Exists(attribute);
    }
}
