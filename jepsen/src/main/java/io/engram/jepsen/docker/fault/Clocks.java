package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Fault.Motion;
import io.engram.jepsen.nemesis.FaultException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The wall clock of the node's process, by a preloaded library. The kernel's clock, and monotonic time, stay as they are.
final class Clocks implements Breakage<Fault.Clock> {
    private static final String FILE = "/run/engram/skew";
    private static final String WALL = "LD_PRELOAD=/opt/faults/libskew.so SKEW_FILE=" + FILE + " /opt/faults/wall ";
    private static final Duration STROBE_EVERY = Duration.ofMillis(200);
    private static final Duration SHOWS = Duration.ofSeconds(15);
    /// The node tells its time to the second, and the answer takes a while.
    private static final Duration COARSE = Duration.ofMillis(2500);
    private static final int SAMPLES = 12;
    private static final int EVERY_MILLIS = 75;

    private final Holds<Fault.Clock> holds = new Holds<>();

    @Override
    public Effect inject(int id, Fault.Clock fault, List<ContainerNode> hit) throws FaultException {
        Nodes.mustRun(hit);
        Together.all(hit, node -> {
            holds.add(id, node, fault);
            node.run(set(fault));
            if (!node.holds("grep -q libskew.so /proc/$(cat /run/engram/pid)/maps")) throw new FaultException("the clock of " + node.name() + " cannot be moved: the library is not loaded");
            Together.until(SHOWS, "the wall clock of " + node.name() + " does not move as it should", () -> shows(fault, samples(node)));
            if (fault.motion() == Motion.JUMP && fault.by().abs().compareTo(COARSE.multipliedBy(2)) > 0) tells(node, fault.by());
        });
        return new Effect(Nodes.names(hit), said(fault) + " on " + Nodes.said(hit), "preloaded clock");
    }

    @Override
    public String heal(int id, Fault.Clock fault, List<ContainerNode> hit) throws FaultException {
        Together.all(hit, node -> {
            holds.remove(id, node);
            Optional<Fault.Clock> left = holds.youngest(node);
            if (left.isPresent()) {
                node.run(set(left.get()));
                return;
            }
            mend(node);
        });
        return "wall clock right";
    }

    @Override
    public void forget() {
        holds.clear();
    }

    static void mend(ContainerNode node) throws FaultException {
        node.run("rm -f " + FILE);
        Together.until(SHOWS, "the wall clock of " + node.name() + " stays wrong", () -> samples(node).stream().allMatch(micros -> Math.abs(micros) < 5000));
        if (node.life().runs()) tells(node, Duration.ZERO);
    }

    /// What the library is told: offset, rate, strobe, its period.
    static String set(Fault.Clock fault) {
        return "/opt/faults/engram-faults skew " + FILE + switch (fault.motion()) {
            case JUMP -> " %d 0 0 0".formatted(fault.by().toNanos());
            case DRIFT -> " 0 %d 0 0".formatted(Math.round((fault.rate() - 1) * 1e6));
            case STROBE -> " 0 0 %d %d".formatted(fault.by().toNanos(), STROBE_EVERY.toNanos());
        };
    }

    /// Whether samples, taken at even distances, look like the fault.
    ///
    /// @param micros how far the clock was off at each
    static boolean shows(Fault.Clock fault, List<Long> micros) {
        long by = fault.by().toNanos() / 1000;
        return switch (fault.motion()) {
            case JUMP -> micros.stream().allMatch(off -> Math.abs(off - by) < 50_000);
            case DRIFT -> {
                double gained = micros.getLast() - micros.getFirst();
                // Sampling takes time of its own: at least as long as was asked for.
                double least = (fault.rate() - 1) * EVERY_MILLIS * 1000 * (SAMPLES - 1);
                yield least != 0 && gained / least > 0.9;
            }
            case STROBE -> micros.stream().anyMatch(off -> Math.abs(off) < 50_000) && micros.stream().anyMatch(off -> Math.abs(off - by) < 50_000);
        };
    }

    private static List<Long> samples(ContainerNode node) {
        return node.run(WALL + SAMPLES + " " + EVERY_MILLIS).lines().map(Long::parseLong).toList();
    }

    /// The node itself tells a time that is off by so much. One that answers nobody (stopped, starting) is not asked.
    private static void tells(ContainerNode node, Duration by) throws FaultException {
        Together.until(SHOWS, node.name() + " should tell a time " + by + " off", () -> {
            Optional<Instant> told = node.door().clock();
            if (told.isEmpty()) return node.life().stopped() || !node.door().answers();
            return Duration.between(Instant.now(), told.get()).minus(by).abs().compareTo(COARSE) < 0;
        });
    }

    private static String said(Fault.Clock fault) {
        return switch (fault.motion()) {
            case JUMP -> "wall clock off by " + fault.by();
            case DRIFT -> "wall clock runs " + fault.rate() + " times as fast";
            case STROBE -> "wall clock to and fro by " + fault.by();
        };
    }
}
