package io.engram.client;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Somebody else was there first: the version or revision is another (`VERSION_CONFLICT`, `REVISION_CONFLICT`), or another
/// client uses the session (`SESSION_BUSY`).
public final class ConflictException extends EngramException {
    private static final long serialVersionUID = 1;
    /// Under this name nodes tell the current version in the details of the error.
    static final String CURRENT_VERSION = "current_version";

    ConflictException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }

    /// The version or revision as it is; 0: there is none. Empty: not told.
    public OptionalLong currentVersion() {
        String told = fault().metadata().get(CURRENT_VERSION);
        if (told == null) return OptionalLong.empty();
        try {
            return OptionalLong.of(Long.parseUnsignedLong(told));
        } catch (NumberFormatException notANumber) {
            return OptionalLong.empty();
        }
    }
}
