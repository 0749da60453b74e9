package io.engram.jepsen.checker.session;

import io.engram.jepsen.history.Operation;
import org.jspecify.annotations.Nullable;

/// The highest versions of one key that one session has written and read so far.
final class SessionView {
    private @Nullable Seen written;
    private @Nullable Seen read;

    record Seen(long version, Operation operation) {}

    @Nullable Seen before(Guarantee guarantee) {
        return guarantee.afterWrite ? written : read;
    }

    void wrote(long version, Operation operation) {
        if (written == null || written.version() < version) written = new Seen(version, operation);
    }

    void read(long version, Operation operation) {
        if (read == null || read.version() < version) read = new Seen(version, operation);
    }
}
