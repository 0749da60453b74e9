package io.engram.jepsen.generator;

import java.util.function.IntPredicate;

/// @param ended whether the threads that run it found it done
record On(IntPredicate threads, Generator generator, boolean ended) implements Generator {
    On(IntPredicate threads, Generator generator) {
        this(threads, generator, false);
    }

    @Override
    public Next next(Context context) {
        if (ended) return new Next.Done();
        if (!threads.test(context.thread())) return new Next.Wait(FOREVER, this);
        return switch (generator.next(context)) {
            case Next.Invoke(var invocation, var rest) -> new Next.Invoke(invocation, new On(threads, rest, false));
            case Next.Wait(var until, var rest) -> new Next.Wait(until, new On(threads, rest, false));
            case Next.Done() -> new Next.Done();
        };
    }
}
