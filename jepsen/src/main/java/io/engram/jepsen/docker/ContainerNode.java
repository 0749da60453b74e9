package io.engram.jepsen.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Frame;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// One node in a container of its own. The container outlives the node: it is killed and started inside of it.
///
/// Safe for use by many threads.
public final class ContainerNode implements AutoCloseable {
    /// Ports of a node inside its container.
    public static final int CLIENTS = 7500;

    public static final int PEERS = 7501;
    public static final int RAFT = 7502;
    public static final int HAZELCAST = 7503;
    public static final int IGNITE_DISCOVERY = 7504;
    public static final int IGNITE_COMMUNICATION = 7505;
    public static final int HTTP = 7506;
    /// Of the probes that look at packets themselves: the node does not use it, and no partition cuts it.
    public static final int PROBES = 7509;

    private static final Duration QUICK = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(40);
    private static final Duration LOGS = Duration.ofSeconds(60);

    private final NodeShape shape;
    private final NodeContainer container;
    private final NodeDoor door;

    private ContainerNode(NodeShape shape, NodeContainer container) {
        this.shape = shape;
        this.container = container;
        this.door = new NodeDoor(container.getHost(), shape.hostPort(), shape.hostHttpPort());
    }

    /// Makes the container and its disk; the node in it is not started.
    public static ContainerNode create(String image, Mesh mesh, NodeShape shape) {
        NodeContainer container = new NodeContainer(image, mesh, shape);
        try {
            container.start();
        } catch (RuntimeException e) {
            // It may be there, with a process in it that ended.
            if (container.getContainerId() != null) Docker.remove(container.getContainerId());
            throw new ContainerException("the container of " + shape.name() + " did not start", e);
        }
        return new ContainerNode(shape, container);
    }

    public String name() {
        return shape.name();
    }

    /// In the mesh.
    public String address() {
        return shape.address();
    }

    /// host:port for clients; the same for as long as the container lives.
    public String endpoint() {
        return container.getHost() + ":" + shape.hostPort();
    }

    public long memoryBytes() {
        return shape.memoryBytes();
    }

    /// What the node says to the outside.
    public NodeDoor door() {
        return door;
    }

    String containerId() {
        return container.getContainerId();
    }

    /// Runs a script in the container and gives what it printed.
    ///
    /// @throws ContainerException it failed, or took longer than a minute
    public String run(String script) {
        return run(script, QUICK);
    }

    public String run(String script, Duration limit) {
        Shell.Ended ended = new Shell(containerId()).run(script, limit);
        if (ended.code() != 0)
            throw new ContainerException(name() + ": code " + ended.code() + " from: " + script + "\n" + ended.output());
        return ended.output();
    }

    /// Whether a script ends well.
    public boolean holds(String script) {
        return new Shell(containerId()).run(script, QUICK).code() == 0;
    }

    /// Starts the container if it ended, and lets it go on if the engine paused it. The node in it is as it was.
    public void awake() {
        ContainerState state = Docker.client().inspectContainerCmd(containerId()).exec().getState();
        if (Boolean.TRUE.equals(state.getPaused())) Docker.client().unpauseContainerCmd(containerId()).exec();
        if (!Boolean.TRUE.equals(state.getRunning())) {
            try {
                Docker.client().startContainerCmd(containerId()).exec();
            } catch (NotModifiedException running) {
                // Somebody was faster.
            }
        }
        run("i=0; until [ -p /run/engram/control ]; do i=$((i + 1)); [ $i -lt 100 ] || exit 1; sleep 0.1; done");
    }

    /// Starts the node if it does not run, and the container if that ended; returns at once.
    public void start() {
        awake();
        run("echo up > /run/engram/want; echo start > /run/engram/control");
    }

    public Life life() {
        return Life.parse(run("""
                p=$(cat /run/engram/pid 2>/dev/null) || exit 0
                read -r line 2>/dev/null < /proc/$p/stat || exit 0
                line=${line##*) }; echo $p ${line%% *}"""));
    }

    /// SIGKILL; it is not started again before [#start()]. Returns once the kernel has taken it away.
    public void kill() {
        end("KILL", QUICK);
    }

    /// SIGTERM, and SIGKILL if that takes too long.
    public void stop() {
        end("TERM", STOP);
    }

    private void end(String signal, Duration limit) {
        String gone = run("""
                echo down > /run/engram/want
                p=$(cat /run/engram/pid 2>/dev/null) || exit 0
                kill -%s $p 2>/dev/null; kill -CONT $p 2>/dev/null
                i=0; while [ -e /proc/$p ]; do
                  i=$((i + 1)); [ $i -lt %d ] || { kill -KILL $p; sleep 1; break; }; sleep 0.1
                done
                [ ! -e /proc/$p ] || echo still there""".formatted(signal, limit.toSeconds() * 10 - 100), limit);
        if (!gone.isEmpty()) throw new ContainerException(name() + " is still there after SIG" + signal);
    }

    /// SIGSTOP: alive for the system, dead for everybody else.
    public void pause() {
        run("kill -STOP $(cat /run/engram/pid)");
    }

    /// SIGCONT; does nothing if there is no process.
    public void resume() {
        run("p=$(cat /run/engram/pid 2>/dev/null) || exit 0; kill -CONT $p 2>/dev/null || true");
    }

    /// Removes everything the node has on disk. The process must not run.
    public void wipe() {
        if (life().exists()) throw new ContainerException(name() + " runs; kill it before wiping its data");
        run("find /disk -mindepth 1 -maxdepth 1 -exec rm -rf {} +");
    }

    /// Limits the container's processors. 0: no limit.
    public void cpus(double cpus) {
        long period = 100_000;
        Docker.client().updateContainerCmd(containerId()).withCpuPeriod(period).withCpuQuota(cpus == 0 ? -1 : Math.max(1000, Math.round(cpus * period))).exec();
    }

    /// The last lines that the node printed, for messages.
    public String lastLines(int count) {
        StringBuilder text = new StringBuilder();
        logs(count, frame -> text.append(new String(frame.getPayload(), java.nio.charset.StandardCharsets.UTF_8)));
        return text.toString();
    }

    /// Writes what the node printed, over all its lives.
    public void saveLog(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            logs(-1, frame -> {
                try {
                    out.write(frame.getPayload());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void logs(int lines, java.util.function.Consumer<Frame> to) {
        var logs = Docker.client().logContainerCmd(containerId()).withStdOut(true).withStdErr(true);
        try {
            boolean complete = (lines < 0 ? logs.withTailAll() : logs.withTail(lines))
                    .exec(new ResultCallback.Adapter<Frame>() {
                        @Override
                        public void onNext(Frame frame) {
                            synchronized (to) {
                                to.accept(frame);
                            }
                        }
                    })
                    .awaitCompletion(LOGS.toSeconds(), TimeUnit.SECONDS);
            if (!complete) throw new ContainerException("the log of " + name() + " did not end within " + LOGS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ContainerException("interrupted while reading the log of " + name(), e);
        }
    }

    /// Removes the container and its disk, whatever state it is in.
    @Override
    public void close() {
        Docker.remove(containerId());
    }
}
