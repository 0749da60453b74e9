package io.engram.jepsen.generator;

import java.util.HashMap;
import java.util.Map;

/// @param begun what is left for the threads that have asked
record EachThread(Generator each, Map<Integer, Generator> begun) implements Generator {
    EachThread {
        begun = Map.copyOf(begun);
    }

    EachThread(Generator each) {
        this(each, Map.of());
    }

    @Override
    public Next next(Context context) {
        Generator own = begun.getOrDefault(context.thread(), each);
        return switch (own.next(context)) {
            case Next.Invoke(var invocation, var rest) -> new Next.Invoke(invocation, with(context.thread(), rest));
            case Next.Wait(var until, var rest) -> new Next.Wait(until, with(context.thread(), rest));
            case Next.Done() -> {
                EachThread left = with(context.thread(), Ended.NOW);
                boolean all = left.begun.size() == context.threads() && left.begun.values().stream().allMatch(g -> g == Ended.NOW);
                yield all ? new Next.Done() : new Next.Wait(FOREVER, left);
            }
        };
    }

    private EachThread with(int thread, Generator rest) {
        Map<Integer, Generator> now = new HashMap<>(begun);
        now.put(thread, rest);
        return new EachThread(each, now);
    }

    /// Known by identity: a thread's copy that has nothing any more.
    private enum Ended implements Generator {
        NOW;

        @Override
        public Next next(Context context) {
            return new Next.Done();
        }
    }
}
