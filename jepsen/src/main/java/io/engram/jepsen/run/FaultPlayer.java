package io.engram.jepsen.run;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Plays a schedule on a cluster, in a thread of its own, and records what it did.
final class FaultPlayer {
    private final Nemesis nemesis;
    private final Recorder recorder;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Map<String, String> tools = new TreeMap<>();
    private final List<String> troubles = new ArrayList<>();
    private int applied;
    private long began;
    private Duration late = Duration.ZERO;
    /// For when the injecting or healing is planned that is waited for or under way; null: none is.
    private @Nullable Duration next;

    FaultPlayer(Nemesis nemesis, Recorder recorder) {
        this.nemesis = nemesis;
        this.recorder = recorder;
    }

    /// Injects and heals by the schedule's times. Injecting and healing take time of their own, and a machine may stall: whatever is planned for
    /// later moves on by as much, so that a fault lasts as long, and the pause after it, as was planned. Once stopped, nothing more is injected, and what is
    /// injected is healed.
    void play(Schedule schedule) {
        synchronized (this) {
            began = System.nanoTime();
        }
        Deque<Planned> due = new ArrayDeque<>(schedule.faults().stream().sorted(Comparator.comparing(Planned::at)).toList());
        record Healing(Duration at, Planned fault) {}
        // Of two that end together, the one that was put on top goes first.
        PriorityQueue<Healing> healing = new PriorityQueue<>(
                Comparator.comparing(Healing::at).thenComparing(h -> h.fault().id(), Comparator.reverseOrder()));
        while (true) {
            Planned inject = stopped() ? null : due.peek();
            Healing heal = healing.peek();
            boolean healNext = heal != null && (inject == null || heal.at().compareTo(inject.at()) <= 0);
            if (!healNext && inject == null) return;
            Duration at = healNext && heal != null ? heal.at() : Objects.requireNonNull(inject).at();
            if (!stopped() && sleepUntil(timeFor(at))) continue;
            if (healNext && heal != null) {
                healing.remove();
                heal(heal.fault());
            } else if (inject != null) {
                due.remove();
                if (inject(inject)) healing.add(new Healing(inject.at().plus(inject.lasts()), inject));
            }
            done();
        }
    }

    /// By how much what is planned has moved on until now.
    synchronized Duration late() {
        if (next == null) return late;
        Duration behind = Duration.ofNanos(System.nanoTime() - began).minus(next);
        return behind.compareTo(late) > 0 ? behind : late;
    }

    /// When it is time for what is planned next.
    private synchronized long timeFor(Duration at) {
        next = at;
        return began + at.plus(late).toNanos();
    }

    private synchronized void done() {
        late = late();
        next = null;
    }

    void stop() {
        stop.countDown();
    }

    /// Whatever is left, known or not. Harmless if nothing is.
    ///
    /// @return whether nothing stays broken
    boolean healAll() {
        recorder.nemesis(OpType.INVOKE, "heal", Value.NIL, null);
        try {
            nemesis.healAll();
            recorder.nemesis(OpType.INFO, "heal", Value.NIL, null);
            return true;
        } catch (FaultException e) {
            trouble("heal all: " + e.getMessage());
            recorder.nemesis(OpType.INFO, "heal", Value.NIL, FirstLine.of(e));
            return false;
        }
    }

    synchronized int applied() {
        return applied;
    }

    /// What faults were done with, by kind, where there was a choice.
    synchronized Map<String, String> tools() {
        return Map.copyOf(tools);
    }

    /// What could not be injected or healed.
    synchronized List<String> troubles() {
        return List.copyOf(troubles);
    }

    private boolean inject(Planned planned) {
        Value what = told(planned, null);
        recorder.nemesis(OpType.INVOKE, "inject", what, null);
        try {
            Effect effect = nemesis.inject(planned);
            recorder.nemesis(OpType.INFO, "inject", told(planned, effect), null);
            synchronized (this) {
                applied++;
                if (!effect.tool().isEmpty()) tools.put(FaultText.kind(planned.fault()), effect.tool());
            }
            return true;
        } catch (FaultException e) {
            trouble("inject " + FaultText.kind(planned.fault()) + ": " + e.getMessage());
            recorder.nemesis(OpType.INFO, "inject", what, FirstLine.of(e));
            return false;
        }
    }

    private void heal(Planned planned) {
        Value what = told(planned, null);
        recorder.nemesis(OpType.INVOKE, "heal", what, null);
        try {
            recorder.nemesis(OpType.INFO, "heal", told(planned, nemesis.heal(planned)), null);
        } catch (FaultException e) {
            trouble("heal " + FaultText.kind(planned.fault()) + ": " + e.getMessage());
            recorder.nemesis(OpType.INFO, "heal", what, FirstLine.of(e));
        }
    }

    private static Value told(Planned planned, @Nullable Effect effect) {
        Map<String, Value> entries = new LinkedHashMap<>();
        entries.put("id", Value.of(planned.id()));
        entries.put("fault", FaultText.write(planned.fault()));
        if (effect == null) entries.put("target", FaultText.write(planned.target()));
        else {
            entries.put("nodes", new Value.Items(effect.nodes().stream().map(Value::of).map(Value.class::cast).toList()));
            entries.put("seen", Value.of(effect.seen()));
            if (!effect.tool().isEmpty()) entries.put("tool", Value.of(effect.tool()));
        }
        return new Value.Fields(entries);
    }

    private boolean stopped() {
        return stop.getCount() == 0;
    }

    /// @return whether it was woken before its time, by the end of the run
    private boolean sleepUntil(long nanoTime) {
        try {
            return stop.await(Math.max(0, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            stop.countDown();
            return true;
        }
    }

    private synchronized void trouble(String what) {
        troubles.add(what);
    }
}
