package io.engram.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/// The floor under every durable write: appending a few hundred bytes to a file and forcing them to this disk.
final class RawFsync {
    private static final int BYTES = 512;

    record Result(double p50Millis, double p99Millis) {}

    private RawFsync() {}

    static Result run(Path folder, Duration time) throws IOException {
        Files.createDirectories(folder);
        Path file = Files.createTempFile(folder, "fsync-", ".bin");
        Histogram latency = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(BYTES);
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                block.clear();
                long start = System.nanoTime();
                while (block.hasRemaining()) channel.write(block);
                channel.force(false);
                latency.recordValue(System.nanoTime() - start);
            }
        } finally {
            Files.deleteIfExists(file);
        }
        return new Result(latency.getValueAtPercentile(50) / 1e6, latency.getValueAtPercentile(99) / 1e6);
    }
}
