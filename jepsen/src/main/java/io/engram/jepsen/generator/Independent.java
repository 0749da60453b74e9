package io.engram.jepsen.generator;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/// @param next number of the first key that nobody has worked on
/// @param current what is left of each group's key
record Independent(int groupSize, IntFunction<Generator> perKey, int next, Map<Integer, Generator> current) implements Generator {
    Independent {
        if (groupSize < 1) throw new IllegalArgumentException("groupSize must be positive, was " + groupSize);
        current = Map.copyOf(current);
    }

    Independent(int groupSize, IntFunction<Generator> perKey) {
        this(groupSize, perKey, 0, Map.of());
    }

    @Override
    public Next next(Context context) {
        int group = context.thread() / groupSize;
        int members = Math.min(groupSize, context.threads() - group * groupSize);
        Context within = context.as(context.thread() % groupSize, members);
        Generator own = current.get(group);
        if (own == null) return taking(group).next(context);
        return switch (own.next(within)) {
            case Next.Invoke(var invocation, var rest) -> new Next.Invoke(invocation, with(group, rest));
            case Next.Wait(var until, var rest) -> new Next.Wait(until, with(group, rest));
            case Next.Done() -> taking(group).next(context);
        };
    }

    private Independent taking(int group) {
        Map<Integer, Generator> now = new HashMap<>(current);
        now.put(group, perKey.apply(next));
        return new Independent(groupSize, perKey, next + 1, now);
    }

    private Independent with(int group, Generator rest) {
        Map<Integer, Generator> now = new HashMap<>(current);
        now.put(group, rest);
        return new Independent(groupSize, perKey, next, now);
    }
}
