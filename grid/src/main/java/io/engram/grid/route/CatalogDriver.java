package io.engram.grid.route;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Position;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReading.Cataloged;
import io.engram.grid.memory.shard.ShardReads;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Goes on where whoever changed a space has died, or lost its way: looks for what the catalog has not recorded as settled.
/// Two nodes that both believe to lead shard 0 do no harm.
///
/// Looked at from one thread; never blocks.
final class CatalogDriver {
    private static final Logger log = LoggerFactory.getLogger(CatalogDriver.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /// After an outage there may be thousands: each is a command to every shard, and users' writes go the same way.
    static final int AT_ONCE = 16;

    private final ShardReads catalog;
    private final SpaceSettling settling;
    private final MonotonicClock clock;
    private final Set<Revision> underWay = ConcurrentHashMap.newKeySet();
    private Set<Revision> seenBefore = Set.of();
    /// The space begun last: the next look goes on behind it, so that those that fail again and again do not keep others waiting.
    private long begunLast;

    private record Revision(long space, long revision) {}

    CatalogDriver(ShardReads catalog, SpaceSettling settling, MonotonicClock clock) {
        this.catalog = catalog;
        this.settling = settling;
        this.clock = clock;
    }

    /// Leaves alone what was not there the last time: whoever asked for it is most likely at it.
    void look() {
        try (ShardReading reading = catalog.read()) {
            var unsettled = reading.unsettled();
            var due = unsettled.stream()
                    .filter(entry -> seenBefore.contains(of(entry)))
                    .sorted(Comparator.comparing((Cataloged entry) -> idOf(entry) <= begunLast).thenComparingLong(CatalogDriver::idOf))
                    .toList();
            for (Cataloged entry : due) {
                if (underWay.size() >= AT_ONCE) break;
                settle(entry);
            }
            seenBefore = Set.copyOf(unsettled.stream().map(CatalogDriver::of).toList());
        }
    }

    private static long idOf(Cataloged entry) {
        return entry.space().id().value();
    }

    private static Revision of(Cataloged entry) {
        return new Revision(entry.space().id().value(), entry.space().revision());
    }

    private void settle(Cataloged entry) {
        Revision revision = of(entry);
        if (!underWay.add(revision)) return;
        begunLast = revision.space();
        var _ = begin(entry).whenComplete((position, fault) -> {
            underWay.remove(revision);
            if (fault == null) log.info("space settled space={} revision={}", entry.space().name(), entry.space().revision());
            else log.info("space not settled yet space={} why={}", entry.space().name(), Faults.bare(fault).getMessage());
        });
    }

    private CompletableFuture<Position> begin(Cataloged entry) {
        Deadline limit = Deadline.after(LIMIT, clock);
        try {
            return entry.dropping() ? settling.drop(entry.space(), limit) : settling.install(entry.space(), limit);
        } catch (RuntimeException e) {
            // Thrown or told, it did not come to an end: it is looked at again.
            return CompletableFuture.failedFuture(e);
        }
    }
}
