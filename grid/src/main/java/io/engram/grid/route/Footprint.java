package io.engram.grid.route;

import io.engram.grid.log.MonotonicClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What this process takes of memory and disk.
final class Footprint {
    /// Walking the data folder costs some milliseconds.
    private static final Duration WALK_EVERY = Duration.ofSeconds(10);

    private final Path data;
    private final MonotonicClock clock;
    private long walked;
    private long dataBytes = -1;

    Footprint(Path data, MonotonicClock clock) {
        this.data = data;
        this.clock = clock;
    }

    /// 0: cannot be told.
    long diskFreeBytes() {
        try {
            return Files.getFileStore(data).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    /// Files under the data folder, as of a few seconds ago. Files that snapshots and stores share count once for each name.
    synchronized long dataBytes() {
        long now = clock.nanos();
        if (dataBytes < 0 || now - walked > WALK_EVERY.toNanos()) {
            dataBytes = walk();
            walked = now;
        }
        return dataBytes;
    }

    private long walk() {
        long[] sum = {0};
        try {
            Files.walkFileTree(data, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    sum[0] += attributes.size();
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    // Files come and go while we walk.
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sum[0];
    }

    /// Resident set of this process; where the system does not say, the heap in use.
    long residentBytes() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseGet(Footprint::heapBytes);
        } catch (IOException | UncheckedIOException e) {
            return heapBytes();
        }
    }

    private static long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
