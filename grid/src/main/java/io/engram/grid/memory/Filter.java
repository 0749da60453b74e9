package io.engram.grid.memory;

import java.util.List;
import java.util.Optional;

/// A condition on attributes. A memory without the attribute matches none but [Not].
public sealed interface Filter {
    record Equal(String attribute, AttributeValue value) implements Filter {}

    record In(String attribute, List<AttributeValue> values) implements Filter {
        public In {
            values = List.copyOf(values);
        }
    }

    /// At least one end is present; both ends are of comparable kinds.
    record Range(String attribute, Optional<End> low, Optional<End> high) implements Filter {
        public record End(AttributeValue value, boolean inclusive) {}
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
}
