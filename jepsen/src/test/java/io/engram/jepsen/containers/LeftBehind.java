package io.engram.jepsen.containers;

import io.engram.jepsen.cluster.ContainerCluster;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Target;
import java.time.Duration;

/// A harness of its own process: makes a cluster, breaks it, says so, and waits to be killed.
final class LeftBehind {
    private LeftBehind() {}

    public static void main(String[] args) throws Exception {
        ContainerCluster cluster = ContainerCluster.start(ContainerCluster.Layout.of(1));
        // A disk that stands still: nothing that waits for it can be killed.
        cluster.nemesis(1).inject(new Planned(1, Duration.ZERO, Duration.ofSeconds(1), new Target.All(), new Fault.SlowDisk(0)));
        System.out.println("BROKEN " + ProcessHandle.current().pid());
        // The end of the input is the end of the test.
        while (System.in.read() >= 0) Thread.onSpinWait();
        cluster.close();
    }
}
