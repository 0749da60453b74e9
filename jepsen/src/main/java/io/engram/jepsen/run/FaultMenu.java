package io.engram.jepsen.run;

import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Fault.Plane;
import io.engram.jepsen.nemesis.Fault.Shape;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.nemesis.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Draws schedules: kinds of faults in, planned faults out, all from one seed.
public final class FaultMenu {
    /// Two of the others at once.
    public static final String COMPOSE = "compose";
    private static final List<String> KINDS = List.of(
            "partition", "partition-planes", "kill", "pause", "clock", "packets", "disk-full", "slow-disk", "lost-writes", "damage", "memory",
            "starvation", "rolling-restart", "replace", COMPOSE);
    /// Takes a node's data for good. Two such faults in a row could take the last copy of what is still being copied: that would be our
    /// doing, not the system's.
    private static final List<String> DESTRUCTIVE = List.of("damage", "replace");
    /// Of two faults at once, the order in which they are injected; they are healed the other way round. A clock shows on a process that runs,
    /// so that nothing may have killed it before; the kernel cannot kill what waits for a disk that stands still; restarts end only when nothing else is at work.
    private static final List<String> FIRST_TO_LAST = List.of(
            "rolling-restart", "clock", "pause", "memory", "lost-writes", "kill", "disk-full", "slow-disk", "partition", "partition-planes", "packets",
            "starvation");
    /// What would keep the other from showing: who is restarted is not there to be stopped, and a full disk takes no write that could be slow.
    private static final Map<String, Set<String>> NEVER_WITH = Map.of(
            "rolling-restart", Set.of("clock", "pause", "memory", "lost-writes", "kill", "slow-disk"), "disk-full", Set.of("slow-disk"));
    /// Longer than every election and lease timeout of a node.
    private static final Duration SHORTEST = Duration.ofSeconds(3);

    private FaultMenu() {}

    public static List<String> kinds() {
        return KINDS;
    }

    /// Faults one after another (a composition: two at once), each kind in turn in an order drawn by chance, with time to recover in between.
    ///
    /// @param kinds of [#kinds()]; none: an empty schedule
    /// @param run the mixed phase; all faults end within it
    /// @param interval mean length of a fault and of the pause after it
    /// @throws IllegalArgumentException an unknown kind, with those that there are; or no fault fits into the run
    public static Schedule draw(List<String> kinds, Duration run, Duration interval, long seed) {
        for (String kind : kinds)
            if (!KINDS.contains(kind)) throw new IllegalArgumentException("no fault '" + kind + "'; there are " + String.join(", ", KINDS));
        SplittableRandom random = new SplittableRandom(seed);
        List<Planned> faults = new ArrayList<>();
        List<String> bag = new ArrayList<>();
        boolean destroyed = false;
        Duration at = interval.dividedBy(2);
        while (!kinds.isEmpty()) {
            Duration lasts = longer(SHORTEST, interval.multipliedBy(60 + random.nextInt(80)).dividedBy(100));
            if (at.plus(lasts).compareTo(run) > 0) break;
            if (bag.isEmpty()) bag.addAll(shuffled(kinds, random));
            String kind = bag.removeFirst();
            if (DESTRUCTIVE.contains(kind) && destroyed) {
                if (DESTRUCTIVE.containsAll(kinds)) break;
                continue;
            }
            destroyed |= DESTRUCTIVE.contains(kind);
            for (Drawn drawn : kind.equals(COMPOSE) ? two(kinds, random) : List.of(one(kind, random)))
                faults.add(new Planned(faults.size(), at, lasts, drawn.target(), drawn.fault()));
            at = at.plus(lasts).plus(interval);
        }
        if (!kinds.isEmpty() && faults.isEmpty())
            throw new IllegalArgumentException("no fault fits into " + run + " with an interval of " + interval + ": give it more time");
        return new Schedule(seed, faults);
    }

    /// So that each kind has its turn within the run, and lasts for a while.
    public static Duration intervalFor(List<String> kinds, Duration run) {
        Duration share = run.dividedBy(2L * Math.max(2, kinds.size()) + 1);
        Duration longest = Duration.ofSeconds(10);
        return longer(SHORTEST.plusSeconds(1), share.compareTo(longest) < 0 ? share : longest);
    }

    private record Drawn(Fault fault, Target target) {}

    private static List<Drawn> two(List<String> kinds, RandomGenerator random) {
        List<String> others = new ArrayList<>(kinds.stream().filter(k -> !k.equals(COMPOSE) && !DESTRUCTIVE.contains(k)).distinct().toList());
        if (others.size() < 2) others = new ArrayList<>(List.of("kill", "pause", "partition"));
        List<String> drawn = shuffled(others, random);
        String one = drawn.getFirst();
        String other = drawn.stream().skip(1).filter(kind -> fit(one, kind)).findFirst().orElse(one);
        return Stream.of(one, other).distinct().sorted(Comparator.comparingInt(FIRST_TO_LAST::indexOf)).map(kind -> one(kind, random)).toList();
    }

    /// Whether both can show at once, on the same node too.
    static boolean fit(String one, String other) {
        return !NEVER_WITH.getOrDefault(one, Set.of()).contains(other) && !NEVER_WITH.getOrDefault(other, Set.of()).contains(one);
    }

    private static Drawn one(String kind, RandomGenerator random) {
        return switch (kind) {
            case "partition" -> new Drawn(new Fault.Partition(any(random, Shape.values()), Plane.ALL), any(random, new Target.One(), new Target.Leader(), new Target.Minority()));
            case "partition-planes" -> new Drawn(new Fault.Partition(any(random, Shape.HALVES, Shape.ISOLATE, Shape.ONE_WAY),
                    any(random, Plane.RAFT, Plane.PEERS, Plane.HAZELCAST, Plane.IGNITE, Plane.CLIENTS)), any(random, new Target.One(), new Target.Leader()));
            case "kill" -> new Drawn(new Fault.Kill(), any(random, new Target.One(), new Target.Leader(), new Target.Leaders(), new Target.Majority(), new Target.All()));
            case "pause" -> new Drawn(new Fault.Pause(), any(random, new Target.One(), new Target.Leader(), new Target.Leader(), new Target.Majority()));
            case "clock" -> new Drawn(clock(random), any(random, new Target.One(), new Target.Minority(), new Target.Leader(), new Target.All()));
            case "packets" -> new Drawn(packets(random), any(random, new Target.One(), new Target.Leader(), new Target.All()));
            case "disk-full" -> new Drawn(new Fault.DiskFull(), any(random, new Target.One(), new Target.Leader()));
            case "slow-disk" -> new Drawn(new Fault.SlowDisk(any(random, 0L, 100_000L, 1_000_000L)), any(random, new Target.One(), new Target.Leader()));
            case "lost-writes" -> new Drawn(new Fault.LostWrites(), any(random, new Target.One(), new Target.Leader(), new Target.All()));
            case "damage" -> new Drawn(new Fault.Damage(any(random, Fault.Part.values()), any(random, Fault.Harm.values())), new Target.One());
            case "memory" -> new Drawn(new Fault.MemoryPressure(random.nextBoolean()), any(random, new Target.One(), new Target.Leader()));
            case "starvation" -> new Drawn(new Fault.Starvation(any(random, 0.05, 0.1, 0.2)), any(random, new Target.One(), new Target.Leader(), new Target.Minority()));
            case "rolling-restart" -> new Drawn(new Fault.RollingRestart(), new Target.All());
            case "replace" -> new Drawn(new Fault.Replace(), any(random, new Target.One(), new Target.Leader()));
            default -> throw new IllegalArgumentException("no fault '" + kind + "'");
        };
    }

    private static Fault clock(RandomGenerator random) {
        Duration by = Duration.ofSeconds((random.nextBoolean() ? 1 : -1) * (1L + random.nextInt(600)));
        return switch (any(random, Fault.Motion.values())) {
            case JUMP -> new Fault.Clock(Fault.Motion.JUMP, by, 1);
            case DRIFT -> new Fault.Clock(Fault.Motion.DRIFT, Duration.ZERO, any(random, 0.5, 0.9, 1.1, 2.0));
            case STROBE -> new Fault.Clock(Fault.Motion.STROBE, by.abs().dividedBy(10).plusMillis(1), 1);
        };
    }

    private static Fault packets(RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> new Fault.Packets(Duration.ofMillis(50 + random.nextInt(300)), Duration.ofMillis(40), 0, 0);
            case 1 -> new Fault.Packets(Duration.ZERO, Duration.ZERO, 0.05 + 0.3 * random.nextDouble(), 0);
            default -> new Fault.Packets(Duration.ofMillis(20), Duration.ofMillis(20), 0.02, 0.3);
        };
    }

    @SafeVarargs
    private static <T> T any(RandomGenerator random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static List<String> shuffled(List<String> kinds, RandomGenerator random) {
        List<String> shuffled = new ArrayList<>(kinds);
        Collections.shuffle(shuffled, java.util.Random.from(random));
        return shuffled;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
