package io.engram.client;

/// An association with another memory of the same space; the other need not exist.
///
/// @param relation `[a-zA-Z_][a-zA-Z0-9_.-]{0,63}`
/// @param weight above 0, at most 1
public record Link(String key, String relation, double weight) {
    public Link {
        if (!(weight > 0 && weight <= 1)) throw new IllegalArgumentException("weight must be > 0 and <= 1, was " + weight);
    }

    public static Link related(String key) {
        return new Link(key, "related", 1);
    }
}
