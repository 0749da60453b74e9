package io.engram.jepsen.run;

import io.engram.jepsen.checker.liveness.Sample;
import io.engram.jepsen.history.OpType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Watches the replicas come together. Every state that is seen stands in the history too.
final class Watch {
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final Probe probe;
    private final Recorder recorder;
    private final List<Sample> samples = new ArrayList<>();
    private Optional<Digests> last = Optional.empty();

    Watch(Probe probe, Recorder recorder) {
        this.probe = probe;
        this.recorder = recorder;
    }

    /// Looks at least once, and once more when the limit is over.
    void untilConverged(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!converged()) {
            if (System.nanoTime() - end > 0) return;
            TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
        }
    }

    Optional<Digests> last() {
        return last;
    }

    List<Sample> samples() {
        return samples;
    }

    private boolean converged() {
        Optional<Digests> now = probe.digests();
        if (now.isEmpty()) return false;
        long time = recorder.nemesis(OpType.INFO, "state", now.get().value(), null).time();
        now.get().states().forEach((shard, nodes) ->
                nodes.forEach((node, state) -> samples.add(new Sample(time, node, shard, state.position(), state.digest()))));
        last = now;
        return now.get().converged();
    }
}
