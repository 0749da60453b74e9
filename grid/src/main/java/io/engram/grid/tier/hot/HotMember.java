package io.engram.grid.tier.hot;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.LocalMapStats;
import io.engram.grid.GridConfig;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's Hazelcast member and the thread that owns it: starts it, starts it again when it has stopped or could not
/// start, reads its figures once a second, stops it.
final class HotMember implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HotMember.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /// Longer than the graceful shutdown that Hazelcast is given.
    private static final Duration STOP_LIMIT = Duration.ofSeconds(6);

    private final Supplier<HazelcastInstance> starter;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread owner;
    private volatile @Nullable Running running;
    private volatile Figures figures = new Figures("starting", 0, 0, 0);

    private HotMember(String name, Supplier<HazelcastInstance> starter) {
        this.starter = starter;
        owner = Thread.ofPlatform().name("hot-member-" + name).daemon().unstarted(this::own);
    }

    private record Running(HazelcastInstance instance, IMap<GridKey, Object> map) {}

    /// @param fault why there is no member; null: there is one
    record Figures(@Nullable String fault, int members, long entries, long bytes) {}

    /// Returns at once; the member is there some seconds later.
    static HotMember start(GridConfig grid) {
        Config config = MemberSettings.of(grid);
        return start(grid.self().value(), () -> Hazelcast.newHazelcastInstance(config));
    }

    static HotMember start(String name, Supplier<HazelcastInstance> starter) {
        HotMember member = new HotMember(name, starter);
        member.owner.start();
        return member;
    }

    /// Null: there is no member now.
    @Nullable IMap<GridKey, Object> map() {
        Running now = running;
        return now == null ? null : now.map;
    }

    Figures figures() {
        return figures;
    }

    private void own() {
        Duration pause = LOOK_EVERY;
        try {
            while (closing.getCount() > 0) {
                Running now = running;
                if (now != null && now.instance.getLifecycleService().isRunning()) {
                    figures = look(now);
                    pause = LOOK_EVERY;
                } else if (tryStart(now)) {
                    continue;
                } else {
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
                if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) break;
            }
        } catch (InterruptedException e) {
            log.warn("hot tier's owner was interrupted, the member stops");
        } finally {
            Running last = running;
            running = null;
            figures = new Figures("closed", 0, 0, 0);
            if (last != null) stop(last.instance);
        }
    }

    private boolean tryStart(@Nullable Running stopped) {
        running = null;
        try {
            if (stopped != null) {
                figures = new Figures("member has stopped, starting it again", 0, 0, 0);
                stopped.instance.getLifecycleService().terminate();
            }
            HazelcastInstance instance = starter.get();
            running = new Running(instance, instance.getMap(MemberSettings.MAP));
            log.info("hot tier is up members={}", instance.getCluster().getMembers().size());
            return true;
        } catch (RuntimeException e) {
            figures = new Figures("cannot start: " + e.getMessage(), 0, 0, 0);
            log.warn("hot tier cannot start, the node works without it cause={}", e.toString());
            return false;
        }
    }

    private Figures look(Running now) {
        try {
            LocalMapStats stats = now.map.getLocalMapStats();
            return new Figures(
                    null, now.instance.getCluster().getMembers().size(), stats.getOwnedEntryCount(), stats.getHeapCost());
        } catch (RuntimeException e) {
            return new Figures("does not answer: " + e.getMessage(), 0, 0, 0);
        }
    }

    private static void stop(HazelcastInstance instance) {
        Thread graceful = Thread.ofPlatform().name("hot-member-stop").daemon().start(instance::shutdown);
        try {
            if (graceful.join(STOP_LIMIT)) return;
            log.warn("hot tier did not stop within {}, terminated", STOP_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        instance.getLifecycleService().terminate();
    }

    /// Bounded: a member that is just starting is left to stop itself as soon as it has started.
    @Override
    public void close() {
        closing.countDown();
        try {
            if (!owner.join(STOP_LIMIT.plusSeconds(2))) log.warn("hot tier is still busy starting or stopping");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
