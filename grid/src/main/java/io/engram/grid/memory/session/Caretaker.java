package io.engram.grid.memory.session;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReading.Closing;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.wire.CloseSession;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.Tick;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A shard leader's duty towards what ends by itself. Once a second: where nothing is written but something could expire, it
/// proposes a tick, so that log time moves on; and it tells the other shards of a space which sessions home, this shard, has
/// expired.
///
/// One for each replica; idle while the replica does not lead. It only proposes: two leaders at once do no harm.
public final class Caretaker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Caretaker.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int CLOSING_AT_ONCE = 16;

    private final ShardReads shard;
    private final BooleanSupplier leads;
    private final PatientSubmission submission;
    private final Timers timers;
    private final MonotonicClock clock;
    private final Object lock = new Object();
    private final Set<Closing> closing = new HashSet<>();
    private Timers.Timer timer = () -> {};
    private boolean closed;
    private boolean ticking;
    private long lastPosition = -1;

    /// @param leads whether this replica leads its shard now, as far as it knows
    public Caretaker(ShardReads shard, BooleanSupplier leads, Submission submission, Timers timers, MonotonicClock clock) {
        this.shard = shard;
        this.leads = leads;
        this.submission = new PatientSubmission(submission, timers, clock);
        this.timers = timers;
        this.clock = clock;
    }

    public void start() {
        again();
    }

    private void again() {
        synchronized (lock) {
            if (!closed) timer = timers.after(EVERY, this::look);
        }
    }

    private void look() {
        try {
            if (leads.getAsBoolean()) care();
        } catch (RuntimeException e) {
            // The next look may do better; without one, sessions would never end.
            LOG.warn("caretaker failed shard={}", shard.shard(), e);
        } finally {
            again();
        }
    }

    private void care() {
        boolean tick;
        List<Closing> due;
        try (ShardReading reading = shard.read()) {
            synchronized (lock) {
                tick = reading.position() == lastPosition && reading.perishable() && !ticking;
                ticking |= tick;
                lastPosition = reading.position();
                due = reading.closing().stream()
                        .filter(session -> !closing.contains(session))
                        .limit(Math.max(0, CLOSING_AT_ONCE - closing.size()))
                        .toList();
                closing.addAll(due);
            }
        }
        if (tick) tick();
        due.forEach(this::close);
    }

    private void tick() {
        Command tick = Command.newBuilder().setTick(Tick.getDefaultInstance()).build();
        var _ = submission.submit(shard.shard(), tick, deadline()).whenComplete((outcome, failure) -> {
            synchronized (lock) {
                ticking = false;
            }
        });
    }

    private void close(Closing session) {
        Command close = Command.newBuilder()
                .setCloseSession(CloseSession.newBuilder()
                        .setSpace(session.space().id().value())
                        .setSession(session.session().value())
                        .setIncarnation(session.incarnation()))
                .build();
        List<CompletableFuture<Outcome>> others = session.space().shards().stream()
                .filter(other -> !other.equals(shard.shard()))
                .map(other -> closeOn(other, close))
                .toList();
        // Home last: until then it keeps the session listed, so that the next leader goes on if this one does not.
        var _ = CompletableFuture.allOf(others.toArray(CompletableFuture[]::new))
                .thenCompose(all -> closeOn(shard.shard(), close))
                .whenComplete((outcome, failure) -> {
                    synchronized (lock) {
                        closing.remove(session);
                    }
                    if (failure != null) LOG.debug("session not closed everywhere yet shard={}", shard.shard(), failure);
                });
    }

    private CompletableFuture<Outcome> closeOn(ShardId other, Command close) {
        return submission.submit(other, close, deadline()).exceptionallyCompose(failure -> {
            RefusedException refused = PatientSubmission.refusal(failure);
            // The space is gone there, and the session with it.
            return refused.reason() == Reason.SPACE_NOT_FOUND
                    ? CompletableFuture.completedFuture(Outcome.getDefaultInstance())
                    : CompletableFuture.failedFuture(refused);
        });
    }

    private Deadline deadline() {
        return Deadline.after(PATIENCE, clock);
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            timer.cancel();
        }
    }
}
