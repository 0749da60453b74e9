package io.engram.grid.tier.cold;

import io.engram.grid.GridConfig;
import io.engram.grid.GridConfig.Member;
import io.engram.grid.tier.cold.ColdTier.Health;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ignite.Ignite;
import org.apache.ignite.Ignition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's Ignite and the thread that owns it: starts it, looks after it four times a second, starts it again when it
/// has stopped, says it is broken, or the [Watchdog] advises it, and stops it. Ignite can hang in most of its calls, so
/// the owner itself makes none that block.
final class ColdMember implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ColdMember.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    /// Long enough for the others to start and meet: their longest pause and a start.
    private static final Duration STAND_ASIDE = Duration.ofSeconds(12);
    /// What is activated without a member makes a new branch of the cluster's history: rather wait for it a while.
    private static final Duration SETTLED = Duration.ofSeconds(10);

    private final GridConfig grid;
    private final PeerProbe probe;
    private final int expected;
    private final Majority majority;
    private final Watchdog watchdog;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<@Nullable String> broken = new AtomicReference<>();
    private final Thread owner;
    private volatile @Nullable Engine engine;
    private volatile Health health = new Health("starting", "starting", 0);

    // The owner's own.
    private @Nullable Bounded<?> unfinished;
    private @Nullable Thread tending;
    private @Nullable Long majoritySince;
    private Duration pause = FIRST_PAUSE;

    private ColdMember(GridConfig grid, PeerProbe probe) {
        this.grid = grid;
        this.probe = probe;
        expected = grid.members().size();
        majority = new Majority(expected);
        watchdog = new Watchdog(majority, grid.selfMember().rank());
        owner = Thread.ofPlatform().name("cold-member-" + grid.self()).daemon().unstarted(this::own);
    }

    /// Returns at once.
    static ColdMember start(GridConfig grid, PeerProbe probe) {
        IgniteSettings.setProcessProperties();
        ColdMember member = new ColdMember(grid, probe);
        member.owner.start();
        return member;
    }

    /// Null: Ignite is not running.
    @Nullable Engine engine() {
        return engine;
    }

    Health health() {
        return health;
    }

    private void own() {
        try {
            while (closing.getCount() > 0) {
                Engine now = engine;
                Duration wait = now == null ? startIgnite() : lookAfter(now);
                if (closing.await(wait.toMillis(), TimeUnit.MILLISECONDS)) break;
            }
            stopForGood();
        } catch (InterruptedException e) {
            log.warn("cold tier's owner was interrupted");
        } finally {
            health = new Health("down", "closed", 0);
        }
    }

    /// A start that was given up goes on for a moment, and writes to the node's folder: its end is waited for as well.
    private void stopForGood() throws InterruptedException {
        long end = System.nanoTime() + STOP_LIMIT.toNanos();
        stopIgnite("closing", false);
        Bounded<?> last = unfinished;
        if (last != null && !last.join(Duration.ofNanos(end - System.nanoTime())))
            log.warn("cold tier is closed while Ignite still starts or stops");
    }

    private Duration startIgnite() throws InterruptedException {
        Bounded<?> last = unfinished;
        if (last != null && last.isAlive()) {
            health = new Health("down", "Ignite hangs while it starts or stops", 0);
            return FIRST_PAUSE;
        }
        broken.set(null);
        Bounded<Ignite> start = Bounded.start(
                "cold-start-" + grid.self(),
                () -> Ignition.start(IgniteSettings.of(grid, broken::set)),
                late -> Ignition.stop(late.name(), true));
        unfinished = start;
        try {
            engine = new Engine(start.await(START_LIMIT, closing), expected);
            pause = FIRST_PAUSE;
            log.info("cold tier's Ignite has started");
            return Duration.ZERO;
        } catch (ExecutionException | TimeoutException e) {
            if (closing.getCount() == 0) return Duration.ZERO;
            String cause = rootMessage(e);
            health = new Health("down", "cannot start: " + cause, 0);
            log.warn("cold tier cannot start, the node works without it cause={}", cause);
            Duration wait = pause;
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            return wait;
        }
    }

    private Duration lookAfter(Engine now) throws InterruptedException {
        String fault = broken.get();
        if (fault != null || !now.isRunning()) return stopIgnite(fault == null ? "it has stopped" : fault, true);
        Set<String> members;
        try {
            members = now.members();
        } catch (RuntimeException e) {
            return stopIgnite("it does not answer: " + e.getMessage(), true);
        }
        tend(now, members.size());
        health = judge(now, members.size());
        Watchdog.Advice advice =
                watchdog.look(System.nanoTime(), members.size(), now.isActive(), outsiderAnswers(members));
        return switch (advice) {
            case STAY -> LOOK_EVERY;
            case RESTART -> stopIgnite("in a minority, and members outside it answer again", true);
            case YIELD -> {
                stopIgnite("others are refused because of it", true);
                yield STAND_ASIDE;
            }
        };
    }

    private boolean outsiderAnswers(Set<String> members) throws InterruptedException {
        if (majority.isOf(members.size())) return false;
        List<Member> outside = grid.members().stream().filter(m -> !members.contains(m.node().value())).toList();
        return !outside.isEmpty() && probe.anyAnswers(outside);
    }

    private void tend(Engine now, int members) {
        Long since = majoritySince;
        if (!majority.isOf(members)) majoritySince = null;
        else if (since == null) majoritySince = System.nanoTime();
        Thread last = tending;
        if (last != null && last.isAlive()) return;
        boolean settled = since != null && System.nanoTime() - since > SETTLED.toNanos();
        tending = Thread.ofVirtual().name("cold-tend-" + grid.self()).start(() -> {
            try {
                now.tend(settled);
            } catch (RuntimeException e) {
                // Topologies change under it all the time; it is tried again at the next look.
                log.debug("cold tier could not be tended", e);
            }
        });
    }

    private Health judge(Engine now, int members) {
        String present = members + " of " + expected + " members";
        if (now.cache() == null) return new Health("starting", "waiting to be activated, " + present, members);
        if (!now.isActive()) return new Health("down", "not active, " + present, members);
        if (!majority.isOf(members)) return new Health("degraded", "cut off, reads only, " + present, members);
        if (now.hasLost()) return new Health("degraded", "some blobs cannot be read yet, " + present, members);
        return members < expected ? new Health("degraded", present, members) : new Health("up", present, members);
    }

    private Duration stopIgnite(String why, boolean cancel) throws InterruptedException {
        Engine last = engine;
        engine = null;
        majoritySince = null;
        if (last == null) return Duration.ZERO;
        log.info("cold tier's Ignite is stopped why={}", why);
        health = new Health("down", "restarting: " + why, 0);
        Bounded<Boolean> stop = Bounded.start(
                "cold-stop-" + grid.self(),
                () -> Ignition.stop(IgniteSettings.instanceName(grid), cancel),
                stopped -> log.info("cold tier's Ignite has stopped at last"));
        unfinished = stop;
        try {
            stop.await(STOP_LIMIT, new CountDownLatch(1));
        } catch (ExecutionException | TimeoutException e) {
            log.warn("cold tier's Ignite does not stop cause={}", rootMessage(e));
        }
        return Duration.ZERO;
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        for (int depth = 0; root.getCause() != null && depth < 20; depth++) root = root.getCause();
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            if (!owner.join(STOP_LIMIT.plusSeconds(5))) log.warn("cold tier is still stopping");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
