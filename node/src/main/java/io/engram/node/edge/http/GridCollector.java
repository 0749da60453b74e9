package io.engram.node.edge.http;

import io.engram.grid.Figure;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shows the grid's figures, read anew for each scrape, with the prefix `engram_`.
public final class GridCollector extends Collector {
    private static final Logger LOG = LoggerFactory.getLogger(GridCollector.class);
    private final Supplier<List<Figure>> figures;

    public GridCollector(Supplier<List<Figure>> figures) {
        this.figures = figures;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Map<String, List<Figure>> families = new LinkedHashMap<>();
        try {
            for (Figure figure : figures.get()) families.computeIfAbsent(figure.name(), n -> new ArrayList<>()).add(figure);
        } catch (RuntimeException e) {
            // A part that cannot tell its figures must not hide those of the others.
            LOG.warn("reading figures failed", e);
        }
        return families.entrySet().stream().map(family -> family(family.getKey(), family.getValue())).toList();
    }

    private static MetricFamilySamples family(String name, List<Figure> figures) {
        boolean counter = figures.getFirst().kind() == Figure.Kind.COUNTER;
        String full = "engram_" + name;
        List<Sample> samples = new ArrayList<>(figures.size());
        for (Figure figure : figures) {
            TreeMap<String, String> labels = new TreeMap<>(figure.labels());
            samples.add(new Sample(full, List.copyOf(labels.keySet()), List.copyOf(labels.values()), figure.value()));
        }
        // A counter's family is called without the suffix that its samples carry.
        String familyName = counter && full.endsWith("_total") ? full.substring(0, full.length() - "_total".length()) : full;
        return new MetricFamilySamples(familyName, counter ? Type.COUNTER : Type.GAUGE, figures.getFirst().help(), samples);
    }
}
