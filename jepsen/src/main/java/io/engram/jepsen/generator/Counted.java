package io.engram.jepsen.generator;

/// @param count of those that were made
record Counted(Generator.Numbered make, long count) implements Generator {
    @Override
    public Next next(Context context) {
        return new Next.Invoke(make.of(count, context.random()), new Counted(make, count + 1));
    }
}
