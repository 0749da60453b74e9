package io.engram.jepsen.controls;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.controls.broken.Beginning;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Switches that break the log.
class LogControlsTest {
    private static final String CHANNEL = "org.apache.ratis.server.raftlog.segmented.BufferedWriteChannel";

    private static final long LATER = 2L * Beginning.BYTES;

    @TempDir
    private Path folder;

    @Test
    void early_commit_takes_one_replica_for_a_majority() throws Throwable {
        assertThat(majority()).isEqualTo(3L);
        try (var _ = new Broken(Switch.EARLY_COMMIT)) {
            assertThat(majority()).isEqualTo(9L);
        }
        assertThat(majority()).isEqualTo(3L);
    }

    private static Object majority() throws Throwable {
        return Hidden.callStatic("org.apache.ratis.server.impl.LeaderStateImpl$MinMajorityMax", "getMajority", new long[] {1, 3, 9});
    }

    @Test
    void skip_write_leaves_the_bytes_in_the_process() throws Throwable {
        assertThat(flushedAt(LATER)).isEqualTo(5);
        try (var _ = new Broken(Switch.SKIP_WRITE)) {
            assertThat(flushedAt(0)).as("the beginning is not lost").isEqualTo(5);
            assertThat(flushedAt(LATER)).isZero();
        }
    }

    @Test
    void skip_fsync_writes_and_does_not_force() throws Throwable {
        assertThat(forcesAt(LATER)).isEqualTo(1);
        try (var _ = new Broken(Switch.SKIP_FSYNC)) {
            assertThat(forcesAt(0)).as("the beginning is not lost").isEqualTo(1);
            assertThat(forcesAt(LATER)).isZero();
            assertThat(flushedAt(LATER)).isEqualTo(5);
        }
    }

    /// How many of five bytes are in the file when they were written from there on and flushed.
    private long flushedAt(long position) throws Throwable {
        try (FileChannel file = open()) {
            flush(file, position);
            return Math.max(0, file.size() - position);
        }
    }

    private int forcesAt(long position) throws Throwable {
        return CountingChannel.forces(open(), file -> flush(file, position));
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(Files.createTempFile(folder, "log", null), StandardOpenOption.WRITE);
    }

    private static void flush(FileChannel file, long position) throws Throwable {
        file.position(position);
        ByteBuffer buffer = ByteBuffer.allocate(64);
        Object channel = Hidden.make(CHANNEL, "test", file, buffer);
        buffer.put(new byte[] {1, 2, 3, 4, 5});
        Hidden.call(channel, "flush");
    }
}
