package io.engram.jepsen.generator;

import java.util.List;
import java.util.stream.Stream;

/// @param apart whether a part begins only when nothing of the one before is open
record Sequence(List<Generator> parts, boolean apart, boolean draining) implements Generator {
    Sequence {
        parts = List.copyOf(parts);
    }

    Sequence(List<Generator> parts, boolean apart) {
        this(parts, apart, false);
    }

    @Override
    public Next next(Context context) {
        if (parts.isEmpty()) return new Next.Done();
        if (draining && context.open() > 0) return new Next.Wait(FOREVER, this);
        return switch (parts.getFirst().next(context)) {
            case Next.Invoke(var invocation, var rest) -> new Next.Invoke(invocation, followedBy(rest));
            case Next.Wait(var until, var rest) -> new Next.Wait(until, followedBy(rest));
            case Next.Done() -> new Sequence(parts.subList(1, parts.size()), apart, apart).next(context);
        };
    }

    private Sequence followedBy(Generator rest) {
        return new Sequence(Stream.concat(Stream.of(rest), parts.stream().skip(1)).toList(), apart, false);
    }
}
