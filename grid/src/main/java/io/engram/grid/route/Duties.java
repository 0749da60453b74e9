package io.engram.grid.route;

import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLogs;
import io.engram.grid.memory.Submission;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to the leader's duties of every shard held here, from one virtual thread.
final class Duties implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Duties.class);

    /// How soon a new leader begins to fill the hot tier.
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    /// Duties proper, in looks: once a second.
    private static final int LOOKS_BETWEEN = 4;

    private final ShardLogs logs;
    private final List<Held> held;
    private final Map<ShardId, LeaderDuties> duties = new TreeMap<>();
    private final Thread thread;

    Duties(ShardLogs logs, List<Held> held, Submission submission, SpaceSettling settling, MonotonicClock clock) {
        this.logs = logs;
        this.held = List.copyOf(held);
        var closing = new SessionClosing(submission);
        for (Held shard : held)
            duties.put(shard.shard(), new LeaderDuties(logs.log(shard.shard()), shard.state(), submission, settling, closing, clock));
        thread = Thread.ofVirtual().name("engram-duties").unstarted(this::keep);
    }

    void start() {
        thread.start();
    }

    private void keep() {
        try {
            for (long look = 0; ; look++) {
                for (Held shard : held) shard.hotWrites().leading(logs.log(shard.shard()).view().leads());
                if (look % LOOKS_BETWEEN == 0) duties.values().forEach(Duties::look);
                Thread.sleep(LOOK_EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void look(LeaderDuties duties) {
        try {
            duties.look();
        } catch (RuntimeException e) {
            log.warn("leader duties failed, will look again", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
