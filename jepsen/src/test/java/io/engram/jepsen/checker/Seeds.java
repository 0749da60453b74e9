package io.engram.jepsen.checker;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/// Seeds of randomised tests: `-Dengram.seed=N` runs that one alone.
public final class Seeds {
    private Seeds() {}

    public static List<Long> some(int count) {
        Long given = Long.getLong("engram.seed");
        if (given != null) return List.of(given);
        long base = System.nanoTime();
        return LongStream.range(0, count).mapToObj(i -> new SplittableRandom(base + i).nextLong()).toList();
    }

    /// For the message of an assertion.
    public static String told(long seed) {
        return "seed " + seed + " (again with -Dengram.seed=" + seed + ")";
    }
}
