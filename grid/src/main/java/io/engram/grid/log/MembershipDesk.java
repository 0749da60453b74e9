package io.engram.grid.log;

import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipAnswer.Standing;
import io.engram.grid.wire.MembershipQuestion;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

    /// Blocks until a change is committed, or `limit` has passed.
    MembershipAnswer answer(MembershipQuestion question, Duration limit) throws IOException {
        var shard = new ShardId(question.getShard());
        var replica = replicas.get(shard);
        if (replica == null) return MembershipAnswer.newBuilder().setStanding(Standing.STANDING_NOT_HELD).build();
        return switch (question.getStep()) {
            case STEP_STANDING -> replica.standing();
            case STEP_LEAVE -> change(replica, question.getNode(), false, limit);
            case STEP_JOIN -> change(replica, question.getNode(), true, limit);
            case STEP_UNSPECIFIED, UNRECOGNIZED -> refused("step is not known here");
        };
    }

    private MembershipAnswer change(Replica replica, String asking, boolean in, Duration limit) throws IOException {
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
                node.configure(running.division().getMemberId().getGroupId(), now, then, limit);
            } catch (IOException e) {
                var cause = e.getCause() == null ? e : e.getCause();
                return refused("cannot " + (in ? "take in" : "take out") + ": " + cause.getMessage());
            }
            LOG.info("replica {} shard={} node={}", in ? "taken in" : "taken out", shard, asking);
        }
        // Read after the change: a term of this leader or a later one, as decision 0003 needs.
        return MembershipAnswer.newBuilder().setDone(true).setTerm(running.division().getInfo().getCurrentTerm()).build();
    }

    private static boolean contains(List<RaftPeer> peers, RaftPeerId id) {
        return peers.stream().anyMatch(p -> p.getId().equals(id));
    }

    private static MembershipAnswer refused(String detail) {
        return MembershipAnswer.newBuilder().setDetail(detail).build();
    }
}
