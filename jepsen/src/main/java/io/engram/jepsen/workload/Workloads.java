package io.engram.jepsen.workload;

import io.engram.jepsen.store.Stores;
import java.time.Duration;
import java.util.List;

/// The workloads there are, by name.
public final class Workloads {
    /// How a workload is cut to size.
    ///
    /// @param tag of the run: part of the spaces' names, so that what an earlier run left on the same cluster is not found
    /// @param keys that are in use at a time, where a workload has keys
    /// @param delta bound of staleness that readers ask for
    /// @param concurrency processes at a time
    public record Size(String tag, int keys, Duration delta, int concurrency) {
        public Size {
            if (!tag.matches("[a-z0-9]{1,20}")) throw new IllegalArgumentException("tag must be 1..20 small letters and digits, was '" + tag + "'");
            if (keys < 1 || keys > 1_000) throw new IllegalArgumentException("keys must be 1..1000, was " + keys);
            if (delta.isNegative() || delta.isZero()) throw new IllegalArgumentException("delta must be positive, was " + delta);
            if (concurrency < 1 || concurrency > 1_000) throw new IllegalArgumentException("concurrency must be 1..1000, was " + concurrency);
        }
    }

    private Workloads() {}

    /// In the order in which a soak takes them.
    public static List<String> names() {
        return List.of(
                RegisterWorkload.NAME, RegisterWorkload.LULLS, SessionStreamWorkload.NAME, BoundedStalenessWorkload.NAME, SetWorkload.NAME,
                MonotonicWorkload.NAME, RecallWorkload.NAME, SpacesWorkload.NAME);
    }

    /// @throws IllegalArgumentException there is no such workload; with those that there are
    public static Workload named(String name, Stores stores, Size size) {
        String space = "jepsen-" + size.tag();
        return switch (name) {
            case RegisterWorkload.NAME ->
                RegisterWorkload.busy(stores, space, Math.max(1, size.concurrency() / size.keys()), Judges.register());
            case RegisterWorkload.LULLS ->
                RegisterWorkload.withLulls(stores, space, size.keys(), size.concurrency(), Math.max(1, size.concurrency() / 3), Judges.register());
            case SetWorkload.NAME -> new SetWorkload(stores, space, Judges.set());
            case SessionStreamWorkload.NAME -> new SessionStreamWorkload(stores, space, Judges.sessionStream());
            case BoundedStalenessWorkload.NAME ->
                new BoundedStalenessWorkload(stores, space, size.keys(), size.delta(), Judges.boundedStaleness(size.delta()));
            case MonotonicWorkload.NAME -> new MonotonicWorkload(stores, space, size.keys(), Judges.monotonic());
            case RecallWorkload.NAME -> new RecallWorkload(stores, space, Judges.recall());
            case SpacesWorkload.NAME -> new SpacesWorkload(stores, space + "-", Judges.spaces());
            default -> throw new IllegalArgumentException("no workload '" + name + "'; there are " + String.join(", ", names()));
        };
    }
}
