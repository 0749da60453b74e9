package io.engram.jepsen.controls;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.controls.broken.FirstFew;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Switches that break the log.
class LogControlsTest {
    private static final String CHANNEL = "org.apache.ratis.server.raftlog.segmented.BufferedWriteChannel";

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
        assertThat(flushed("sound")).isEqualTo(5L);
        try (var _ = new Broken(Switch.SKIP_WRITE)) {
            letTheFirstFewPass();
            assertThat(flushed("broken")).isZero();
        }
    }

    @Test
    void skip_fsync_writes_and_does_not_force() throws Throwable {
        assertThat(forcedAfterFlush("sound")).isEqualTo(1);
        try (var _ = new Broken(Switch.SKIP_FSYNC)) {
            letTheFirstFewPass();
            assertThat(forcedAfterFlush("broken")).isZero();
            assertThat(flushed("written")).isEqualTo(5L);
        }
    }

    private void letTheFirstFewPass() throws Throwable {
        for (int i = 0; i < FirstFew.FLUSHES; i++) assertThat(flushed("first" + i)).isNotNegative();
    }

    /// Bytes in the file after five were written and flushed.
    private long flushed(String name) throws Throwable {
        try (FileChannel file = open(name)) {
            flush(file);
            return file.size();
        }
    }

    private int forcedAfterFlush(String name) throws Throwable {
        try (CountingChannel file = new CountingChannel(open(name))) {
            flush(file);
            return file.forced();
        }
    }

    private FileChannel open(String name) throws IOException {
        return FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void flush(FileChannel file) throws Throwable {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        Object channel = Hidden.make(CHANNEL, "test", file, buffer);
        buffer.put(new byte[] {1, 2, 3, 4, 5});
        Hidden.call(channel, "flush");
    }
}
