package io.engram.jepsen.generator;

import io.engram.jepsen.workload.Invocation;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// A plan of invocations. Immutable: asking yields an invocation and the plan that is left.
///
/// Small plans combine into a run's: `mix(List.of(share(5, reads), share(1, writes))).stagger(200).timeLimit(ofSeconds(60))`.
/// The same questions, with the same source of chance, get the same answers.
///
/// After [Jepsen's generators](https://github.com/jepsen-io/jepsen/blob/main/jepsen/src/jepsen/generator.clj).
public interface Generator {
    /// A wait that only ends when something else happens.
    Duration FOREVER = Duration.ofDays(1_000);

    /// What to do now.
    Next next(Context context);

    /// @param time since the phase began
    /// @param process that is free and asks
    /// @param thread that the process runs on: it stays when a process is followed by another; `0..threads-1`
    /// @param threads that run the plan
    /// @param open operations that other threads have open
    /// @param random the run's one source of chance
    record Context(Duration time, int process, int thread, int threads, int open, RandomGenerator random) {
        public Context {
            if (thread < 0 || thread >= threads) throw new IllegalArgumentException("thread must be 0.." + (threads - 1) + ", was " + thread);
        }

        Context as(int thread, int threads) {
            return new Context(time, process, thread, threads, open, random);
        }
    }

    sealed interface Next {
        record Invoke(Invocation invocation, Generator rest) implements Next {}

        /// Nothing yet: ask again at this time of the phase, or when another thread was given something or has completed it.
        record Wait(Duration until, Generator rest) implements Next {}

        /// Nothing any more, for any process.
        record Done() implements Next {}
    }

    /// A part of a [#mix].
    ///
    /// @param weight how often, against the others' weights
    record Share(int weight, Generator generator) {
        public Share {
            if (weight < 1) throw new IllegalArgumentException("weight must be positive, was " + weight);
        }
    }

    @FunctionalInterface
    interface Numbered {
        Invocation of(long number, RandomGenerator random);
    }

    static Share share(int weight, Generator generator) {
        return new Share(weight, generator);
    }

    static Generator nothing() {
        return context -> new Next.Done();
    }

    static Generator once(Invocation invocation) {
        return context -> new Next.Invoke(invocation, nothing());
    }

    /// Without end, each drawn by chance.
    static Generator drawn(Function<RandomGenerator, Invocation> draw) {
        return new Drawn(draw);
    }

    /// Without end, numbered 0, 1, 2, ..., so that each can carry a value of its own.
    static Generator counted(Numbered make) {
        return new Counted(make, 0);
    }

    /// Each by chance, by weight, as long as one of them has something.
    static Generator mix(List<Share> shares) {
        return new Mix(shares);
    }

    /// One after the other. A thread may begin the next while another is still busy with the one before.
    static Generator sequence(List<Generator> parts) {
        return new Sequence(parts, false);
    }

    /// One after the other; the next begins when no operation of the one before is open.
    static Generator phases(List<Generator> parts) {
        return new Sequence(parts, true);
    }

    /// Every thread runs its own copy, to its end.
    static Generator eachThread(Generator each) {
        return new EachThread(each);
    }

    /// Threads for which it holds run this; to the others it is done when it is done for those.
    static Generator on(IntPredicate threads, Generator generator) {
        return new On(threads, generator);
    }

    /// The first `count` threads run one plan, the others another. Threads are numbered from 0 within each.
    static Generator reserve(int count, Generator reserved, Generator others) {
        return new Reserve(count, reserved, others);
    }

    /// Independent keys: threads work in groups, each group on a key of its own until that key's plan is done, then on the next one.
    ///
    /// @param groupSize threads to a key; the last group may be smaller
    /// @param perKey the plan of the first, second, ... key; should end, or the first keys are the only ones
    static Generator independent(int groupSize, IntFunction<Generator> perKey) {
        return new Independent(groupSize, perKey);
    }

    /// So many invocations and no more.
    default Generator limit(long count) {
        return new Limit(this, count);
    }

    /// From the first question on.
    default Generator timeLimit(Duration limit) {
        return timeLimit(limit, () -> Duration.ZERO);
    }

    /// From the first question on.
    ///
    /// @param more time than that, as it is known when the limit is over
    default Generator timeLimit(Duration limit, Supplier<Duration> more) {
        return new TimeLimit(this, limit, more, null);
    }

    /// From the first question on: goes on for so long, rests for so long, over and over.
    default Generator pulsed(Duration active, Duration rest) {
        return new Pulsed(this, active, rest, null);
    }

    /// Spread over time by chance, so many a second on average over all threads.
    default Generator stagger(double perSecond) {
        return Stagger.of(this, perSecond);
    }
}
