package io.engram.jepsen.generator;

record Limit(Generator generator, long count) implements Generator {
    Limit {
        if (count < 0) throw new IllegalArgumentException("limit must not be negative, was " + count);
    }

    @Override
    public Next next(Context context) {
        if (count == 0) return new Next.Done();
        return switch (generator.next(context)) {
            case Next.Invoke(var invocation, var rest) -> new Next.Invoke(invocation, new Limit(rest, count - 1));
            case Next.Wait(var until, var rest) -> new Next.Wait(until, new Limit(rest, count));
            case Next.Done() -> new Next.Done();
        };
    }
}
