package io.engram.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One measured figure, over several rounds.
///
/// @param of what it was measured with, such as callers and nodes; in the order in which it is shown
public record Figure(String name, Map<String, String> of, String unit, List<Double> rounds) {
    public Figure {
        rounds = List.copyOf(rounds);
        if (rounds.isEmpty()) throw new IllegalArgumentException("a figure needs at least one round");
    }

    public double median() {
        double[] sorted = rounds.stream().mapToDouble(r -> r).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public double least() {
        return rounds.stream().mapToDouble(r -> r).min().orElseThrow();
    }

    public double most() {
        return rounds.stream().mapToDouble(r -> r).max().orElseThrow();
    }

    /// Median, and the spread over the rounds.
    String shown() {
        return number(median()) + (rounds.size() == 1 ? "" : " (" + number(least()) + "–" + number(most()) + ")") + " " + unit;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
