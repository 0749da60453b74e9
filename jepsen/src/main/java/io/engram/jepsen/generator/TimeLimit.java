package io.engram.jepsen.generator;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// @param end of the phase's time; null before the first question
record TimeLimit(Generator generator, Duration limit, @Nullable Duration end) implements Generator {
    TimeLimit {
        if (limit.isNegative()) throw new IllegalArgumentException("time limit must not be negative, was " + limit);
    }

    @Override
    public Next next(Context context) {
        Duration until = end == null ? context.time().plus(limit) : end;
        if (context.time().compareTo(until) >= 0) return new Next.Done();
        return switch (generator.next(context)) {
            case Next.Invoke(var invocation, var rest) -> new Next.Invoke(invocation, new TimeLimit(rest, limit, until));
            case Next.Wait(var then, var rest) -> new Next.Wait(then.compareTo(until) < 0 ? then : until, new TimeLimit(rest, limit, until));
            case Next.Done() -> new Next.Done();
        };
    }
}
