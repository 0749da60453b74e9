package io.engram.grid.tier.cold;

import io.engram.grid.GridConfig;
import io.engram.grid.GridConfig.Member;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.ignite.cache.CacheAtomicityMode;
import org.apache.ignite.cache.CacheMode;
import org.apache.ignite.cache.CacheWriteSynchronizationMode;
import org.apache.ignite.cache.PartitionLossPolicy;
import org.apache.ignite.cache.affinity.rendezvous.RendezvousAffinityFunction;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.configuration.SystemDataRegionConfiguration;
import org.apache.ignite.configuration.WALMode;
import org.apache.ignite.plugin.segmentation.SegmentationPolicy;
import org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;
import org.slf4j.LoggerFactory;

/// How an embedded Ignite node is set up, in one place.
final class IgniteSettings {
    static final String CACHE = "cold";
    private static final long FAILURE_DETECTION_MILLIS = 3_000;
    private static final long MEBIBYTE = 1 << 20;
    /// Holds the largest blob twice; four of them take 64 MiB of disk from the start.
    private static final int WAL_SEGMENT_BYTES = 16 << 20;
    private static final int WAL_SEGMENTS = 4;
    /// Each is a file on disk and a step of every start; some tens per member spread the blobs well enough.
    private static final int PARTITIONS = 64;

    /// For the whole process, read by Ignite's classes when they are loaded.
    private static final Map<String, String> PROPERTIES = Map.of(
            "IGNITE_QUIET", "true",
            "IGNITE_NO_ASCII", "true",
            "IGNITE_UPDATE_NOTIFIER", "false",
            "IGNITE_NO_SHUTDOWN_HOOK", "true", // the node closes its parts in order
            "IGNITE_PERFORMANCE_SUGGESTIONS_DISABLED", "true",
            "IGNITE_DUMP_THREADS_ON_FAILURE", "false");

    private IgniteSettings() {}

    static void setProcessProperties() {
        PROPERTIES.forEach((name, value) -> {
            if (System.getProperty(name) == null) System.setProperty(name, value);
        });
    }

    static String instanceName(GridConfig grid) {
        return "engram-cold-" + grid.cluster() + "-" + grid.self();
    }

    /// @param broken told what Ignite found wrong with itself
    static IgniteConfiguration of(GridConfig grid, Consumer<String> broken) {
        Member self = grid.selfMember();
        return new IgniteConfiguration()
                .setIgniteInstanceName(instanceName(grid))
                .setConsistentId(self.node().value())
                .setLocalHost(self.host())
                .setWorkDirectory(folder(grid).toString())
                .setGridLogger(new EngineLog(LoggerFactory.getLogger("org.apache.ignite")))
                .setMetricsLogFrequency(0)
                .setFailureHandler(new NeverHalt(broken))
                .setSegmentationPolicy(SegmentationPolicy.NOOP)
                .setFailureDetectionTimeout(FAILURE_DETECTION_MILLIS)
                .setDiscoverySpi(discovery(grid))
                .setCommunicationSpi(new TcpCommunicationSpi()
                        .setLocalAddress(self.host())
                        .setLocalPort(self.coldCommunicationPort())
                        .setLocalPortRange(0)
                        .setConnectionsPerNode(1)
                        .setSelectorsCount(1))
                // Neither thin clients nor REST: two ports less.
                .setClientConnectorConfiguration(null)
                .setConnectorConfiguration(null)
                .setDataStorageConfiguration(storage(grid))
                .setCacheConfiguration(cache(grid))
                // Cores belong to the log; the defaults are eight threads and more in each pool.
                .setPublicThreadPoolSize(2)
                .setSystemThreadPoolSize(4)
                .setStripedPoolSize(4)
                .setManagementThreadPoolSize(2)
                .setQueryThreadPoolSize(2)
                .setDataStreamerThreadPoolSize(1)
                .setServiceThreadPoolSize(1)
                .setRebalanceThreadPoolSize(1)
                .setBuildIndexThreadPoolSize(1)
                .setSnapshotThreadPoolSize(1)
                .setAsyncCallbackPoolSize(2)
                .setPeerClassLoadingEnabled(false);
    }

    static Path folder(GridConfig grid) {
        return grid.data().resolve("ignite").toAbsolutePath();
    }

    private static TcpDiscoverySpi discovery(GridConfig grid) {
        // Our own address is in the list: only so may the first node start alone.
        TcpDiscoveryVmIpFinder list = new TcpDiscoveryVmIpFinder(false);
        list.setAddresses(grid.members().stream().map(m -> m.host() + ":" + m.coldDiscoveryPort()).toList());
        Member self = grid.selfMember();
        return new TcpDiscoverySpi()
                .setLocalAddress(self.host())
                .setLocalPort(self.coldDiscoveryPort())
                .setLocalPortRange(0)
                .setIpFinder(list)
                .setJoinTimeout(20_000);
    }

    private static DataStorageConfiguration storage(GridConfig grid) {
        Path folder = folder(grid);
        return new DataStorageConfiguration()
                .setStoragePath(folder.resolve("storage").toString())
                .setWalPath(folder.resolve("wal").toString())
                .setWalArchivePath(folder.resolve("wal-archive").toString())
                .setWalMode(WALMode.FSYNC)
                .setWalSegments(WAL_SEGMENTS)
                .setWalSegmentSize(WAL_SEGMENT_BYTES)
                .setMaxWalArchiveSize(256 * MEBIBYTE)
                .setCheckpointThreads(1)
                .setSystemDataRegionConfiguration(new SystemDataRegionConfiguration()
                        .setInitialSize(10 * MEBIBYTE)
                        .setMaxSize(32 * MEBIBYTE))
                .setDefaultDataRegionConfiguration(new DataRegionConfiguration()
                        .setName("cold")
                        .setPersistenceEnabled(true)
                        .setInitialSize(Math.min(32 * MEBIBYTE, grid.cold().regionBytes()))
                        .setMaxSize(grid.cold().regionBytes()));
    }

    private static CacheConfiguration<String, byte[]> cache(GridConfig grid) {
        return new CacheConfiguration<String, byte[]>(CACHE)
                .setCacheMode(CacheMode.PARTITIONED)
                .setAtomicityMode(CacheAtomicityMode.ATOMIC)
                .setWriteSynchronizationMode(CacheWriteSynchronizationMode.FULL_SYNC)
                .setBackups(grid.cold().backups())
                .setPartitionLossPolicy(PartitionLossPolicy.READ_WRITE_SAFE)
                .setTopologyValidator(new Majority(grid.members().size()))
                .setAffinity(new RendezvousAffinityFunction(false, PARTITIONS));
    }
}
