package io.engram.grid.memory;

import java.util.regex.Pattern;

/// What users call a space.
public record SpaceName(String value) implements Comparable<SpaceName> {
    public static final String SHAPE = "[a-z][a-z0-9-]{0,62}";
    private static final Pattern PATTERN = Pattern.compile(SHAPE);

    public SpaceName {
        if (!PATTERN.matcher(value).matches())
            throw new IllegalArgumentException("must match " + SHAPE + ", was '" + value + "'");
    }

    @Override
    public int compareTo(SpaceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
