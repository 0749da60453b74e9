package io.engram.jepsen.generator;

import io.engram.jepsen.generator.Generator.Context;
import io.engram.jepsen.generator.Generator.Next;
import io.engram.jepsen.workload.Invocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Runs a plan on threads whose operations take made-up times, without waiting for anything.
public final class PlanSimulation {
    /// @param end of the operation
    public record Done(Duration begin, Duration end, int thread, Invocation invocation) {}

    private record Busy(Duration until, int thread, @Nullable Done done) {}

    private PlanSimulation() {}

    /// @param most operations; a plan without end is cut off there
    public static List<Done> run(Generator plan, int threads, long seed, int most) {
        SplittableRandom chance = new SplittableRandom(seed);
        SplittableRandom latency = new SplittableRandom(seed + 1);
        PriorityQueue<Busy> next = new PriorityQueue<>(Comparator.comparing(Busy::until).thenComparingInt(Busy::thread));
        for (int i = 0; i < threads; i++) next.add(new Busy(Duration.ZERO, i, null));
        List<Done> all = new ArrayList<>();
        List<Integer> waiting = new ArrayList<>();
        Generator left = plan;
        int open = 0;
        while (!next.isEmpty() && all.size() < most) {
            Busy now = next.remove();
            if (now.done() != null) open--;
            // Something happened: those that wait may ask again.
            waiting.remove(/* element */ (Integer) now.thread());
            switch (left.next(new Context(now.until(), now.thread(), now.thread(), threads, open, chance))) {
                case Next.Invoke(var invocation, var rest) -> {
                    left = rest;
                    open++;
                    Done done = new Done(now.until(), now.until().plusMillis(1 + latency.nextInt(20)), now.thread(), invocation);
                    all.add(done);
                    next.add(new Busy(done.end(), now.thread(), done));
                    wake(waiting, next, now.until());
                }
                case Next.Wait(var until, var rest) -> {
                    left = rest;
                    if (until.equals(Generator.FOREVER)) waiting.add(now.thread());
                    else next.add(new Busy(until, now.thread(), null));
                    if (now.done() != null) wake(waiting.stream().filter(t -> t != now.thread()).toList(), next, now.until());
                    if (now.done() != null) waiting.removeIf(t -> t != now.thread());
                }
                case Next.Done() -> {
                    return all;
                }
            }
        }
        return all;
    }

    private static void wake(List<Integer> waiting, PriorityQueue<Busy> next, Duration now) {
        for (int thread : List.copyOf(waiting)) next.add(new Busy(now, thread, null));
        if (waiting instanceof ArrayList<Integer> own) own.clear();
    }
}
