package io.engram.grid.memory.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.Submission;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PatientSubmissionTest {
    private static final Timers AT_ONCE = (delay, task) -> {
        task.run();
        return () -> {};
    };
    private static final Timers CLOSED = (delay, task) -> {
        throw new RejectedExecutionException("closed");
    };
    private static final Submission NO_LEADER = (shard, command, deadline) ->
            CompletableFuture.failedFuture(new RefusedException(Reason.NO_LEADER, "between two leaders"));

    private static CompletableFuture<Outcome> submit(Submission submission, Timers timers) {
        Deadline deadline = Deadline.after(Duration.ofMinutes(1), MonotonicClock.SYSTEM);
        return new PatientSubmission(submission, timers, MonotonicClock.SYSTEM)
                .submit(ShardId.CATALOG, Command.getDefaultInstance(), deadline);
    }

    private static Reason refused(CompletableFuture<Outcome> ended) {
        assertThat(ended).isCompletedExceptionally();
        assertThat(ended.exceptionNow()).isInstanceOf(RefusedException.class);
        return ((RefusedException) ended.exceptionNow()).reason();
    }

    @Test
    void what_passes_is_asked_again() {
        AtomicInteger asked = new AtomicInteger();
        Submission thirdTime = (shard, command, deadline) -> asked.incrementAndGet() < 3
                ? NO_LEADER.submit(shard, command, deadline)
                : CompletableFuture.completedFuture(Outcome.getDefaultInstance());
        assertThat(submit(thirdTime, AT_ONCE)).isCompletedWithValue(Outcome.getDefaultInstance());
        assertThat(asked).hasValue(3);
    }

    @Test
    void who_waits_is_told_when_the_node_closes_and_nothing_can_be_asked_again() {
        assertThat(refused(submit(NO_LEADER, CLOSED))).isEqualTo(Reason.NO_LEADER);
    }

    @Test
    void an_attempt_that_breaks_is_of_unknown_outcome() {
        AtomicInteger asked = new AtomicInteger();
        Submission breaks = (shard, command, deadline) -> {
            if (asked.incrementAndGet() == 1) return NO_LEADER.submit(shard, command, deadline);
            throw new IllegalStateException("closed from inside");
        };
        assertThat(refused(submit(breaks, AT_ONCE))).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }
}
