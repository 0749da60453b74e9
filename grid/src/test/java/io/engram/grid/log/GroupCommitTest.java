package io.engram.grid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.engram.grid.GridConfig.LogConfig;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/// Group commit on a log and a clock that the test drives.
class GroupCommitTest {
    private final HeldLog log = new HeldLog();
    private final HandTime time = new HandTime();

    private GroupCommit commit(int entryBytes, int inFlight, int pendingBytes) {
        var config = new LogConfig(Duration.ofMillis(1), Duration.ofMillis(2), 100, entryBytes, inFlight, pendingBytes);
        return new GroupCommit(log, config, time, time);
    }

    @CanIgnoreReturnValue
    private CompletableFuture<Appended> submit(GroupCommit commit, String... commands) {
        var bytes = new ArrayList<byte[]>();
        for (var command : commands) bytes.add(command.getBytes(StandardCharsets.UTF_8));
        return commit.submit(bytes, Deadline.after(Duration.ofSeconds(1), time));
    }

    @Test
    void the_first_command_goes_at_once_and_those_that_come_meanwhile_share_the_next_entry() throws Exception {
        var commit = commit(10_000, 1, 100_000);
        var a = submit(commit, "a");
        var b = submit(commit, "b");
        var cd = submit(commit, "c", "d");
        assertThat(log.entries).containsExactly(List.of("a"));
        log.apply();
        assertThat(log.entries).containsExactly(List.of("a"), List.of("b", "c", "d"));
        log.apply();
        assertThat(outcomes(a)).containsExactly("did a");
        assertThat(outcomes(b)).containsExactly("did b");
        assertThat(outcomes(cd)).containsExactly("did c", "did d");
    }

    @Test
    void no_more_entries_are_in_flight_than_configured() {
        var commit = commit(10_000, 2, 100_000);
        for (int i = 0; i < 10; i++) submit(commit, "c" + i);
        assertThat(log.entries).hasSize(2);
        log.apply();
        assertThat(log.entries).hasSize(3);
        assertThat(log.entries.getLast()).containsExactly("c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9");
    }

    @Test
    void an_entry_is_closed_at_its_size_and_lists_are_never_divided() {
        // 64 bytes are reckoned for each command beside its own.
        var commit = commit(200, 1, 100_000);
        submit(commit, "first");
        submit(commit, "a", "b");
        submit(commit, "c", "d");
        submit(commit, "e", "f", "g", "h");
        log.apply();
        log.apply();
        log.apply();
        assertThat(log.entries)
                .containsExactly(List.of("first"), List.of("a", "b"), List.of("c", "d"), List.of("e", "f", "g", "h"));
    }

    @Test
    void too_much_waiting_is_refused_and_nothing_is_appended() throws Exception {
        var commit = commit(10_000, 1, 200);
        var first = submit(commit, "a");
        submit(commit, "b");
        submit(commit, "c");
        assertThatThrownBy(submit(commit, "d")::get).cause().asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class))
                .extracting(RefusedException::reason)
                .isEqualTo(Reason.OVERLOADED);
        log.apply();
        assertThat(outcomes(first)).containsExactly("did a");
        log.apply();
        assertThat(log.entries).containsExactly(List.of("a"), List.of("b", "c"));
        // Room again.
        assertThat(submit(commit, "e").isCompletedExceptionally()).isFalse();
    }

    @Test
    void at_its_deadline_a_command_in_flight_is_unknown_and_one_that_waits_was_not_appended() {
        var commit = commit(10_000, 1, 200);
        var sent = submit(commit, "a");
        var waiting = submit(commit, "b");
        time.pass(Duration.ofMillis(1_001));
        assertThatThrownBy(sent::get).hasCauseInstanceOf(OutcomeUnknownException.class);
        assertThatThrownBy(waiting::get).cause().asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class))
                .extracting(RefusedException::reason)
                .isEqualTo(Reason.DEADLINE_EXCEEDED);
        log.apply();
        assertThat(log.entries).containsExactly(List.of("a"));
        // What expired gave its room back.
        assertThat(submit(commit, "c".repeat(100)).isCompletedExceptionally()).isFalse();
    }

    @Test
    void who_does_not_lead_tells_every_caller_and_goes_on() throws Exception {
        var commit = commit(10_000, 1, 100_000);
        var a = submit(commit, "a");
        var b = submit(commit, "b");
        log.answer(new Appended.NotLeader(Optional.of(new NodeId("n2"))));
        log.answer(new Appended.NotLeader(Optional.of(new NodeId("n2"))));
        assertThat(a.get()).isEqualTo(new Appended.NotLeader(Optional.of(new NodeId("n2"))));
        assertThat(b.get()).isEqualTo(new Appended.NotLeader(Optional.of(new NodeId("n2"))));
    }

    @Test
    void elapsed_time_is_told_in_whole_milliseconds_none_lost_and_begins_anew_with_a_term() {
        var commit = commit(10_000, 20, 100_000);
        submit(commit, "a");
        for (int i = 0; i < 10; i++) {
            time.pass(Duration.ofNanos(300_000));
            submit(commit, "b" + i);
        }
        assertThat(log.elapsed.stream().mapToLong(Duration::toMillis).sum()).isEqualTo(3);
        log.term++;
        time.pass(Duration.ofSeconds(5));
        submit(commit, "c");
        log.apply();
        assertThat(log.elapsed.getLast()).isZero();
    }

    @Test
    void what_fits_no_entry_is_refused() {
        var commit = commit(10_000, 1, 100 << 20);
        var huge = commit.submit(new byte[GroupCommit.LARGEST_ENTRY], Deadline.after(Duration.ofSeconds(1), time));
        assertThatThrownBy(huge::get).cause().asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class))
                .extracting(RefusedException::reason)
                .isEqualTo(Reason.INVALID_ARGUMENT);
        assertThat(log.entries).isEmpty();
    }

    private static List<String> outcomes(CompletableFuture<Appended> answer) throws InterruptedException, ExecutionException {
        return ((Appended.Applied) answer.get()).outcomes().stream().map(o -> new String(o, StandardCharsets.UTF_8)).toList();
    }

    /// Answers appends when the test says so.
    private static final class HeldLog implements ShardLog {
        final List<List<String>> entries = new ArrayList<>();
        final List<Duration> elapsed = new ArrayList<>();
        final ArrayDeque<CompletableFuture<Appended>> waiting = new ArrayDeque<>();
        final ArrayDeque<List<String>> unanswered = new ArrayDeque<>();
        long term = 1;

        @Override
        public ShardId shard() {
            return ShardId.CATALOG;
        }

        @Override
        public CompletableFuture<Appended> append(Entry entry, Deadline deadline) {
            var commands = entry.commands().stream().map(c -> new String(c, StandardCharsets.UTF_8)).toList();
            entries.add(commands);
            elapsed.add(entry.elapsed());
            unanswered.add(commands);
            waiting.add(new CompletableFuture<>());
            return waiting.getLast();
        }

        void apply() {
            var outcomes = unanswered.getFirst().stream().map(c -> ("did " + c).getBytes(StandardCharsets.UTF_8)).toList();
            answer(new Appended.Applied(1, outcomes));
        }

        void answer(Appended appended) {
            unanswered.removeFirst();
            waiting.removeFirst().complete(appended);
        }

        @Override
        public ReplicaView view() {
            return new ReplicaView(shard(), "n1", ReplicaView.Role.LEADER, term, Optional.empty(), 0, 0, -1, "RUNNING");
        }

        @Override
        public CompletableFuture<Void> whenApplied(long logIndex, Deadline deadline) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Membership membership() {
            return new Membership(Set.of(), Set.of());
        }
    }

    private static final class HandTime implements MonotonicClock, Timers {
        private long now;
        private final List<Task> tasks = new ArrayList<>();

        private record Task(long at, Runnable what) {}

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
            var made = new Task(now + delay.toNanos(), task);
            tasks.add(made);
            return () -> tasks.remove(made);
        }

        void pass(Duration time) {
            now += time.toNanos();
            for (var task : List.copyOf(tasks)) if (task.at <= now) task.what.run();
        }
    }
}
