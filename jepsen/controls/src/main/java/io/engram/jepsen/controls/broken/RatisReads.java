package io.engram.jepsen.controls.broken;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ReadGate;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardLog;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.impl.OrderedAsync;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.jspecify.annotations.Nullable;

/// Reads by Ratis' option LINEARIZABLE: once the commit index was acknowledged in a leader's term, no majority is asked again
/// until it moves, so that a leader which was cut off goes on to answer.
public final class RatisReads {
    private static final ClientId CLIENT = ClientId.randomId();
    private static final AtomicLong CALLS = new AtomicLong();

    /// Of the shortest election timeout; Ratis' own is 0.9. The shorter, the stricter: with this one, the lease runs out between two
    /// heartbeats, which come after half of that timeout and after every read at a follower. So reads ask the followers now and then,
    /// as they do by themselves where followers are slow, and an index is acknowledged.
    private static final double LEASE = 0.01;

    private RatisReads() {}

    /// For [RatisReadOption] and [RatisLeaseOption].
    public static void allow(RaftProperties properties, boolean lease) {
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, lease);
        RaftServerConfigKeys.Read.setLeaderLeaseTimeoutRatio(properties, LEASE);
    }

    /// For [RatisRead].
    ///
    /// @return null: let the gate decide
    public static @Nullable CompletableFuture<ShardProof> pass(
            @Nullable ShardLog log, Consistency consistency, ReadGate.Positions positions, Deadline deadline) {
        if (log == null || !(consistency instanceof Consistency.Linearizable)) return null;
        Object running = Inside.field(log, "running");
        if (running == null) return null;
        RaftServer server = (RaftServer) Inside.call(running, "server");
        RaftServer.Division division = (RaftServer.Division) Inside.call(running, "division");
        RaftClientRequest read = RaftClientRequest.newBuilder()
                .setClientId(CLIENT)
                .setServerId(division.getId())
                .setGroupId(division.getMemberId().getGroupId())
                .setCallId(CALLS.incrementAndGet())
                // Ratis waits for the read index and then asks the state machine nothing: that is left to the reader.
                .setMessage(OrderedAsync.DUMMY)
                .setType(RaftClientRequest.readRequestType())
                .build();
        try {
            return server.submitClientRequestAsync(read)
                    .orTimeout(deadline.left(MonotonicClock.SYSTEM).toNanos(), TimeUnit.NANOSECONDS)
                    .handle((reply, fault) -> proof(log, positions, reply, fault));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new RefusedException(Reason.NO_LEADER, "Ratis takes no reads", e));
        }
    }

    private static ShardProof proof(
            ShardLog log, ReadGate.Positions positions, @Nullable RaftClientReply reply, @Nullable Throwable fault) {
        if (reply == null || !reply.isSuccess())
            throw new RefusedException(Reason.NO_LEADER, "Ratis refused the read: " + (reply == null ? fault : reply.getException()));
        ReplicaView view = log.view();
        return new ShardProof(
                new Position(log.shard(), positions.published()), ShardProof.How.FENCED_LEADER, Optional.of(Duration.ZERO),
                view.term(), Optional.of(view.role()));
    }
}
