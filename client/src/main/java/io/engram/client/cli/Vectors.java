package io.engram.client.cli;

import io.engram.client.Vector;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/// `1,0.5,-2` as a vector.
final class Vectors implements ITypeConverter<Vector> {
    private static final Pattern SEPARATOR = Pattern.compile("[,\\s]+");

    @Override
    public Vector convert(String text) {
        String[] parts = SEPARATOR.split(text.strip().replaceAll("^\\[|\\]$", ""), -1);
        float[] values = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                values[i] = Float.parseFloat(parts[i]);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + parts[i] + "' is no number: write a vector as 1,0.5,-2", e);
            }
        }
        return Vector.of(values);
    }
}
