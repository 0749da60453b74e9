package io.engram.grid.log;

import com.google.common.base.Throwables;
import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipAnswer.Standing;
import io.engram.grid.wire.MembershipQuestion;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers other nodes' questions about their replicas; on a shard's leader, takes them out of the configuration and in.
/// Only nodes that the configuration file places the shard on: nobody else gets a vote.
final class MembershipDesk {
    private static final Logger LOG = LoggerFactory.getLogger(MembershipDesk.class);

    private final Placement placement;
    private final RaftNode node;
    private final Map<ShardId, Replica> replicas;

    MembershipDesk(Placement placement, RaftNode node, Map<ShardId, Replica> replicas) {
        this.placement = placement;
        this.node = node;
        this.replicas = Map.copyOf(replicas);
    }

    /// Blocks until a change is committed, or the deadline has passed.
    MembershipAnswer answer(MembershipQuestion question, Deadline deadline) throws IOException {
        var shard = new ShardId(question.getShard());
        var replica = replicas.get(shard);
        if (replica == null) return MembershipAnswer.newBuilder().setStanding(Standing.STANDING_NOT_HELD).build();
        return switch (question.getStep()) {
            case STEP_STANDING -> replica.standing();
            case STEP_LEAVE -> change(replica, question.getNode(), false, deadline);
            case STEP_JOIN -> change(replica, question.getNode(), true, deadline);
            case STEP_UNSPECIFIED, UNRECOGNIZED -> refused("step is not known here");
        };
    }

    private MembershipAnswer change(Replica replica, String asking, boolean in, Deadline deadline) throws IOException {
        var shard = replica.shard();
        var member = placement.replicas(shard).stream().filter(m -> m.node().value().equals(asking)).findFirst();
        if (member.isEmpty()) return refused("node '" + asking + "' is not configured to hold shard " + shard);
        var running = replica.running();
        var view = replica.log().view();
        if (running == null || !view.leads())
            return MembershipAnswer.newBuilder()
                    .setLeader(view.leader().map(NodeId::value).orElse("?"))
                    .setDetail("does not lead shard " + shard)
                    .build();
        var peer = RaftNode.peer(member.get());
        if (peer.getId().equals(node.self())) return refused("leads shard " + shard + " itself");
        var conf = running.division().getRaftConf();
        boolean settled = conf.getPreviousPeers().isEmpty()
                && running.division().getRaftLog().getLastCommittedIndex() >= conf.getLogEntryIndex();
        if (!settled) return refused("another change of shard " + shard + "'s configuration is under way");
        var now = List.copyOf(conf.getCurrentPeers());
        if (contains(now, peer.getId()) != in) {
            var then = in
                    ? Stream.concat(now.stream(), Stream.of(peer)).toList()
                    : now.stream().filter(p -> !p.getId().equals(peer.getId())).toList();
            try {
                node.configure(running.division().getMemberId().getGroupId(), now, then, deadline.left(MonotonicClock.SYSTEM));
            } catch (IOException e) {
                var cause = e.getCause() == null ? e : e.getCause();
                return refused("cannot " + (in ? "take in" : "take out") + ": " + cause.getMessage());
            }
            LOG.info("replica {} shard={} node={}", in ? "taken in" : "taken out", shard, asking);
        }
        if (!in) return proven(replica, running, peer.getId(), deadline);
        return MembershipAnswer.newBuilder().setDone(true).setTerm(running.division().getInfo().getCurrentTerm()).build();
    }

    /// Commits an empty entry, and tells its term. Whoever asks to be taken out will begin with that term and forget all votes
    /// it gave before: so the term must be one in which this node led *after* it was asked, and not one it only believes to lead
    /// in, or that it led in when it made the change long ago (decision 0003).
    private static MembershipAnswer proven(Replica replica, RatisShardLog.Running running, RaftPeerId asking, Deadline deadline) {
        var shard = replica.shard();
        Appended appended;
        try {
            appended = replica.log().append(new Entry(Duration.ZERO, List.of()), deadline).get();
        } catch (ExecutionException e) {
            return refused("cannot prove that it leads shard " + shard + ": " + Throwables.getRootCause(e).getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused("was interrupted");
        }
        if (!(appended instanceof Appended.Applied(long index, _)))
            return refused("cannot prove that it leads shard " + shard + ": " + appended);
        var entry = running.division().getRaftLog().getTermIndex(index);
        if (entry == null) return refused("cannot tell the term of entry " + index + " of shard " + shard + ", which was purged at once");
        if (contains(List.copyOf(running.division().getRaftConf().getCurrentPeers()), asking))
            return refused("took node " + asking + " in again meanwhile");
        return MembershipAnswer.newBuilder().setDone(true).setTerm(entry.getTerm()).build();
    }

    private static boolean contains(List<RaftPeer> peers, RaftPeerId id) {
        return peers.stream().anyMatch(p -> p.getId().equals(id));
    }

    private static MembershipAnswer refused(String detail) {
        return MembershipAnswer.newBuilder().setDetail(detail).build();
    }
}
