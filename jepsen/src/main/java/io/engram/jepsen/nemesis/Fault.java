package io.engram.jepsen.nemesis;

import java.time.Duration;

/// One way to break a cluster. Where it strikes is its [Target]; when, and for how long, its [Planned].
public sealed interface Fault {
    /// Cuts the network between nodes.
    record Partition(Shape shape, Plane plane) implements Fault {}

    /// How a partition cuts. ISOLATE cuts each target off from everybody; ONE_WAY: the targets hear nobody, and are heard.
    enum Shape {
        HALVES,
        ISOLATE,
        MAJORITY_RING,
        BRIDGE,
        ONE_WAY
    }

    /// Whose traffic is cut.
    enum Plane {
        ALL,
        RAFT,
        HAZELCAST,
        IGNITE,
        PEERS,
        CLIENTS
    }

    /// SIGKILL, and a start when it is healed.
    record Kill() implements Fault {}

    /// SIGSTOP, and SIGCONT when it is healed.
    record Pause() implements Fault {}

    /// Moves the wall clock; the monotonic clock goes on as it was.
    ///
    /// @param by how far a jump goes, or how far a strobe goes to and fro
    /// @param rate of a drift: 1.1 runs a tenth too fast
    record Clock(Motion motion, Duration by, double rate) implements Fault {}

    enum Motion {
        JUMP,
        DRIFT,
        STROBE
    }

    /// @param loss share of packets lost, 0..1
    /// @param reorder share of packets that overtake others, 0..1
    record Packets(Duration delay, Duration jitter, double loss, double reorder) implements Fault {}

    record DiskFull() implements Fault {}

    /// @param bytesPerSecond that writes are held to; 0 stalls them
    record SlowDisk(long bytesPerSecond) implements Fault {}

    /// Power loss: the node goes on from what its disk held, without what it had not forced there.
    record LostWrites() implements Fault {}

    record Damage(Part part, Harm harm) implements Fault {}

    enum Part {
        RAFT_LOG,
        SEGMENT,
        SNAPSHOT
    }

    enum Harm {
        FLIP,
        TRUNCATE
    }

    /// @param kill until the kernel kills the node
    record MemoryPressure(boolean kill) implements Fault {}

    /// @param cpus left to the node, 0.01 and up
    record Starvation(double cpus) implements Fault {}

    /// Each target in turn: stopped in order, started, waited for.
    record RollingRestart() implements Fault {}

    /// Killed, its data wiped, started empty under its name.
    record Replace() implements Fault {}
}
