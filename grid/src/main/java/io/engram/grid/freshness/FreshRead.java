package io.engram.grid.freshness;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.log.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One read that needs evidence which is not there yet: tries, following hints, until the replica is proven fresh or the time
/// is up. Ends by its deadline.
final class FreshRead {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_APPLY = Duration.ofSeconds(30);

    private final NodeId self;
    private final ShardLog log;
    private final FreshnessProbe probe;
    private final Clocks clocks;
    private final Timers timers;
    private final RandomGenerator random;
    private final Supplier<Optional<Evidence>> known;
    private final Deadline until;
    private final CompletableFuture<Evidence> found = new CompletableFuture<>();
    private final AtomicInteger tries = new AtomicInteger();
    private volatile Reason lacking = Reason.DEADLINE_EXCEEDED;

    /// @param known evidence that others have found meanwhile and that is enough for this read
    FreshRead(
            NodeId self, ShardLog log, FreshnessProbe probe, Clocks clocks, Timers timers, RandomGenerator random,
            Supplier<Optional<Evidence>> known, Deadline until) {
        this.self = self;
        this.log = log;
        this.probe = probe;
        this.clocks = clocks;
        this.timers = timers;
        this.random = random;
        this.known = known;
        this.until = until;
    }

    /// Completes with evidence that is enough; with a [RefusedException] `NOT_READY` at once, or at the deadline
    /// `NO_LEADER` (no leader could prove that it leads) or `DEADLINE_EXCEEDED` (the replica has not caught up in time).
    CompletableFuture<Evidence> begin() {
        Timers.Timer limit = timers.after(until.left(clocks.monotonic()), this::over);
        var _ = found.whenComplete((evidence, failure) -> limit.cancel());
        attempt(Optional.empty());
        return found;
    }

    private void attempt(Optional<NodeId> hint) {
        if (found.isDone()) return;
        Optional<Evidence> enough = known.get();
        if (enough.isPresent()) {
            found.complete(enough.get());
            return;
        }
        tries.incrementAndGet();
        Optional<NodeId> other = hint.or(() -> log.view().leader().filter(node -> !node.equals(self))).or(this::anyVoter);
        var _ = probe.ask(log, other).whenComplete((fenced, failure) -> take(fenced, hint.isPresent()));
    }

    private void take(@Nullable Fenced fenced, boolean followedHint) {
        switch (fenced) {
            case Fenced.Proven proven -> await(proven);
            case Fenced.NotReady(String lifeCycle) ->
                found.completeExceptionally(FreshnessGate.notReady(log.shard(), lifeCycle));
            case Fenced.NotLeader(Optional<NodeId> leader) -> {
                lacking = Reason.NO_LEADER;
                Optional<NodeId> other = leader.filter(node -> !node.equals(self));
                // One hint is followed at once; nodes that send each other in circles are asked at intervals.
                if (other.isPresent() && !followedHint) attempt(other);
                else later(other);
            }
            case Fenced.NoMajority() -> {
                lacking = Reason.NO_LEADER;
                later(Optional.empty());
            }
            case null -> {
                lacking = Reason.NO_LEADER;
                later(Optional.empty());
            }
        }
    }

    private void await(Fenced.Proven proven) {
        lacking = Reason.DEADLINE_EXCEEDED;
        var _ = probe.applied(log, proven, until.earlier(clocks.in(LONGEST_APPLY))).whenComplete((evidence, failure) -> {
            if (evidence != null) found.complete(evidence);
            else later(Optional.empty());
        });
    }

    private void later(Optional<NodeId> hint) {
        if (found.isDone()) return;
        long pause = Math.min(LONGEST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(tries.get(), 10));
        timers.after(Duration.ofNanos(pause / 2 + random.nextLong(pause)), () -> attempt(hint));
    }

    /// Where no leader is known here, another voter may know one, or be it.
    private Optional<NodeId> anyVoter() {
        List<NodeId> others = log.membership().current().stream()
                .map(ShardLog.Voter::node)
                .filter(node -> !node.equals(self))
                .sorted()
                .toList();
        return others.isEmpty() ? Optional.empty() : Optional.of(others.get(Math.floorMod(tries.get(), others.size())));
    }

    private void over() {
        Optional<Evidence> enough = known.get();
        if (enough.isPresent()) found.complete(enough.get());
        else found.completeExceptionally(new RefusedException(lacking, lacking == Reason.NO_LEADER
                ? "no leader of shard " + log.shard() + " could prove that it leads, as seen from " + self
                : "shard " + log.shard() + " on " + self + " was not proven fresh in time"));
    }
}
