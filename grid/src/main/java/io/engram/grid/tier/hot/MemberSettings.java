package io.engram.grid.tier.hot;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.nio.serialization.Serializer;
import io.engram.grid.GridConfig;
import io.engram.grid.GridConfig.Member;
import java.util.Map;

/// How an embedded Hazelcast member is set up, in one place.
final class MemberSettings {
    static final String MAP = "hot";
    private static final long MEBIBYTE = 1 << 20;

    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("hazelcast.logging.type", "slf4j"),
            Map.entry("hazelcast.phone.home.enabled", "false"),
            Map.entry("hazelcast.shutdownhook.enabled", "false"), // the node closes its parts in order
            Map.entry("hazelcast.graceful.shutdown.max.wait", "4"),
            // Few partitions and threads: shards are few, and cores belong to the log.
            Map.entry("hazelcast.partition.count", "127"),
            Map.entry("hazelcast.io.thread.count", "2"),
            Map.entry("hazelcast.operation.thread.count", "2"),
            Map.entry("hazelcast.operation.generic.thread.count", "2"),
            Map.entry("hazelcast.operation.response.thread.count", "1"),
            Map.entry("hazelcast.event.thread.count", "1"),
            Map.entry("hazelcast.clientengine.thread.count", "1"),
            Map.entry("hazelcast.clientengine.query.thread.count", "1"),
            Map.entry("hazelcast.clientengine.blocking.thread.count", "1"),
            Map.entry("hazelcast.slow.operation.detector.enabled", "false"),
            // Only the member's own address is listened on.
            Map.entry("hazelcast.socket.bind.any", "false"),
            Map.entry("hazelcast.socket.connect.timeout.seconds", "2"),
            Map.entry("hazelcast.wait.seconds.before.join", "1"),
            Map.entry("hazelcast.max.wait.seconds.before.join", "5"),
            Map.entry("hazelcast.max.join.seconds", "30"),
            // A member that is gone is noticed in 5 to 6 s instead of a minute, and halves join again in seconds.
            Map.entry("hazelcast.heartbeat.failuredetector.type", "phi-accrual"),
            Map.entry("hazelcast.heartbeat.phiaccrual.failuredetector.threshold", "8"),
            Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
            Map.entry("hazelcast.max.no.heartbeat.seconds", "5"),
            Map.entry("hazelcast.merge.first.run.delay.seconds", "10"),
            Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
            Map.entry("hazelcast.operation.call.timeout.millis", "4000"),
            Map.entry("hazelcast.operation.backup.timeout.millis", "1000"),
            Map.entry("hazelcast.operation.fail.on.indeterminate.state", "true"),
            // One eviction per change lets the map grow when small records make room for large ones.
            Map.entry("hazelcast.map.eviction.batch.size", "4"));

    private MemberSettings() {}

    static Config of(GridConfig grid) {
        Member self = grid.selfMember();
        Config config = new Config();
        config.setClusterName(grid.cluster());
        config.setInstanceName("engram-hot-" + grid.cluster() + "-" + self.node());
        PROPERTIES.forEach(config::setProperty);
        config.setProperty("hazelcast.local.localAddress", self.host());
        config.getJetConfig().setEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        network(config.getNetworkConfig(), grid);
        serialization(config.getSerializationConfig());
        config.addMapConfig(map(grid.hot()));
        return config;
    }

    private static void network(NetworkConfig network, GridConfig grid) {
        network.setPort(grid.selfMember().hotPort()).setPortAutoIncrement(false).setPortCount(1);
        JoinConfig join = network.getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        TcpIpConfig list = join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(2);
        for (Member member : grid.members()) list.addMember(member.host() + ":" + member.hotPort());
    }

    private static void serialization(SerializationConfig serialization) {
        add(serialization, GridKey.class, new GridKey.Serializer());
        add(serialization, Fetch.class, new Fetch.Serializer());
        add(serialization, Settle.class, new Settle.Serializer());
        add(serialization, OfSpace.class, new OfSpace.Serializer());
        // Whoever reaches the port must not be able to make us load classes of his choice.
        JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
        filter.getWhitelist().addPrefixes("io.engram.grid.tier.hot.");
        serialization.setJavaSerializationFilterConfig(filter);
    }

    private static <T> void add(SerializationConfig serialization, Class<T> type, Serializer serializer) {
        serialization.addSerializerConfig(new SerializerConfig().setTypeClass(type).setImplementation(serializer));
    }

    private static MapConfig map(GridConfig.HotConfig hot) {
        return new MapConfig(MAP)
                .setInMemoryFormat(InMemoryFormat.BINARY)
                .setBackupCount(hot.backups())
                .setAsyncBackupCount(0)
                .setReadBackupData(false)
                .setPerEntryStatsEnabled(false)
                .setMergePolicyConfig(new MergePolicyConfig(HigherVersionWins.class.getName(), 100))
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.USED_HEAP_SIZE)
                        .setSize(Math.toIntExact(Math.max(1, hot.maxBytes() / MEBIBYTE))));
    }
}
