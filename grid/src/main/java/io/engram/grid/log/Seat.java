package io.engram.grid.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// Where this node's replica of one shard stands in its life (decision 0003). Durable, and outside Ratis' folders: an empty
/// Ratis folder alone does not tell a new replica from a lost one.
record Seat(Stage stage) {
    enum Stage {
        /// Nothing known: new, or wiped.
        NEW,
        /// Established that the shard never ran; its Ratis folder is being made.
        FOUNDING,
        /// Takes part with what is in its folder.
        MEMBER,
        /// Has lost what it had; asks to be taken out. Runs nothing.
        LEAVING,
        /// Taken out; starts from nothing and asks to be taken in.
        JOINING
    }

    private static final String FORM = "engram seat 1";

    static Seat read(Path file) throws IOException {
        if (!Files.exists(file)) return new Seat(Stage.NEW);
        var lines = SealedFile.read(file);
        if (lines.size() < 2 || !lines.getFirst().equals(FORM)) throw new DamagedFileException(file, "is no seat of a known form");
        try {
            return new Seat(Stage.valueOf(lines.get(1)));
        } catch (IllegalArgumentException e) {
            throw new DamagedFileException(file, "knows no stage '" + lines.get(1) + "'");
        }
    }

    void write(Path file) throws IOException {
        var folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        if (!Files.exists(folder)) {
            Files.createDirectories(folder);
            SealedFile.syncParent(folder);
        }
        SealedFile.write(file, List.of(FORM, stage.name()));
    }
}
