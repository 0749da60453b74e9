package io.engram.grid.log;

import io.engram.grid.GridConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.StateMachine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one Ratis server of this node. Groups are started and stopped one by one: a damaged one must not keep
/// the others from starting. Ratis closes the whole server after a long pause of the process; [#ensureOpen] opens another.
final class RaftNode {
    private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);
    private static final Duration CLOSING = Duration.ofSeconds(8);

    /// How often one that waits for a group to start says so.
    private static final Duration STILL_STARTING = Duration.ofSeconds(10);

    private final GridConfig config;
    private final Path storage;
    private final StateMachine.Registry machines;
    private final RaftPeerId self;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    /// Groups that were told to stop, and have not yet. Ratis forgets such a group at once, while its threads may still run.
    private final ConcurrentMap<RaftGroupId, CompletableFuture<RaftClientReply>> stopping = new ConcurrentHashMap<>();

    private volatile @Nullable RaftServer server;
    private boolean closed;

    RaftNode(GridConfig config, Path storage, StateMachine.Registry machines) {
        this.config = config;
        this.storage = storage;
        this.machines = machines;
        this.self = RaftPeerId.valueOf(config.self().value());
    }

    static RaftPeer peer(GridConfig.Member member) {
        return RaftPeer.newBuilder().setId(member.node().value()).setAddress(member.host() + ":" + member.raftPort()).build();
    }

    /// @return the server; a new one if Ratis closed the last
    synchronized RaftServer ensureOpen() throws IOException {
        if (closed) throw new IOException("this node's log is closed");
        var current = server;
        if (current != null && !current.getLifeCycleState().isClosingOrClosed()) return current;
        if (current != null) LOG.warn("raft server was closed from inside, opening another node={}", config.self());
        // While it is built, Ratis starts a group for every folder that it finds and fails as a whole if one cannot start. So
        // it looks into an empty place then, and into the real one later, when we start groups ourselves.
        var properties = RaftSettings.of(config, storage.resolveSibling("no-groups"));
        var parameters = new Parameters();
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, new LeaderMessages(this::running));
        var fresh = RaftServer.newBuilder()
                .setServerId(self)
                .setProperties(properties)
                .setParameters(parameters)
                .setStateMachineRegistry(machines)
                .build();
        RaftServerConfigKeys.setStorageDir(properties, List.of(storage.toFile()));
        // Before any configuration is read from a log: an address there may be out of date.
        try {
            fresh.getServerRpc().addRaftPeers(config.members().stream()
                    .filter(m -> !m.node().equals(config.self()))
                    .map(RaftNode::peer)
                    .toList());
            fresh.start();
        } catch (IOException | RuntimeException e) {
            // Its port may still be held by the one before; each try would leave a server's threads behind.
            fresh.close();
            throw e;
        }
        server = fresh;
        return fresh;
    }

    /// Starts a group from what is in its folder. Waits for as long as that takes: reading a large log or restoring a large
    /// state may, the groups of a node wait for one another, and a second start beside the first would help nobody. Interruption ends the wait.
    ///
    /// @param lasting told now and then for how long it has been starting
    /// @throws IOException what Ratis or the state machine said
    RaftServer.Division start(RaftGroup group, Consumer<Duration> lasting) throws IOException {
        var open = ensureOpen();
        var doing = "starting " + group.getGroupId();
        var request = GroupManagementRequest.newAdd(client, self, calls.incrementAndGet(), group, false);
        var starting = open.groupManagementAsync(request);
        long began = System.nanoTime();
        while (true) {
            try {
                settle(starting, STILL_STARTING, doing);
                return open.getDivision(group.getGroupId());
            } catch (TimeoutException e) {
                lasting.accept(Duration.ofNanos(System.nanoTime() - began));
            }
        }
    }

    /// Stops a group, and leaves its files alone. Also clears away one that closed itself. On return nothing of it runs.
    ///
    /// @throws IOException it has not stopped in time, or cannot: nothing may be started in its place before another call returns
    void stop(RaftGroupId group, Duration limit) throws IOException {
        var open = ensureOpen();
        var under = stopping.get(group);
        if (under == null) {
            if (!contains(open, group)) return;
            var request = GroupManagementRequest.newRemove(client, self, calls.incrementAndGet(), group, false, false);
            // Removing waits for the group's threads: not on ours.
            under = CompletableFuture.completedFuture(request)
                    .thenComposeAsync(open::groupManagementAsync, task -> Thread.ofVirtual().start(task));
            stopping.put(group, under);
        }
        try {
            settle(under, limit, "stopping " + group);
        } catch (TimeoutException e) {
            throw new IOException("what ran before has not stopped after " + limit, e);
        } catch (IOException e) {
            // Interrupted: it goes on stopping.
            if (!under.isDone()) throw e;
            stopping.remove(group);
            // One that never started fails to stop as well, and is gone all the same.
            if (contains(open, group)) throw e;
        }
        stopping.remove(group);
    }

    private static boolean contains(RaftServer server, RaftGroupId group) {
        for (var known : server.getGroupIds()) if (known.equals(group)) return true;
        return false;
    }

    void configure(RaftGroupId group, List<RaftPeer> from, List<RaftPeer> to, Duration limit) throws IOException {
        var arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInCurrentConf(from)
                .setServersInNewConf(to)
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .build();
        var request = new SetConfigurationRequest(client, self, group, calls.incrementAndGet(), arguments);
        await(ensureOpen().setConfigurationAsync(request), limit, "changing the configuration of " + group);
    }

    void transfer(RaftGroupId group, RaftPeerId to, Duration limit) throws IOException {
        var request = new TransferLeadershipRequest(client, self, group, calls.incrementAndGet(), to, limit.toMillis());
        await(ensureOpen().transferLeadershipAsync(request), limit.plusSeconds(1), "transferring " + group + " to " + to);
    }

    RaftPeerId self() {
        return self;
    }

    private Optional<RaftServer.Division> running(RaftGroupId group) {
        var current = server;
        if (current == null) return Optional.empty();
        try {
            return Optional.of(current.getDivision(group));
        } catch (IOException notHere) {
            return Optional.empty();
        }
    }

    private static void await(CompletableFuture<RaftClientReply> reply, Duration limit, String doing) throws IOException {
        try {
            settle(reply, limit, doing);
        } catch (TimeoutException e) {
            throw new IOException(doing + " took longer than " + limit, e);
        }
    }

    private static void settle(CompletableFuture<RaftClientReply> reply, Duration limit, String doing) throws IOException, TimeoutException {
        try {
            var answer = reply.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!answer.isSuccess()) throw new IOException(doing + " failed", answer.getException());
        } catch (ExecutionException e) {
            throw new IOException(doing + " failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(doing + " was interrupted", e);
        }
    }

    /// Closes the server; gives up waiting, not closing, after a few seconds.
    void close() {
        RaftServer last;
        synchronized (this) {
            closed = true;
            last = server;
        }
        if (last == null) return;
        var closing = Thread.ofVirtual().name("raft-close").start(() -> {
            try {
                last.close();
            } catch (IOException e) {
                LOG.warn("closing the raft server failed node={}", config.self(), e);
            }
        });
        try {
            if (!closing.join(CLOSING)) LOG.warn("raft server still closing node={} after={}", config.self(), CLOSING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
