package io.engram.jepsen.docker;

import java.time.Instant;
import java.util.Optional;

/// The process that made a container or a network, as its label says. What a process left that is gone may be removed.
///
/// @param started when the process began, in milliseconds of the epoch: process ids are used again
record Owner(String host, long pid, long started) {
    static final String LABEL = "io.engram.jepsen.owner";

    static Owner self() {
        ProcessHandle self = ProcessHandle.current();
        return new Owner(hostName(), self.pid(), startOf(self));
    }

    static Optional<Owner> parse(String label) {
        String[] parts = label.split("/", -1);
        if (parts.length != 3) return Optional.empty();
        try {
            return Optional.of(new Owner(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2])));
        } catch (NumberFormatException notOurs) {
            return Optional.empty();
        }
    }

    String label() {
        return host + "/" + pid + "/" + started;
    }

    /// Of this machine, and no longer running.
    boolean isGone() {
        return host.equals(hostName())
                && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(p -> startOf(p) == started).isEmpty();
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String hostName() {
        String name = System.getenv("HOSTNAME");
        return name == null ? "localhost" : name.replace('/', '-');
    }
}
