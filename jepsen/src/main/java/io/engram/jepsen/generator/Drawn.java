package io.engram.jepsen.generator;

import io.engram.jepsen.workload.Invocation;
import java.util.function.Function;
import java.util.random.RandomGenerator;

record Drawn(Function<RandomGenerator, Invocation> draw) implements Generator {
    @Override
    public Next next(Context context) {
        return new Next.Invoke(draw.apply(context.random()), this);
    }
}
