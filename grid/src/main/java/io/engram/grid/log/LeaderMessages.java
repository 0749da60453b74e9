package io.engram.grid.log;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands between the other nodes and Ratis, and holds a replica to what Raft asks of it where Ratis 3.3.0 does not.
///
/// Ratis decides under its lock whether to take a leader's entries, and puts them into a queue outside of it, where they wait for
/// those before them to be written. What happens in between it does not see. Decision 0008 tells what may come of it and why these rules are enough:
/// - one message at a time changes a replica's log; snapshots, the next leader's entries and a call to elections wait for the queue to be written;
/// - entries are acknowledged only to a leader whose term still is the replica's, when no vote is being given;
/// - the configuration in a snapshot message of a leader that was deposed is taken out: Ratis refuses the message and takes that over.
///
/// Thread-safe.
final class LeaderMessages implements GrpcServices.Customizer, ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderMessages.class);
    private static final long NOBODY = -1;

    private final Function<RaftGroupId, Optional<RaftServer.Division>> replicas;
    private final Map<RaftGroupId, LeaderTurn> turns = new ConcurrentHashMap<>();

    /// @param replicas those that run
    LeaderMessages(Function<RaftGroupId, Optional<RaftServer.Division>> replicas) {
        this.replicas = replicas;
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return types.contains(GrpcServices.Type.SERVER) ? builder.intercept(this) : builder;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var replies = new Replies<>(call);
        return new Listener<>(replies, next.startCall(replies, headers));
    }

    private RaftGroupId group(RaftGroupIdProto group) {
        return RaftGroupId.valueOf(group.getId());
    }

    private LeaderTurn turn(RaftGroupId group) {
        return turns.computeIfAbsent(group, g -> new LeaderTurn());
    }

    private CompletableFuture<?> written(RaftGroupId group) {
        return replicas.apply(group).<CompletableFuture<?>>map(AppendQueue::written).orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    private final class Replies<Q, A> extends SimpleForwardingServerCall<Q, A> {
        /// Of the leader whose entries came; the term in Ratis' reply is the replica's from before it heard of that leader.
        private final AtomicLong leaderTerm = new AtomicLong(NOBODY);

        Replies(ServerCall<Q, A> call) {
            super(call);
        }

        /// A leader opens its streams anew when it is elected again.
        ///
        /// @return whether all entries so far came from a leader of this term
        boolean from(long term) {
            return leaderTerm.compareAndSet(NOBODY, term) || leaderTerm.get() == term;
        }

        @Override
        @SuppressWarnings("unchecked") // The same type as came in.
        public void sendMessage(A reply) {
            super.sendMessage(reply instanceof AppendEntriesReplyProto appended ? (A) checked(appended, leaderTerm.get()) : reply);
        }
    }

    /// By now the entries are in the log. A vote that begins after this look at `voting` sees them there; one that ended before it has raised the
    /// term; and a replica that calls for votes itself raises its term before it looks at its log.
    private AppendEntriesReplyProto checked(AppendEntriesReplyProto reply, long leaderTerm) {
        if (reply.getResult() != AppendResult.SUCCESS || reply.getIsHearbeat()) return reply;
        var group = group(reply.getServerReply().getRaftGroupId());
        boolean voting = turn(group).voting();
        var replica = replicas.apply(group);
        long term = replica.map(division -> division.getInfo().getCurrentTerm()).orElse(leaderTerm);
        if (term > leaderTerm) {
            LOG.info("entries of an old leader are not acknowledged group={} its={} now={}", group, leaderTerm, term);
            return reply.toBuilder().setResult(AppendResult.NOT_LEADER).setTerm(term).setMatchIndex(RaftLog.INVALID_LOG_INDEX).build();
        }
        if (!voting && replica.isPresent()) return reply;
        // It sends them again, and they are there by then.
        return reply.toBuilder()
                .setResult(AppendResult.INCONSISTENCY)
                .setNextIndex(reply.getMatchIndex())
                .setMatchIndex(RaftLog.INVALID_LOG_INDEX)
                .build();
    }

    private InstallSnapshotRequestProto checked(InstallSnapshotRequestProto snapshot) {
        var group = group(snapshot.getServerRequest().getRaftGroupId());
        var replica = replicas.apply(group);
        if (replica.isEmpty()) return snapshot;
        long term = replica.get().getInfo().getCurrentTerm();
        if (snapshot.getLeaderTerm() >= term) return snapshot;
        LOG.info("snapshot message of an old leader group={} its={} now={}", group, snapshot.getLeaderTerm(), term);
        return snapshot.toBuilder().clearLastRaftConfigurationLogEntryProto().build();
    }

    private final class Listener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Replies<Q, ?> call;
        /// What a call with one message, which is handled at its end, has to pass through.
        private @Nullable Q single;

        private boolean refused;

        Listener(Replies<Q, ?> call, ServerCall.Listener<Q> to) {
            super(to);
            this.call = call;
        }

        @Override
        @SuppressWarnings("unchecked") // The same type as came in.
        public void onMessage(Q message) {
            if (refused) return;
            switch (message) {
                case AppendEntriesRequestProto append when append.getEntriesCount() > 0 -> {
                    if (call.from(append.getLeaderTerm()))
                        take(group(append.getServerRequest().getRaftGroupId()), append.getLeaderTerm(), false, () -> super.onMessage(message));
                    else refuse("entries of two terms came on one stream");
                }
                case InstallSnapshotRequestProto snapshot ->
                    take(group(snapshot.getServerRequest().getRaftGroupId()), snapshot.getLeaderTerm(), true, () -> super.onMessage((Q) checked(snapshot)));
                case RequestVoteRequestProto _, StartLeaderElectionRequestProto _ -> {
                    single = message;
                    super.onMessage(message);
                }
                default -> super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (refused) return;
            switch (single) {
                case RequestVoteRequestProto vote when !vote.getPreVote() ->
                    turn(group(vote.getServerRequest().getRaftGroupId())).vote(super::onHalfClose);
                case StartLeaderElectionRequestProto start ->
                    take(group(start.getServerRequest().getRaftGroupId()), start.getLeaderLastEntry().getTerm(), true, super::onHalfClose);
                case null, default -> super.onHalfClose();
            }
        }

        private void take(RaftGroupId group, long leaderTerm, boolean alone, Runnable message) {
            if (!turn(group).take(leaderTerm, alone, () -> written(group), message))
                refuse("what came before a message of term " + leaderTerm + " to " + group + " is not written yet");
        }

        private void refuse(String why) {
            LOG.info("a leader's message is refused why={}", why);
            refused = true;
            // In this order: Ratis stops replying then.
            super.onCancel();
            call.close(Status.UNAVAILABLE.withDescription(why), new Metadata());
        }

        @Override
        public void onCancel() {
            if (!refused) super.onCancel();
        }

        @Override
        public void onComplete() {
            if (!refused) super.onComplete();
        }
    }
}
