package io.engram.jepsen.generator;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// @param begun when it was asked for the first time, in the phase's time; null before that
record Pulsed(Generator generator, Duration active, Duration rest, @Nullable Duration begun) implements Generator {
    Pulsed {
        if (active.isNegative() || active.isZero()) throw new IllegalArgumentException("active must be positive, was " + active);
        if (rest.isNegative()) throw new IllegalArgumentException("rest must not be negative, was " + rest);
    }

    @Override
    public Next next(Context context) {
        Duration from = begun == null ? context.time() : begun;
        long cycle = active.plus(rest).toNanos();
        long into = context.time().minus(from).toNanos() % cycle;
        if (into >= active.toNanos()) return new Next.Wait(context.time().plusNanos(cycle - into), left(generator, from));
        return switch (generator.next(context)) {
            case Next.Invoke(var invocation, var more) -> new Next.Invoke(invocation, left(more, from));
            case Next.Wait(var until, var more) -> new Next.Wait(until, left(more, from));
            case Next.Done() -> new Next.Done();
        };
    }

    private Pulsed left(Generator more, Duration from) {
        return new Pulsed(more, active, rest, from);
    }
}
