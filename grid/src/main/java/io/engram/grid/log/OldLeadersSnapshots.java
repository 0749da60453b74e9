package io.engram.grid.log;

import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the configuration out of snapshot messages of a leader that was deposed.
///
/// Ratis 3.3.0 refuses such a message, and takes over its configuration all the same, in memory and in `raft-meta.conf`
/// (`SnapshotInstallationHandler.installSnapshotImpl`, after `NOT_LEADER`): a leader that wakes from a pause could put a
/// configuration back that has been replaced. It does so outside of its lock, so that the file may be written by two
/// threads at once. A term only grows, so what is taken out here would have been refused. Thread-safe.
final class OldLeadersSnapshots implements GrpcServices.Customizer, ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(OldLeadersSnapshots.class);

    private final Function<RaftGroupId, OptionalLong> terms;

    /// @param terms current one of a group; empty if it does not run
    OldLeadersSnapshots(Function<RaftGroupId, OptionalLong> terms) {
        this.terms = terms;
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return types.contains(GrpcServices.Type.SERVER) ? builder.intercept(this) : builder;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            @SuppressWarnings("unchecked") // The same type as came in.
            public void onMessage(Q message) {
                super.onMessage(message instanceof InstallSnapshotRequestProto snapshot ? (Q) checked(snapshot) : message);
            }
        };
    }

    private InstallSnapshotRequestProto checked(InstallSnapshotRequestProto snapshot) {
        var group = RaftGroupId.valueOf(snapshot.getServerRequest().getRaftGroupId().getId());
        var term = terms.apply(group);
        if (term.isEmpty() || snapshot.getLeaderTerm() >= term.getAsLong()) return snapshot;
        LOG.info("snapshot message of an old leader group={} its={} now={}", group, snapshot.getLeaderTerm(), term.getAsLong());
        return snapshot.toBuilder().clearLastRaftConfigurationLogEntryProto().build();
    }
}
