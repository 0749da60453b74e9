package io.engram.grid.tier;

import io.engram.grid.FreePorts;
import io.engram.grid.GridConfig;
import io.engram.grid.GridConfig.ColdConfig;
import io.engram.grid.GridConfig.HotConfig;
import io.engram.grid.GridConfig.LogConfig;
import io.engram.grid.GridConfig.Member;
import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.log.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Configurations of clusters whose nodes are all in this process, on free ports of the loopback address.
public final class Loopback {
    public static final String HOST = "127.0.0.1";
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    private final String cluster;
    private final List<Member> members = new ArrayList<>();
    private final Path folder;
    private HotConfig hot = new HotConfig(true, 16 << 20, 1);
    private ColdConfig cold = new ColdConfig(true, 32 << 20, 1);

    private Loopback(String cluster, Path folder) {
        this.cluster = cluster;
        this.folder = folder;
    }

    /// Nodes in processes and on hosts of their own, which all use the same ports.
    public static Loopback on(List<String> hosts, Path folder) {
        Loopback cluster = new Loopback("test", folder);
        for (int i = 0; i < hosts.size(); i++)
            cluster.members.add(new Member(new NodeId("n" + i), hosts.get(i), i, 1, 1, 1, 7503, 7504, 7505));
        return cluster;
    }

    public Loopback(int nodes, Path folder) {
        this("test-" + ProcessHandle.current().pid() + "-" + CLUSTERS.incrementAndGet(), folder);
        int[] ports = FreePorts.pick(3 * nodes);
        for (int i = 0; i < nodes; i++)
            members.add(new Member(new NodeId("n" + i), HOST, i, 1, 1, 1, ports[3 * i], ports[3 * i + 1], ports[3 * i + 2]));
    }

    public Loopback hot(long maxBytes, int backups) {
        hot = new HotConfig(true, maxBytes, backups);
        return this;
    }

    public Loopback cold(int backups) {
        cold = new ColdConfig(true, 32 << 20, backups);
        return this;
    }

    public GridConfig node(int rank) {
        LogConfig log = new LogConfig(Duration.ofSeconds(1), Duration.ofSeconds(2), 1_000, 65_536, 4, 1 << 20);
        NodeId self = members.get(rank).node();
        return new GridConfig(cluster, self, members, folder.resolve(self.value()), 8, 1, log, MemoryConfig.DEFAULT, hot, cold);
    }
}
