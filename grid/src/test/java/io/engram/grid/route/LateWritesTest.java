package io.engram.grid.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.memory.IdempotencyKey;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.WriteCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Writes of which nothing was heard by their deadlines, not even from this node's own timers: a machine that is short of cores may be late.
@Timeout(60)
class LateWritesTest {
    private static final RequestId REQUEST = new RequestId(new IdempotencyKey("request"), 1);
    private final Submission silent = (shard, command, deadline) -> new CompletableFuture<>();

    @Test
    void are_unknown_and_not_taken_for_never_begun() {
        var shard = ReadFixture.shardWith(1);
        var observation = new Observation(new MemoryKey("k"), "text", Optional.empty(), 0.9, Instant.EPOCH, new TreeMap<>(), List.of());
        try (var fixture = new ReadFixture(
                Optional.of(shard.state), shard.segments, (node, question) -> ReadFixture.silence(), MonotonicClock.SYSTEM)) {
            var memories = fixture.memories(silent);
            assertThat(reason(() -> memories.put(ReadFixture.SPACE, observation, new WriteCondition.None(), REQUEST, soon())))
                    .isEqualTo(Reason.OUTCOME_UNKNOWN);
            assertThat(reason(() -> memories.forget(ReadFixture.SPACE, new MemoryKey("k1"), 0, REQUEST, soon())))
                    .isEqualTo(Reason.OUTCOME_UNKNOWN);
            assertThat(reason(() -> fixture.spaces(silent).delete(ReadFixture.SPACE, REQUEST, soon()))).isEqualTo(Reason.OUTCOME_UNKNOWN);
        }
    }

    @Test
    void are_unknown_to_who_is_interrupted_as_well() {
        var shard = ReadFixture.shardWith(1);
        try (var fixture = new ReadFixture(
                Optional.of(shard.state), shard.segments, (node, question) -> ReadFixture.silence(), MonotonicClock.SYSTEM)) {
            Thread.currentThread().interrupt();
            assertThat(reason(() -> fixture.memories(silent).forget(
                            ReadFixture.SPACE, new MemoryKey("k1"), 0, REQUEST, Deadline.after(Duration.ofMinutes(1), MonotonicClock.SYSTEM))))
                    .isEqualTo(Reason.OUTCOME_UNKNOWN);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofMillis(50), MonotonicClock.SYSTEM);
    }

    private static Reason reason(ThrowingCallable call) {
        var refused = catchThrowableOfType(RefusedException.class, call);
        assertThat(refused).isNotNull();
        return refused.reason();
    }
}
