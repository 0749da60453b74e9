package io.engram.grid.log;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings each shard's leadership to its preferred node, so that the work of leading spreads. Ratis does not do so itself.
/// One shard at a time, since nobody can write to a shard for some 0.3 s meanwhile.
final class LeaderBalance {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderBalance.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /// Between two transfers by this node: each has to prove itself first.
    private static final Duration CALM = Duration.ofSeconds(4);

    private static final Duration TRANSFER = Duration.ofSeconds(3);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

    /// A follower that answered within this is up.
    private static final long ALIVE_MS = 1_000;

    /// Entries that a follower may be behind when it takes over; the transfer waits for them.
    private static final long LAG_ENTRIES = 100;

    private final Placement placement;
    private final RaftNode node;
    private final Collection<Replica> replicas;
    private final Map<ShardId, Duration> backoff = new HashMap<>();
    private final Map<ShardId, Long> notBefore = new HashMap<>();

    LeaderBalance(Placement placement, RaftNode node, Collection<Replica> replicas) {
        this.placement = placement;
        this.node = node;
        this.replicas = List.copyOf(replicas);
    }

    /// Until interrupted.
    void keep() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                if (lookOnce()) Thread.sleep(CALM);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return whether a transfer was tried
    boolean lookOnce() {
        long now = System.nanoTime();
        for (var replica : replicas) {
            var shard = replica.shard();
            if (now - notBefore.getOrDefault(shard, now) < 0) continue;
            try {
                var preferred = RaftPeerId.valueOf(placement.preferredLeader(shard).value());
                if (preferred.equals(node.self()) || !ready(replica, preferred)) continue;
                transfer(replica, preferred);
                return true;
            } catch (RuntimeException e) {
                // Ratis may close or change a replica while it is looked at. Whatever it is: the other shards, and the next look, go on.
                LOG.warn("leadership could not be looked at shard={} next={}", shard, putOff(shard), e);
            }
        }
        return false;
    }

    private Duration putOff(ShardId shard) {
        var wait = backoff.getOrDefault(shard, CALM).multipliedBy(2);
        if (wait.compareTo(LONGEST_BACKOFF) > 0) wait = LONGEST_BACKOFF;
        backoff.put(shard, wait);
        notBefore.put(shard, System.nanoTime() + wait.toNanos());
        return wait;
    }

    private void transfer(Replica replica, RaftPeerId to) {
        var shard = replica.shard();
        var running = replica.running();
        if (running == null) return;
        try {
            node.transfer(running.division().getMemberId().getGroupId(), to, TRANSFER);
            LOG.info("leadership transferred shard={} to={}", shard, to);
            backoff.remove(shard);
        } catch (IOException e) {
            LOG.info("leadership not transferred shard={} to={} next={} why={}", shard, to, putOff(shard), e.getMessage());
        }
    }

    /// This node leads the shard, and the other could: it is in a settled configuration, up, and has nearly all entries.
    private static boolean ready(Replica replica, RaftPeerId other) {
        var running = replica.running();
        if (running == null || !replica.log().view().leads()) return false;
        var conf = running.division().getRaftConf();
        if (conf.getPeer(other) == null || !conf.getPreviousPeers().isEmpty()) return false;
        boolean alive = running.division().getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
                .filter(f -> RaftPeerId.valueOf(f.getId().getId()).equals(other))
                .map(ServerRpcProto::getLastRpcElapsedTimeMs)
                .anyMatch(elapsed -> elapsed < ALIVE_MS);
        return alive && lag(running, other) <= LAG_ENTRIES;
    }

    private static long lag(RatisShardLog.Running running, RaftPeerId other) {
        long committed = running.division().getRaftLog().getLastCommittedIndex();
        return running.division().getCommitInfos().stream()
                .filter(info -> RaftPeerId.valueOf(info.getServer().getId()).equals(other))
                .findFirst()
                .map(info -> committed - info.getCommitIndex())
                .orElse(Long.MAX_VALUE);
    }

    /// Before this node stops: gives each shard that it leads to a replica that is ready, as far as time allows.
    void handOver(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (var replica : replicas) {
            if (System.nanoTime() - end >= 0) return;
            try {
                heir(replica).ifPresent(id -> transfer(replica, id));
            } catch (RuntimeException e) {
                // The others still get theirs, and the node its end.
                LOG.warn("leadership not handed over shard={}", replica.shard(), e);
            }
        }
    }

    private Optional<RaftPeerId> heir(Replica replica) {
        return placement.replicas(replica.shard()).stream()
                .map(m -> RaftPeerId.valueOf(m.node().value()))
                .filter(id -> !id.equals(node.self()) && ready(replica, id))
                .findFirst();
    }
}
