package io.engram.bench;

import io.engram.client.Consistency;
import io.engram.client.Engram;
import io.engram.client.MemorySpace;
import io.engram.client.Observation;
import io.engram.client.ObserveOptions;
import io.engram.client.ObserveSession;
import io.engram.client.ReadOptions;
import io.engram.client.RecallQuery;
import io.engram.client.SpaceSettings;
import io.engram.client.Vector;
import io.engram.client.View;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// What is measured on one cluster. The small vectors of the put suites keep the cost of the write path itself in view.
final class Suites {
    private static final int SMALL = 8;
    private static final int MODEL = 384;
    private static final int KEYS = 1_000;
    private static final int INGESTED = 10_000;
    private static final Duration FLUSH = Duration.ofMinutes(10);
    private static final long SEED = 20_261;

    /// @param warmUp before a suite's first round
    /// @param round of each measurement
    record Times(Duration warmUp, Duration round) {}

    /// @param nodes of the cluster
    /// @param rounds of each measurement
    /// @param callers at once, one measurement for each
    record Shape(int nodes, int rounds, List<Integer> callers) {}

    private final Engram engram;
    private final Path folder;
    private final Shape shape;
    private final Times times;
    private final Measurements measurements;

    Suites(Engram engram, Path folder, Shape shape, Times times, Measurements measurements) {
        this.engram = engram;
        this.folder = folder;
        this.shape = shape;
        this.times = times;
        this.measurements = measurements;
    }

    /// Durable puts beside the raw cost of write and fsync on the same disk, in the same round.
    void put() throws IOException {
        MemorySpace space = space("put", SMALL);
        RandomGenerator random = random();
        List<Vector> vectors = vectors(KEYS, SMALL, random);
        Load.run(Collections.max(shape.callers()), times.warmUp(), (caller, n) -> put(space, caller, n, vectors));
        for (int callers : shape.callers()) {
            List<Double> rates = new ArrayList<>();
            List<Double> p50 = new ArrayList<>();
            List<Double> p99 = new ArrayList<>();
            List<Double> raw = new ArrayList<>();
            List<Double> rawP99 = new ArrayList<>();
            List<Double> ratio = new ArrayList<>();
            List<Double> ratioP99 = new ArrayList<>();
            for (int round = 0; round < shape.rounds(); round++) {
                RawFsync.Result floor = RawFsync.run(folder, Duration.ofSeconds(1));
                Load.Result result = succeeded(Load.run(callers, times.round(), (caller, n) -> put(space, caller, n, vectors)));
                rates.add(result.perSecond());
                p50.add(result.p50Millis());
                p99.add(result.p99Millis());
                raw.add(floor.p50Millis());
                rawP99.add(floor.p99Millis());
                ratio.add(result.p50Millis() / floor.p50Millis());
                ratioP99.add(result.p99Millis() / floor.p99Millis());
            }
            add("put, durable", callers, "a second", rates);
            add("put, p50", callers, "ms", p50);
            add("put, p99", callers, "ms", p99);
            add("raw write + fsync, p50", callers, "ms", raw);
            add("raw write + fsync, p99", callers, "ms", rawP99);
            add("put p50 / raw p50", callers, "times", ratio);
            add("put p99 / raw p99", callers, "times", ratioP99);
        }
    }

    void get() {
        MemorySpace space = space("get", SMALL);
        List<Vector> vectors = vectors(KEYS, SMALL, random());
        fill(space, "fill", KEYS, vectors);
        ReadOptions bounded = ReadOptions.at(new Consistency.Bounded(Duration.ofSeconds(1)));
        Load.run(Collections.max(shape.callers()), times.warmUp(), (caller, n) -> space.get(key(n % KEYS)));
        for (int callers : shape.callers()) {
            read("get, linearizable", callers, (caller, n) -> space.get(key((n * 31 + caller) % KEYS)));
            read("get, bounded 1 s", callers, (caller, n) -> space.get(key((n * 31 + caller) % KEYS), bounded));
        }
    }

    /// One stream of ready vectors of the model's dimension.
    void ingest() {
        MemorySpace space = space("ingest", MODEL);
        List<Vector> vectors = vectors(KEYS, MODEL, random());
        fill(space, "warm", INGESTED / 4, vectors);
        List<Double> rates = new ArrayList<>();
        for (int round = 0; round < shape.rounds(); round++) {
            long began = System.nanoTime();
            fill(space, "round-" + round, INGESTED, vectors);
            rates.add(INGESTED / ((System.nanoTime() - began) / 1e9));
        }
        add("ingest, one stream, 384 floats", 1, "a second", rates);
    }

    void recall(int rows) {
        MemorySpace space = space("recall-" + rows, MODEL);
        RandomGenerator random = random();
        List<Vector> vectors = vectors(rows, MODEL, random);
        fill(space, "fill", rows, vectors);
        List<Vector> queries = vectors(200, MODEL, random);
        ReadOptions keys = ReadOptions.defaults().view(View.KEYS);
        Load.run(1, times.warmUp(), (caller, n) -> space.recall(RecallQuery.vector(queries.get((int) (n % queries.size()))).k(10), keys));
        for (int callers : List.of(1, 4)) {
            String name = "recall of 10 among " + rows;
            read(name, callers, (caller, n) -> space.recall(RecallQuery.vector(queries.get((int) ((n + caller) % queries.size()))).k(10), keys));
        }
        engram.spaces().delete("recall-" + rows);
    }

    private void read(String name, int callers, Load.Call call) {
        List<Double> rates = new ArrayList<>();
        List<Double> p50 = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        for (int round = 0; round < shape.rounds(); round++) {
            Load.Result result = succeeded(Load.run(callers, times.round(), call));
            rates.add(result.perSecond());
            p50.add(result.p50Millis());
            p99.add(result.p99Millis());
        }
        add(name, callers, "a second", rates);
        add(name + ", p50", callers, "ms", p50);
        add(name + ", p99", callers, "ms", p99);
    }

    private void add(String name, int callers, String unit, List<Double> values) {
        Map<String, String> of = new LinkedHashMap<>();
        of.put("nodes", Integer.toString(shape.nodes()));
        of.put("callers", Integer.toString(callers));
        measurements.add(name, of, unit, values);
    }

    private static Load.Result succeeded(Load.Result result) {
        // A figure with failures in it would compare with nothing.
        if (result.failed() > 0) throw new IllegalStateException(result.failed() + " calls failed during a round, one with", result.example().orElse(null));
        return result;
    }

    private MemorySpace space(String name, int dimension) {
        engram.spaces().create(SpaceSettings.named(name, dimension));
        return engram.space(name);
    }

    private static void put(MemorySpace space, int caller, long n, List<Vector> vectors) {
        space.put(Observation.builder("a small note of some forty characters or so").key(caller + "-" + n % KEYS).vector(vectors.get((int) (n % KEYS))).build());
    }

    private static void fill(MemorySpace space, String session, int count, List<Vector> vectors) {
        try (ObserveSession sending = space.observe(session, ObserveOptions.defaults().sendTimeout(FLUSH))) {
            for (int i = 0; i < count; i++)
                sending.send(Observation.builder("row " + i).key(key(i)).vector(vectors.get(i % vectors.size())).build());
            sending.flush(FLUSH);
        }
    }

    private static String key(long n) {
        return "k" + n % 1_000_000;
    }

    private static RandomGenerator random() {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    }

    private static List<Vector> vectors(int count, int dimension, RandomGenerator random) {
        List<Vector> vectors = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            float[] values = new float[dimension];
            for (int d = 0; d < dimension; d++) values[d] = (float) random.nextGaussian();
            vectors.add(Vector.of(values));
        }
        return vectors;
    }
}
