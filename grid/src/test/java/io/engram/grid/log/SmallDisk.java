package io.engram.grid.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// A file system of a few megabytes at a folder, for tests that fill it. Only where the tests may mount (root on Linux).
final class SmallDisk implements AutoCloseable {
    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    static SmallDisk mounted(Path folder, int bytes) throws IOException {
        Files.createDirectories(folder);
        boolean mounted = ran("mount", "-t", "tmpfs", "-o", "size=" + bytes, "none", folder.toString());
        Assumptions.assumeTrue(mounted, "mounting needs root");
        return new SmallDisk(folder);
    }

    /// Leaves no room.
    void fill() throws IOException {
        try (var out = FileChannel.open(folder.resolve("filler"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.allocate(64 << 10);
            while (true) {
                bytes.clear();
                try {
                    if (out.write(bytes) == 0) return;
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("No space left");
                    return;
                }
            }
        }
    }

    void free() throws IOException {
        Files.delete(folder.resolve("filler"));
    }

    @Override
    public void close() throws IOException {
        // Lazy: a thread of Ratis may still hold a file for a moment.
        boolean unmounted = ran("umount", "-l", folder.toString());
        assertThat(unmounted).as("unmounted " + folder).isTrue();
    }

    private static boolean ran(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
