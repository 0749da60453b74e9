package io.engram.grid.log;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
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
/// - one message at a time changes a replica's log or asks for its vote; votes, snapshots, a call to elections, entries of the next leader and entries that are
///   sent again wait for the queue to be written;
/// - entries are acknowledged only to a leader whose term still is the replica's;
/// - a heartbeat moves the commit index only when nothing is in the queue;
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

    private LeaderTurn.Queue queue(RaftGroupId group) {
        return until -> {
            var replica = replicas.apply(group);
            return replica.isEmpty() || AppendQueue.await(replica.get(), until);
        };
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

    /// By now the entries are in the log. A vote that begins now sees them there, and so did one that is under way: it waited for them. One that ended has
    /// raised the term, and a replica that calls for votes itself raises it before it looks at its log.
    private AppendEntriesReplyProto checked(AppendEntriesReplyProto reply, long leaderTerm) {
        if (reply.getResult() != AppendResult.SUCCESS || reply.getIsHearbeat()) return reply;
        var group = group(reply.getServerReply().getRaftGroupId());
        var replica = replicas.apply(group);
        long term = replica.map(division -> division.getInfo().getCurrentTerm()).orElse(leaderTerm);
        if (term > leaderTerm) {
            LOG.info("entries of an old leader are not acknowledged group={} its={} now={}", group, leaderTerm, term);
            return reply.toBuilder().setResult(AppendResult.NOT_LEADER).setTerm(term).setMatchIndex(RaftLog.INVALID_LOG_INDEX).build();
        }
        if (replica.isPresent()) return reply;
        // It was stopped, and what becomes of its files is not known here: the leader sends them again.
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
                    if (call.from(append.getLeaderTerm())) entries(append, () -> super.onMessage(message));
                    else refuse("entries of two terms came on one stream");
                }
                case AppendEntriesRequestProto heartbeat -> heartbeat(heartbeat);
                case InstallSnapshotRequestProto snapshot ->
                    alone(snapshot.getServerRequest(), () -> super.onMessage((Q) checked(snapshot)));
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
                case RequestVoteRequestProto vote when !vote.getPreVote() -> alone(vote.getServerRequest(), super::onHalfClose);
                case StartLeaderElectionRequestProto start -> alone(start.getServerRequest(), super::onHalfClose);
                case null, default -> super.onHalfClose();
            }
        }

        /// Ratis takes what is in its queue for being in the log, and would commit, and apply, what another leader left there at the same indices.
        /// So a heartbeat commits only when nothing waits; entries do it themselves when they are written.
        @SuppressWarnings("unchecked") // The same type as came in.
        private void heartbeat(AppendEntriesRequestProto heartbeat) {
            var group = group(heartbeat.getServerRequest().getRaftGroupId());
            if (!turn(group).takeIdle(queue(group), () -> super.onMessage((Q) heartbeat)))
                super.onMessage((Q) heartbeat.toBuilder().setLeaderCommit(RaftLog.INVALID_LOG_INDEX).build());
        }

        private void entries(AppendEntriesRequestProto append, Runnable message) {
            var group = group(append.getServerRequest().getRaftGroupId());
            long first = append.getEntries(0).getIndex();
            if (!turn(group).takeEntries(append.getLeaderTerm(), first, first + append.getEntriesCount(), queue(group), message)) late(group);
        }

        private void alone(RaftRpcRequestProto request, Runnable message) {
            var group = group(request.getRaftGroupId());
            if (!turn(group).takeAlone(queue(group), message)) late(group);
        }

        private void late(RaftGroupId group) {
            refuse("what came before it to " + group + " is not written yet");
        }

        private void refuse(String why) {
            LOG.info("a message of another replica is refused why={}", why);
            refused = true;
            // In this order: Ratis stops replying then.
            super.onCancel();
            try {
                call.close(Status.UNAVAILABLE.withDescription(why), new Metadata());
            } catch (IllegalStateException closed) {
                // By Ratis, which fails a call of its own accord too.
            }
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
