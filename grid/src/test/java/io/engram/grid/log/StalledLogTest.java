package io.engram.grid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.ratis.server.RaftServer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/// A log whose disk stalls: the thread that appends hangs in Ratis, and what comes meanwhile queues up behind it.
class StalledLogTest {
    private static final ShardId SHARD = new ShardId(0);
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private final RatisShardLog log = log();

    private RatisShardLog log() {
        var log = new RatisShardLog(
                SHARD, new NodeId("n1"), new AppliedIndex(Runnable::run), queue::add, Runnable::run, MonotonicClock.SYSTEM);
        var machine = new ReplicaStateMachine(
                SHARD, new ReplicaStateMachine.Machine(new RecordingMachine()), new SnapshotFolder(Path.of("nowhere")), new AppliedIndex(Runnable::run));
        log.runs(new RatisShardLog.Running(untouched(RaftServer.class), untouched(RaftServer.Division.class), machine));
        return log;
    }

    private static <T> T untouched(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            throw new AssertionError("nobody waits for this append any more, but it went to " + method);
        }));
    }

    private CompletableFuture<Appended> append(Entry entry, Duration limit) {
        return log.append(entry, Deadline.after(limit, MonotonicClock.SYSTEM));
    }

    private static Entry entry() {
        return new Entry(Duration.ZERO, List.of(new byte[1 << 10]));
    }

    @Test
    void no_more_than_so_many_queue_up_and_the_rest_is_told_at_once_that_it_is_too_much() {
        var waiting = IntStream.range(0, RatisShardLog.MOST_WAITING).mapToObj(i -> append(entry(), Duration.ofSeconds(2))).toList();
        var refused = append(entry(), Duration.ofHours(1));
        assertThat(refused).isCompletedExceptionally();
        assertThatThrownBy(refused::get).cause().asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class))
                .extracting(RefusedException::reason)
                .isEqualTo(Reason.OVERLOADED);
        for (var one : waiting) assertThatThrownBy(one::get).hasCauseInstanceOf(OutcomeUnknownException.class);
        // The disk goes on: what nobody waits for is passed over, and there is room again.
        while (!queue.isEmpty()) queue.remove().run();
        assertThat(append(entry(), Duration.ofHours(1))).isNotDone();
        assertThat(queue).hasSize(1);
    }

    @Test
    void what_nobody_waits_for_any_more_is_not_held_in_memory() {
        var entry = entry();
        var held = new WeakReference<>(entry);
        var answer = append(entry, Duration.ofSeconds(1));
        entry = null;
        assertThatThrownBy(answer::get).hasCauseInstanceOf(OutcomeUnknownException.class);
        assertThat(queue).hasSize(1);
        await().atMost(Cluster.PATIENCE).until(() -> {
            System.gc();
            return held.get() == null;
        });
    }
}
