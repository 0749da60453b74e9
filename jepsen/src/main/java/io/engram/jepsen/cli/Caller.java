package io.engram.jepsen.cli;

import java.nio.file.Path;

/// Where the user stands: the launcher changes the folder before it starts us.
final class Caller {
    private Caller() {}

    static Path resolve(Path typed) {
        return Path.of(System.getenv().getOrDefault("ENGRAM_CALLER", "")).resolve(typed).toAbsolutePath().normalize();
    }
}
