package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Op;

/// The history holds an operation that the model does not know, or in a shape that it does not know.
public final class ModelMismatchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ModelMismatchException(Op op, String rule) {
        super("event " + op.index() + ": " + rule);
    }

    static ModelMismatchException unknown(Op op, String model, String functions) {
        return new ModelMismatchException(op, "model " + model + " knows " + functions + ", not " + op.function());
    }
}
