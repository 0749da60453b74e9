package io.engram.grid.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Replay one seed with `-Dengram.sim.seed=N`.
class SimulationTest {
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();
    private static final int SEEDS = Integer.getInteger("engram.sim.seeds", 1000);

    @Test
    void a_thousand_lives_of_a_cluster_keep_every_promise() {
        Long one = Long.getLong("engram.sim.seed");
        if (one != null) {
            ClusterLife run = ClusterLife.of(one, Variation.NONE, true);
            run.trace().forEach(System.out::println);
            assertThat(run.broken()).as("seed %d", one).isEmpty();
            return;
        }
        List<String> broken = new ArrayList<>();
        long started = THREAD.getCurrentThreadCpuTime();
        long reads = 0;
        long refused = 0;
        long recorded = 0;
        for (long seed = 1; seed <= SEEDS && broken.size() < 5; seed++) {
            ClusterLife run = ClusterLife.of(seed, Variation.NONE, false);
            long which = seed;
            run.broken().stream().findFirst().ifPresent(what -> broken.add("seed " + which + ": " + what));
            reads += run.history().reads.size();
            refused += run.history().refusedReads;
            recorded += run.history().writes.stream().filter(w -> w.outcome == History.Write.Outcome.RECORDED).count();
        }
        System.out.printf("%d seeds in %d ms of CPU: %d reads, %d refused, %d writes recorded%n", SEEDS,
                (THREAD.getCurrentThreadCpuTime() - started) / 1_000_000, reads, refused, recorded);
        assertThat(broken).isEmpty();
        // Otherwise nothing was tested.
        assertThat(reads).isGreaterThan(20L * SEEDS);
        assertThat(recorded).isGreaterThan(10L * SEEDS);
    }
}
