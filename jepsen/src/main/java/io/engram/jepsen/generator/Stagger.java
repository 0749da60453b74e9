package io.engram.jepsen.generator;

import java.time.Duration;

/// Gaps are drawn evenly from nothing to twice the mean, as Jepsen draws them.
///
/// @param due not before this time of the phase
record Stagger(Generator generator, Duration meanGap, Duration due) implements Generator {
    /// What was missed while all threads were busy is made up for, but no more than this much of it: no flood after an outage.
    private static final Duration MADE_UP = Duration.ofMillis(500);

    static Stagger of(Generator generator, double perSecond) {
        if (!(perSecond > 0 && perSecond <= 1e6)) throw new IllegalArgumentException("rate must be above 0 and at most 1,000,000 a second, was " + perSecond);
        return new Stagger(generator, Duration.ofNanos(Math.round(1e9 / perSecond)), Duration.ZERO);
    }

    @Override
    public Next next(Context context) {
        if (context.time().compareTo(due) < 0) return new Next.Wait(due, this);
        return switch (generator.next(context)) {
            case Next.Invoke(var invocation, var rest) -> new Next.Invoke(invocation, new Stagger(rest, meanGap, later(context)));
            case Next.Wait(var until, var rest) -> new Next.Wait(until, new Stagger(rest, meanGap, due));
            case Next.Done() -> new Next.Done();
        };
    }

    private Duration later(Context context) {
        Duration oldest = context.time().minus(MADE_UP);
        Duration from = due.compareTo(oldest) < 0 ? oldest : due;
        return from.plusNanos(context.random().nextLong(2 * meanGap.toNanos() + 1));
    }
}
