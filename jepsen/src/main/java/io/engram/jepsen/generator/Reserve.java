package io.engram.jepsen.generator;

/// @param reservedDone whether the first threads have nothing any more
record Reserve(int count, Generator reserved, Generator others, boolean reservedDone, boolean othersDone) implements Generator {
    Reserve {
        if (count < 0) throw new IllegalArgumentException("count must not be negative, was " + count);
    }

    Reserve(int count, Generator reserved, Generator others) {
        this(count, reserved, others, false, false);
    }

    @Override
    public Next next(Context context) {
        boolean first = context.thread() < count;
        int members = first ? Math.min(count, context.threads()) : context.threads() - count;
        Context within = context.as(first ? context.thread() : context.thread() - count, members);
        return switch ((first ? reserved : others).next(within)) {
            case Next.Invoke(var invocation, var rest) -> new Next.Invoke(invocation, with(first, rest));
            case Next.Wait(var until, var rest) -> new Next.Wait(until, with(first, rest));
            case Next.Done() -> {
                Reserve left = new Reserve(count, reserved, others, reservedDone || first, othersDone || !first);
                boolean nobodyElse = first ? context.threads() <= count || othersDone : count == 0 || reservedDone;
                yield nobodyElse ? new Next.Done() : new Next.Wait(FOREVER, left);
            }
        };
    }

    private Reserve with(boolean first, Generator rest) {
        return first ? new Reserve(count, rest, others, reservedDone, othersDone) : new Reserve(count, reserved, rest, reservedDone, othersDone);
    }
}
