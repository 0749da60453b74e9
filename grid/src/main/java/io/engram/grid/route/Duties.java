package io.engram.grid.route;

import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLogs;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.session.Caretaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leaders of shards do besides: each shard's caretaker, the catalog's driver, filling the hot tier. All of it
/// only proposes, so that it does not matter whether a leader still is one.
final class Duties implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Duties.class);

    /// How soon a new leader begins to fill the hot tier.
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    /// The catalog, in looks: once a second.
    private static final int LOOKS_BETWEEN = 4;

    private final ShardLogs logs;
    private final List<Held> held;
    private final List<Caretaker> caretakers = new ArrayList<>();
    private final Optional<CatalogDriver> catalog;
    private final Thread thread;

    Duties(ShardLogs logs, List<Held> held, Submission submission, SpaceSettling settling, Timers timers, MonotonicClock clock) {
        this.logs = logs;
        this.held = List.copyOf(held);
        for (Held shard : held) caretakers.add(new Caretaker(shard.state(), () -> leads(shard.shard()), submission, timers, clock));
        catalog = held.stream()
                .filter(shard -> shard.shard().equals(ShardId.CATALOG))
                .findFirst()
                .map(shard -> new CatalogDriver(shard.state(), settling, clock));
        thread = Thread.ofVirtual().name("engram-duties").unstarted(this::keep);
    }

    void start() {
        caretakers.forEach(Caretaker::start);
        thread.start();
    }

    private boolean leads(ShardId shard) {
        return logs.log(shard).view().leads();
    }

    private void keep() {
        try {
            for (long look = 0; ; look++) {
                look(look % LOOKS_BETWEEN == 0);
                Thread.sleep(LOOK_EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(boolean atCatalog) {
        try {
            for (Held shard : held) shard.hotWrites().leading(leads(shard.shard()));
            if (atCatalog && catalog.isPresent() && leads(ShardId.CATALOG)) catalog.get().look();
        } catch (RuntimeException e) {
            // A shard that is being restarted, say. Whoever looks must not end of it.
            log.warn("duties failed, will look again", e);
        }
    }

    @Override
    public void close() {
        caretakers.forEach(Caretaker::close);
        thread.interrupt();
        try {
            var _ = thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
