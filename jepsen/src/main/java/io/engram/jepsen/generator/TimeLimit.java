package io.engram.jepsen.generator;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// @param more time than the limit, asked for each time anew
/// @param end of the phase's time without it; null before the first question
record TimeLimit(Generator generator, Duration limit, Supplier<Duration> more, @Nullable Duration end) implements Generator {
    TimeLimit {
        if (limit.isNegative()) throw new IllegalArgumentException("time limit must not be negative, was " + limit);
    }

    @Override
    public Next next(Context context) {
        Duration usual = end == null ? context.time().plus(limit) : end;
        Duration until = usual.plus(more.get());
        if (context.time().compareTo(until) >= 0) return new Next.Done();
        return switch (generator.next(context)) {
            case Next.Invoke(var invocation, var rest) -> new Next.Invoke(invocation, new TimeLimit(rest, limit, more, usual));
            case Next.Wait(var then, var rest) -> new Next.Wait(then.compareTo(until) < 0 ? then : until, new TimeLimit(rest, limit, more, usual));
            case Next.Done() -> new Next.Done();
        };
    }
}
