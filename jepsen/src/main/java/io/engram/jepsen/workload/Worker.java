package io.engram.jepsen.workload;

/// Who carries out invocations.
///
/// @param process its number in the history; one that ended with an unknown outcome is followed by one with a higher number
/// @param thread that runs it, `0..threads-1`: it stays when a process is followed by another
public record Worker(int process, int thread, int threads) {
    /// The process that follows when this one's last operation has an unknown outcome.
    public Worker successor() {
        return new Worker(process + threads, thread, threads);
    }

    /// How many processes ran on this thread before.
    public int predecessors() {
        return process / threads;
    }
}
