package io.engram.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Figures as they come, shown at once and written as JSON at the end. For one thread.
final class Measurements {
    private final PrintStream out;
    private final List<Figure> figures = new ArrayList<>();

    Measurements(PrintStream out) {
        this.out = out;
    }

    void chapter(String title) {
        out.println();
        out.println(title);
    }

    Figure add(String name, Map<String, String> of, String unit, List<Double> rounds) {
        Figure figure = new Figure(name, of, unit, rounds);
        figures.add(figure);
        String with = of.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(" "));
        out.printf("  %-34s %-28s %s%n", name, with, figure.shown());
        return figure;
    }

    /// What the figures were measured on, and the figures with all their rounds.
    void write(Path file, Instant began) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        root.put("began", began.toString());
        root.put("processors", Runtime.getRuntime().availableProcessors());
        root.put("java", Runtime.version().toString());
        root.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"));
        ArrayNode all = root.putArray("figures");
        for (Figure figure : figures) {
            ObjectNode node = all.addObject();
            node.put("name", figure.name()).put("unit", figure.unit()).put("median", figure.median()).put("least", figure.least()).put("most", figure.most());
            ObjectNode of = node.putObject("of");
            figure.of().forEach(of::put);
            ArrayNode rounds = node.putArray("rounds");
            figure.rounds().forEach(rounds::add);
        }
        Files.writeString(file, json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }
}
