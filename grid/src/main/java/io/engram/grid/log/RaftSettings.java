package io.engram.grid.log;

import io.engram.grid.GridConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// How Ratis is set up, each choice with its reason.
final class RaftSettings {
    /// One request between replicas. Ratis retries; longer only holds up the detection of a dead peer.
    private static final Duration REQUEST = Duration.ofSeconds(1);

    /// A leader that hears from no majority steps down after this.
    private static final Duration STEP_DOWN = Duration.ofMillis(1500);

    /// Ratis closes a server that was paused for longer. We restart it then, but a pause alone is no reason to.
    private static final Duration CLOSE_AFTER_PAUSE = Duration.ofMinutes(10);

    /// Time without progress after which a joining replica is given up; it asks again.
    private static final Duration STAGING = Duration.ofSeconds(10);

    private RaftSettings() {}

    /// @param storage folder that Ratis looks for groups in, see [RaftNode]
    static RaftProperties of(GridConfig config, Path storage) throws IOException {
        var p = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(p, List.of(storage.toFile()));
        RaftServerConfigKeys.setCloseThreshold(p, time(CLOSE_AFTER_PAUSE));
        RaftServerConfigKeys.setStagingTimeout(p, time(STAGING));
        Rpc.setTimeoutMin(p, time(config.log().electionMin()));
        Rpc.setTimeoutMax(p, time(config.log().electionMax()));
        Rpc.setRequestTimeout(p, time(REQUEST));
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, time(STEP_DOWN));
        RaftServerConfigKeys.LeaderElection.setPreVote(p, true);
        // Never LINEARIZABLE nor the lease: a cut-off leader answers stale reads with either (decision 0002).
        RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.DEFAULT);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(p, false);

        Log.setUnsafeFlushEnabled(p, false);
        Log.setAsyncFlushEnabled(p, false);
        // A follower finds an entry that was sent twice in its cache, and would acknowledge it before it is flushed, or after
        // the flush failed; with this on, each append waits for the one before.
        Log.setAppendEntriesComposeEnabled(p, true);
        Log.setCorruptionPolicy(p, Log.CorruptionPolicy.EXCEPTION);
        Log.setSegmentSizeMax(p, SizeInBytes.valueOf("32MB"));
        Log.setPreallocatedSize(p, SizeInBytes.valueOf("4MB"));
        Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf("4MB"));
        // Must exceed the appender's limit; direct memory, one for each group.
        Log.setWriteBufferSize(p, SizeInBytes.valueOf("5MB"));
        // Ratis' metadata entries stay on, though each costs a write: appending one is also what tells the followers of a
        // commit at once. Without them a follower may learn it with the next heartbeat only, and its readers would wait.
        // More of either fills a small heap.
        Log.setSegmentCacheNumMax(p, 2);
        RaftServerConfigKeys.RetryCache.setExpiryTime(p, time(Duration.ofSeconds(5)));
        Log.Appender.setSnapshotChunkSizeMax(p, SizeInBytes.valueOf("4MB"));
        Log.Appender.setInstallSnapshotEnabled(p, true);
        GrpcConfigKeys.setMessageSizeMax(p, SizeInBytes.valueOf("16MB"));

        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, config.log().snapshotEvery());
        // A group closes also when its disk is full or its state machine failed: no time for a snapshot.
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(p, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(p, false);
        Log.setPurgeUptoSnapshotIndex(p, true);
        Log.setPurgeGap(p, Math.clamp(config.log().snapshotEvery(), 1, 1024));

        GrpcConfigKeys.Server.setPort(p, config.selfMember().raftPort());
        // All interfaces, unless the nodes are configured to meet on the loopback one.
        if (InetAddress.getByName(config.selfMember().host()).isLoopbackAddress())
            GrpcConfigKeys.Server.setHost(p, config.selfMember().host());
        return p;
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
