package io.engram.jepsen.docker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/// The process that made a container or a network, as its label says. What a process left that is gone may be removed.
///
/// @param host and the processes that can be seen there: an engine may serve several machines, and several containers of one
/// @param started when the process began, in milliseconds of the epoch: process ids are used again
record Owner(String host, long pid, long started) {
    static final String LABEL = "io.engram.jepsen.owner";

    /// A system knows the begin of a process from its own, and tells another one when its wall clock was set: no owner may seem gone for that.
    /// A process id is not used again within that time.
    private static final Duration CLOCK_WAS_SET = Duration.ofMinutes(1);

    private static final String NAME = machine();
    private static final String NAMESPACE = namespace();

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
                && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(p -> Math.abs(startOf(p) - started) <= CLOCK_WAS_SET.toMillis()).isEmpty();
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String hostName() {
        return (NAME + "." + NAMESPACE).replace('/', '-');
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return Objects.requireNonNullElse(System.getenv("HOSTNAME"), "localhost");
        }
    }

    /// Of process ids; systems without them have one.
    private static String namespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString().replaceAll("\\D", "");
        } catch (IOException | UnsupportedOperationException single) {
            return "";
        }
    }
}
