package io.engram.grid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two starts of one replica: Ratis has closed the first, and its threads are still about.
class ReplicaStateMachineTest {
    @TempDir
    Path folder;

    private final RecordingMachine recording = new RecordingMachine();
    private final ReplicaStateMachine.Machine machine = new ReplicaStateMachine.Machine(recording);

    private ReplicaStateMachine start() {
        return new ReplicaStateMachine(
                new ShardId(0), machine, new SnapshotFolder(folder.resolve("shard")), new AppliedIndex(Runnable::run));
    }

    private static void initialize(ReplicaStateMachine start) {
        try {
            start.initialize(silent(RaftServer.class), RaftGroupId.randomId(), silent(RaftStorage.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Answers nothing to every call.
    private static <T> T silent(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null));
    }

    @Test
    void the_first_touches_nothing_once_the_second_has_begun() {
        var first = start();
        initialize(first);
        var second = start();
        initialize(second);
        assertThatThrownBy(() -> first.notifyTermIndexUpdated(1, 5)).isInstanceOf(IllegalStateException.class).hasMessageContaining("started again");
        assertThatThrownBy(first::takeSnapshot).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(first::pause).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(first::reinitialize).isInstanceOf(IllegalStateException.class);
        assertThat(recording.applied()).isEqualTo(-1);
        second.notifyTermIndexUpdated(1, 5);
        assertThat(recording.applied()).isEqualTo(5);
    }

    @Test
    void the_second_waits_until_the_first_has_restored() throws Exception {
        var open = new CountDownLatch(1);
        recording.open = open;
        var first = Thread.ofPlatform().start(() -> initialize(start()));
        await().atMost(Cluster.PATIENCE).until(() -> recording.stalls() == 1);
        var second = Thread.ofPlatform().start(() -> initialize(start()));
        await().atMost(Cluster.PATIENCE).until(() -> second.getState() == Thread.State.BLOCKED);
        open.countDown();
        assertThat(first.join(Cluster.PATIENCE)).isTrue();
        assertThat(second.join(Duration.ofSeconds(30))).isTrue();
        assertThat(recording.restores()).as("the second found it restored").isEqualTo(1);
    }
}
