package io.engram.jepsen.history;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What an operation carries or returns: the common ground of EDN and JSON, comparable by equality.
public sealed interface Value {
    /// EDN's and JSON's null. What it means (absent, or not known) is for the model to say.
    record Nil() implements Value {}

    record Bool(boolean value) implements Value {}

    record Whole(long value) implements Value {}

    record Real(double value) implements Value {}

    /// A string; an EDN keyword or symbol is read as its name.
    record Text(String value) implements Value {}

    /// A vector, list or set; a set's elements stand in the order in which they were read.
    record Items(List<Value> values) implements Value {
        public Items {
            values = List.copyOf(values);
        }
    }

    /// @param entries in their order of appearance
    record Fields(Map<String, Value> entries) implements Value {
        public Fields {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    Nil NIL = new Nil();

    static Value of(long value) {
        return new Whole(value);
    }

    static Value of(String value) {
        return new Text(value);
    }

    static Value of(boolean value) {
        return new Bool(value);
    }

    static Value items(Value... values) {
        return new Items(List.of(values));
    }
}
