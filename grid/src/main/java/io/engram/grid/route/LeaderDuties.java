package io.engram.grid.route;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReading.Cataloged;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Tick;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leader of one shard does besides: finishes what is half done in the catalog, tells other shards of expired
/// sessions, moves log time on in a quiet shard. All of it are proposals; two nodes that both believe to lead do no harm.
///
/// Looked at once a second from one thread; never blocks.
final class LeaderDuties {
    private static final Logger log = LoggerFactory.getLogger(LeaderDuties.class);

    /// A quiet shard's sessions end at most this much later than they could. Well below the 10 s that one entry can
    /// move log time.
    static final Duration TICK_AFTER = Duration.ofSeconds(2);

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ShardLog replica;
    private final ShardReads state;
    private final Submission submission;
    private final SpaceSettling settling;
    private final SessionClosing closing;
    private final MonotonicClock clock;
    private final Set<Revision> settlingNow = ConcurrentHashMap.newKeySet();
    private volatile boolean ticking;
    private long lastPosition = -1;
    private long lastMoved;

    private record Revision(long space, long revision) {}

    LeaderDuties(
            ShardLog replica, ShardReads state, Submission submission, SpaceSettling settling, SessionClosing closing,
            MonotonicClock clock) {
        this.replica = replica;
        this.state = state;
        this.submission = submission;
        this.settling = settling;
        this.closing = closing;
        this.clock = clock;
    }

    void look() {
        if (!replica.view().leads()) {
            lastPosition = -1;
            return;
        }
        try (ShardReading reading = state.read()) {
            if (replica.shard().equals(ShardId.CATALOG)) reading.unsettled().forEach(this::settle);
            closing.look(reading.closing(), limit());
            tick(reading);
        }
    }

    private Deadline limit() {
        return Deadline.after(LIMIT, clock);
    }

    private void settle(Cataloged entry) {
        var revision = new Revision(entry.space().id().value(), entry.space().revision());
        if (!settlingNow.add(revision)) return;
        CompletableFuture<Position> settled =
                entry.dropping() ? settling.drop(entry.space(), limit()) : settling.install(entry.space(), limit());
        var _ = settled.whenComplete((position, fault) -> {
            settlingNow.remove(revision);
            if (fault != null) log.info("space not settled yet space={} why={}", entry.space().name(), Faults.bare(fault).getMessage());
        });
    }

    private void tick(ShardReading reading) {
        long now = clock.nanos();
        if (reading.position() != lastPosition) {
            lastPosition = reading.position();
            lastMoved = now;
        }
        if (ticking || !reading.perishable() || now - lastMoved < TICK_AFTER.toNanos()) return;
        ticking = true;
        var tick = Command.newBuilder().setTick(Tick.getDefaultInstance()).build();
        var _ = submission.submit(replica.shard(), tick, limit()).whenComplete((outcome, fault) -> ticking = false);
    }
}
