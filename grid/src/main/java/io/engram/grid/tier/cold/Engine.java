package io.engram.grid.tier.cold;

import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteCluster;
import org.apache.ignite.Ignition;
import org.apache.ignite.IgniteState;
import org.apache.ignite.cluster.BaselineNode;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.cluster.ClusterState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of Ignite in this process, from its start to its stop. Its cache is good for this run only.
final class Engine {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private final Ignite ignite;
    private final int expected;
    private volatile boolean active;
    private volatile boolean lost;
    private volatile @Nullable IgniteCache<String, byte[]> cache;

    Engine(Ignite ignite, int expected) {
        this.ignite = ignite;
        this.expected = expected;
    }

    boolean isRunning() {
        return Ignition.state(ignite.name()) == IgniteState.STARTED;
    }

    /// As last seen by [#tend].
    boolean isActive() {
        return active;
    }

    /// As last seen by [#tend]: some blobs cannot be read, because all members that had them were gone at once.
    boolean hasLost() {
        return lost;
    }

    /// Null: not active yet.
    @Nullable IgniteCache<String, byte[]> cache() {
        return cache;
    }

    /// Consistent ids of the members of this topology. Does not block.
    Set<String> members() {
        return servers().stream().map(node -> node.consistentId().toString()).collect(Collectors.toSet());
    }

    private Collection<ClusterNode> servers() {
        return ignite.cluster().forServers().nodes();
    }

    /// Does what Ignite leaves to an operator: activates, keeps all members in the baseline, takes lost partitions back
    /// once everybody is there. Blocks while the cluster changes its state.
    ///
    /// @param majorityIsSettled enough members have been there long enough not to wait for the others
    void tend(boolean majorityIsSettled) {
        IgniteCluster cluster = ignite.cluster();
        boolean nowActive = cluster.state().active();
        Collection<ClusterNode> servers = servers();
        boolean all = servers.size() == expected;
        // The oldest member acts for all of them.
        boolean oldest = servers.stream().min(Comparator.comparingLong(ClusterNode::order)).filter(ClusterNode::isLocal)
                .isPresent();
        Collection<BaselineNode> baseline = cluster.currentBaselineTopology();
        // The first activation fixes who belongs to the cluster, so it waits for everybody.
        if (!nowActive && oldest && (all || (baseline != null && majorityIsSettled))) {
            log.info("cold tier is activated members={} of={} first={}", servers.size(), expected, baseline == null);
            cluster.state(ClusterState.ACTIVE);
            nowActive = true;
        }
        if (nowActive) {
            if (cache == null) cache = ignite.cache(IgniteSettings.CACHE);
            if (oldest && all) restoreAll(cluster, servers);
            IgniteCache<String, byte[]> blobs = cache;
            lost = blobs != null && !blobs.lostPartitions().isEmpty();
        }
        active = nowActive;
    }

    private void restoreAll(IgniteCluster cluster, Collection<ClusterNode> servers) {
        if (cluster.isBaselineAutoAdjustEnabled()) cluster.baselineAutoAdjustEnabled(false);
        Collection<BaselineNode> baseline = cluster.currentBaselineTopology();
        Set<Object> inBaseline = baseline == null
                ? Set.of()
                : baseline.stream().map(BaselineNode::consistentId).collect(Collectors.toSet());
        Set<Object> present = servers.stream().map(ClusterNode::consistentId).collect(Collectors.toSet());
        if (!inBaseline.equals(present)) {
            log.info("cold tier's baseline becomes {}, was {}", present, inBaseline);
            cluster.setBaselineTopology(servers);
        }
        IgniteCache<String, byte[]> blobs = cache;
        if (blobs != null && !blobs.lostPartitions().isEmpty()) {
            log.info("cold tier takes back partitions={}", blobs.lostPartitions().size());
            ignite.resetLostPartitions(Set.of(IgniteSettings.CACHE));
        }
    }
}
