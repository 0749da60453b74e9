package io.engram.grid.log;

import java.util.regex.Pattern;

/// Name of a node: unique in its cluster, for life.
public record NodeId(String value) implements Comparable<NodeId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z][a-z0-9-]{0,30}");

    public NodeId {
        if (!SHAPE.matcher(value).matches())
            throw new IllegalArgumentException("node id must match " + SHAPE + ", was '" + value + "'");
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
