package io.engram.grid.log;

import java.io.IOException;
import java.nio.file.Path;

/// A file on this node's disk is not what was written there.
public final class DamagedFileException extends IOException {
    private static final long serialVersionUID = 1;

    /// How messages begin.
    static final String SAID = "damaged file ";

    private final transient Path file;

    public DamagedFileException(Path file, String what) {
        super(SAID + file + ": " + what);
        this.file = file;
    }

    public Path file() {
        return file;
    }
}
