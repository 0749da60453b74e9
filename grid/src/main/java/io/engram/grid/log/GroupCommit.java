package io.engram.grid.log;

import io.engram.grid.GridConfig.LogConfig;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Packs the commands of many callers into log entries. A command that finds the log idle goes at once; those that come
/// while entries are in flight share the next one. Entries are appended in the order in which their commands were submitted.
///
/// One for each shard, on whichever node may lead it. Starts no thread and never blocks: whoever submits, and whatever
/// completes an append, carries the next entry off. Safe for use by many threads.
public final class GroupCommit {
    /// Applying an entry holds up everything behind it; a few thousand commands are a few milliseconds.
    static final int COMMANDS_PER_ENTRY = 4096;

    /// Ratis sends at most 4 MiB at once; the rest is for the entry's own bytes.
    static final int LARGEST_ENTRY = 3 << 20;

    /// Per command: tag and length in the entry, and the objects that wait with it.
    private static final int COMMAND_OVERHEAD = 64;

    private final ShardLog log;
    private final LogConfig config;
    private final MonotonicClock clock;
    private final Timers timers;
    private final Object lock = new Object();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private long pendingBytes;
    private int inFlight;
    private boolean carrying;
    private long term = -1;
    private long accountedNanos;

    public GroupCommit(ShardLog log, LogConfig config, MonotonicClock clock, Timers timers) {
        if (config.entryBytes() < 1 || config.entryBytes() > LARGEST_ENTRY)
            throw new IllegalArgumentException("entryBytes must be 1.." + LARGEST_ENTRY + ", was " + config.entryBytes());
        if (config.entriesInFlight() < 1)
            throw new IllegalArgumentException("entriesInFlight must be at least 1, was " + config.entriesInFlight());
        this.log = log;
        this.config = config;
        this.clock = clock;
        this.timers = timers;
    }

    /// As [#submit(List, Deadline)], for one command.
    public CompletableFuture<Appended> submit(byte[] command, Deadline deadline) {
        return submit(List.of(command), deadline);
    }

    /// Appends these commands, in this order and in one entry. Completes by the deadline, with one outcome for each in
    /// [Appended.Applied]; exceptionally with [OutcomeUnknownException], or, when nothing was appended, with
    /// [RefusedException]: `OVERLOADED` (too much waits already), `DEADLINE_EXCEEDED` (its turn did not come),
    /// `INVALID_ARGUMENT` (too large for one entry).
    ///
    /// @param commands not empty; not copied: leave the arrays alone afterwards
    public CompletableFuture<Appended> submit(List<byte[]> commands, Deadline deadline) {
        var waiting = new Waiting(List.copyOf(commands));
        if (commands.isEmpty()) return refused(Reason.INVALID_ARGUMENT, "commands must not be empty");
        if (waiting.bytes > LARGEST_ENTRY)
            return refused(
                    Reason.INVALID_ARGUMENT, "commands of one request must not exceed " + LARGEST_ENTRY + " bytes, were " + waiting.bytes);
        var left = deadline.left(clock);
        if (!left.isPositive()) return refused(Reason.DEADLINE_EXCEEDED, "the deadline had passed before the commands came");
        synchronized (lock) {
            if (pendingBytes + waiting.bytes > config.pendingBytes())
                return refused(Reason.OVERLOADED, pendingBytes + " bytes of writes wait for shard " + log.shard() + " already");
            pendingBytes += waiting.bytes;
            waiting.deadline = deadline;
            queue.addLast(waiting);
        }
        var timer = timers.after(left, () -> expire(waiting));
        var _ = waiting.answer.whenComplete((answer, fault) -> timer.cancel());
        carry();
        return waiting.answer;
    }

    /// Appends entries as long as there are commands and room. Only one thread at a time does so: that keeps their order.
    private void carry() {
        synchronized (lock) {
            if (carrying) return;
            carrying = true;
        }
        for (var batch = nextBatch(); batch != null; batch = nextBatch()) append(batch);
    }

    private @Nullable List<Waiting> nextBatch() {
        synchronized (lock) {
            if (queue.isEmpty() || inFlight >= config.entriesInFlight()) {
                carrying = false;
                return null;
            }
            var batch = new ArrayList<Waiting>();
            long bytes = 0;
            int count = 0;
            for (var next = queue.peekFirst(); next != null; next = queue.peekFirst()) {
                boolean fits = bytes + next.bytes <= config.entryBytes() && count + next.commands.size() <= COMMANDS_PER_ENTRY;
                if (!batch.isEmpty() && !fits) break;
                batch.add(next);
                next.sent = true;
                bytes += next.bytes;
                count += next.commands.size();
                queue.removeFirst();
            }
            inFlight++;
            return batch;
        }
    }

    private void append(List<Waiting> batch) {
        var commands = new ArrayList<byte[]>();
        var deadline = batch.getFirst().deadline;
        for (var waiting : batch) {
            commands.addAll(waiting.commands);
            // The entry lasts as long as its most patient command; each command has its own timer besides.
            if (deadline.earlier(waiting.deadline).equals(deadline)) deadline = waiting.deadline;
        }
        CompletableFuture<Appended> appended;
        try {
            appended = log.append(new Entry(elapsed(), commands), deadline);
        } catch (RuntimeException e) {
            appended = CompletableFuture.failedFuture(new OutcomeUnknownException("appending to shard " + log.shard() + " failed", e));
        }
        var _ = appended.whenComplete((result, fault) -> {
            synchronized (lock) {
                inFlight--;
                for (var waiting : batch) pendingBytes -= waiting.bytes;
            }
            // Before answering: whoever waits for an answer must not hold up the next entry.
            carry();
            answer(batch, result, fault);
        });
    }

    private static void answer(List<Waiting> batch, @Nullable Appended result, @Nullable Throwable fault) {
        int from = 0;
        for (var waiting : batch) {
            int to = from + waiting.commands.size();
            if (fault != null) waiting.answer.completeExceptionally(fault);
            else if (result instanceof Appended.Applied(long logIndex, List<byte[]> outcomes))
                waiting.answer.complete(new Appended.Applied(logIndex, List.copyOf(outcomes.subList(from, to))));
            else waiting.answer.complete(result);
            from = to;
        }
    }

    private void expire(Waiting waiting) {
        boolean sent;
        synchronized (lock) {
            sent = waiting.sent;
            if (!sent && queue.remove(waiting)) pendingBytes -= waiting.bytes;
        }
        waiting.answer.completeExceptionally(
                sent
                        ? new OutcomeUnknownException("the deadline passed while shard " + log.shard() + " was appending")
                        : new RefusedException(
                                Reason.DEADLINE_EXCEEDED, "shard " + log.shard() + " could not append within the deadline; nothing was appended"));
    }

    /// Whole milliseconds, since the entry carries no more; what is left over counts next time.
    private Duration elapsed() {
        long now = clock.nanos();
        ReplicaView view = log.view();
        if (!view.leads()) {
            // The term's time counts from the first proposal as its leader, not from an attempt before that.
            term = -1;
            return Duration.ZERO;
        }
        long current = view.term();
        if (current != term) {
            term = current;
            accountedNanos = now;
            return Duration.ZERO;
        }
        long millis = (now - accountedNanos) / 1_000_000;
        accountedNanos += millis * 1_000_000;
        return Duration.ofMillis(millis);
    }

    private static CompletableFuture<Appended> refused(Reason reason, String message) {
        return CompletableFuture.failedFuture(new RefusedException(reason, message));
    }

    private static final class Waiting {
        final List<byte[]> commands;
        final long bytes;
        final CompletableFuture<Appended> answer = new CompletableFuture<>();
        Deadline deadline = new Deadline(0);
        boolean sent;

        Waiting(List<byte[]> commands) {
            this.commands = commands;
            long sum = 0;
            for (var command : commands) sum += command.length + COMMAND_OVERHEAD;
            this.bytes = sum;
        }
    }
}
