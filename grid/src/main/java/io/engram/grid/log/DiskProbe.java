package io.engram.grid.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Finds out whether the disk takes writes, by writing.
final class DiskProbe {
    /// A log segment's preallocation, and as much again for metadata and the shard's own files.
    static final int BYTES = 8 << 20;

    private final Path folder;

    DiskProbe(Path folder) {
        this.folder = folder;
    }

    /// @return why the disk cannot be written to; empty if it can
    synchronized Optional<String> fault() {
        var file = folder.resolve("probe");
        try {
            try (var out = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.allocate(1 << 20);
                for (int written = 0; written < BYTES; ) {
                    bytes.clear();
                    written += out.write(bytes);
                }
                out.force(true);
            } finally {
                Files.deleteIfExists(file);
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("disk of " + folder + " cannot be written: " + e.getMessage() + " ("
                    + folder.toFile().getUsableSpace() + " bytes free)");
        }
    }
}
