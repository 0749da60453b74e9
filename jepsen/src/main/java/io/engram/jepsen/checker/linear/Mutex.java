package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import org.jspecify.annotations.Nullable;

/// A lock that is free at first: `acquire` (or lock), `release` (or unlock). It does not know its holder: anybody may release
/// it, as in Knossos. An acquire that failed says nothing.
final class Mutex implements Model<Boolean, Mutex.Act> {
    enum Act {
        ACQUIRE,
        RELEASE
    }

    @Override
    public String name() {
        return "mutex";
    }

    @Override
    public String noun() {
        return "the lock";
    }

    @Override
    public Boolean initial() {
        return false;
    }

    @Override
    public @Nullable Act act(Operation operation) {
        Act act =
                switch (operation.function()) {
                    case "acquire", "lock" -> Act.ACQUIRE;
                    case "release", "unlock" -> Act.RELEASE;
                    default -> throw ModelMismatchException.unknown(operation.invocation(), name(), "acquire and release (lock, unlock)");
                };
        return operation.outcome() == OpType.FAIL ? null : act;
    }

    @Override
    public @Nullable Boolean next(Boolean held, Act act) {
        return switch (act) {
            case ACQUIRE -> held ? null : Boolean.TRUE;
            case RELEASE -> held ? Boolean.FALSE : null;
        };
    }

    @Override
    public boolean pure(Act act) {
        return false;
    }

    @Override
    public boolean sees(Act seer, Act act) {
        return true;
    }

    @Override
    public boolean erases(Act act) {
        return false;
    }

    @Override
    public boolean recurs() {
        return true;
    }

    @Override
    public String show(Boolean held) {
        return held ? "held" : "free";
    }

    @Override
    public String tell(Act act) {
        return switch (act) {
            case ACQUIRE -> "this acquire succeeded";
            case RELEASE -> "this release succeeded";
        };
    }
}
