package io.engram.jepsen.control;

import io.engram.jepsen.control.Control.Ground;
import io.engram.jepsen.control.Control.Use;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Fault.Plane;
import io.engram.jepsen.nemesis.Fault.Shape;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All controls. Those of processes come first: they need nothing but a JDK.
final class Controls {
    private static final Duration DELTA = Duration.ofMillis(500);
    private static final Duration USUAL = Duration.ofSeconds(5);

    /// Who hangs at a node that is cut off tries again soon, so that somebody reads there at every moment.
    private static final Duration IMPATIENT = Duration.ofSeconds(1);

    private static final String LINEARIZABLE = "linearizable";

    /// Engines that a control has no use for only make its nodes start later. One shard has one leader to aim at.
    private static final Map<String, String> LOG_ALONE = Map.of("hot.enabled", "false", "cold.enabled", "false", "shards", "1");

    /// A leader that is cut off leads on for the longest election timeout; another is elected after the shorter of two that are drawn. What
    /// Ratis gets wrong happens between the two.
    private static final Map<String, String> LONG_ELECTIONS = and(LOG_ALONE, Map.of("log.election-min", "500ms", "log.election-max", "5s"));

    /// The log stays one file: no snapshot keeps what the log loses, and no file is closed whose end is lost later, which is damage rather
    /// than loss.
    private static final Map<String, String> LOG_IN_ONE_FILE = and(LOG_ALONE, Map.of("log.snapshot-every", "100000"));

    private static final Map<String, String> WITH_HOT_TIER = Map.of("cold.enabled", "false", "shards", "1");

    private Controls() {}

    static List<Control> all() {
        return List.of(
                new Control(
                        "skip-version-check", "serves what the hot tier has, of whatever version",
                        new Ground(false, List.of("skip-version-check"), List.of("lossy-hot-tier"), WITH_HOT_TIER),
                        register(8, 5), List.of(), LINEARIZABLE),
                new Control(
                        "drop-dedupe", "records again what a session sends again",
                        new Ground(false, List.of("drop-dedupe"), List.of(), LOG_ALONE),
                        new Use("session-stream", Duration.ofSeconds(15), 10, 100, 1, DELTA, USUAL),
                        times(2, 6, Duration.ofSeconds(3), new Target.Leader(), new Fault.Kill()), "sequence"),
                new Control(
                        "skip-write", "acknowledges what only the log's buffers in its memory hold",
                        new Ground(false, List.of("skip-write"), List.of(), LOG_ALONE),
                        new Use("session-stream", Duration.ofSeconds(12), 10, 100, 1, DELTA, USUAL),
                        times(4, 60, Duration.ofSeconds(3), new Target.All(), new Fault.Kill()), "sequence"),
                new Control(
                        "plain-map", "is a Hazelcast map, and no log decides",
                        new Ground(true, List.of("plain-map"), List.of(), Map.of()),
                        register(20, 5), times(2, 60, Duration.ofSeconds(14), new Target.One(), isolate()), LINEARIZABLE),
                ratis("ratis-reads", "reads by Ratis' option LINEARIZABLE"),
                ratis("ratis-lease", "reads by Ratis' option LINEARIZABLE, with its leader lease"),
                new Control(
                        "unchecked-follower", "a follower claims every bound, unasked",
                        new Ground(true, List.of("unchecked-follower"), List.of(), LOG_ALONE),
                        new Use("bounded-staleness", Duration.ofSeconds(10), 9, 200, 3, DELTA, USUAL),
                        times(2, 60, Duration.ofSeconds(6), new Target.One(), isolate()), "staleness"),
                new Control(
                        "early-commit", "acknowledges what one replica alone has",
                        new Ground(true, List.of("early-commit"), List.of(), LOG_ALONE),
                        new Use("session-stream", Duration.ofSeconds(12), 10, 100, 1, DELTA, USUAL),
                        times(2, 60, Duration.ofSeconds(6), new Target.Leader(), isolate()), "sequence"),
                new Control(
                        "skip-fsync", "acknowledges what was not forced to disk",
                        new Ground(true, List.of("skip-fsync"), List.of(), LOG_IN_ONE_FILE),
                        new Use("session-stream", Duration.ofSeconds(10), 10, 100, 1, DELTA, USUAL),
                        times(8, 60, Duration.ofSeconds(3), new Target.All(), new Fault.LostWrites()), "sequence"));
    }

    /// The cut falls into the first rest of the writers, when the last write has been read at the leader. Once another was elected, in that
    /// rest or in the four seconds after it, the others' writers write, and the leader that was cut off is read.
    private static Control ratis(String name, String wrong) {
        return new Control(
                name, wrong, new Ground(true, List.of(name), List.of(), LONG_ELECTIONS),
                new Use("register-lulls", Duration.ofSeconds(13), 9, 100, 3, DELTA, IMPATIENT),
                List.of(new Planned(1, Duration.ofMillis(4_700), Duration.ofSeconds(8), new Target.Leader(), isolate())), LINEARIZABLE);
    }

    private static Use register(int seconds, int keys) {
        return new Use("register", Duration.ofSeconds(seconds), 10, 200, keys, DELTA, USUAL);
    }

    private static Map<String, String> and(Map<String, String> settings, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(more);
        return Map.copyOf(all);
    }

    private static Fault isolate() {
        return new Fault.Partition(Shape.ISOLATE, Plane.ALL);
    }

    /// The same fault at `first` seconds and every `every` seconds after that, within 15 seconds.
    private static List<Planned> times(int first, int every, Duration lasts, Target target, Fault fault) {
        List<Planned> planned = new ArrayList<>();
        for (int at = first; at < 15; at += every) planned.add(new Planned(planned.size() + 1, Duration.ofSeconds(at), lasts, target, fault));
        return planned;
    }
}
