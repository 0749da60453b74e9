package io.engram.grid.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.GridConfig;
import io.engram.grid.cluster.ClusterStatus;
import io.engram.grid.cluster.StatusFormat;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.wire.MemberReport;
import io.engram.grid.wire.StatusAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The cluster as this node sees it: what each member says of itself, all asked at once.
final class ClusterReport {
    private final GridConfig config;
    private final NodeReport self;
    private final PeerCalls peers;
    private final MonotonicClock clock;

    ClusterReport(GridConfig config, NodeReport self, PeerCalls peers, MonotonicClock clock) {
        this.config = config;
        this.self = self;
        this.peers = peers;
        this.clock = clock;
    }

    ClusterStatus status(boolean withDigests, boolean localOnly, Deadline deadline) {
        Map<GridConfig.Member, CompletableFuture<StatusAnswer>> asked = new LinkedHashMap<>();
        if (!localOnly)
            for (GridConfig.Member member : config.members())
                if (!member.node().equals(config.self())) asked.put(member, peers.status(member.node(), withDigests, deadline));
        List<ClusterStatus.Member> members = new ArrayList<>();
        for (GridConfig.Member member : config.members()) {
            if (member.node().equals(config.self())) members.add(self.member(withDigests));
            else if (!localOnly) members.add(await(member, asked.get(member), deadline));
        }
        return new ClusterStatus(config.cluster(), config.self(), members, config.shards(), config.replication());
    }

    private ClusterStatus.Member await(
            GridConfig.Member member, @Nullable CompletableFuture<StatusAnswer> asked, Deadline deadline) {
        if (asked == null) return unreachable(member, "was not asked");
        try {
            StatusAnswer answer = asked.get(Math.max(0, deadline.left(clock).toNanos()), TimeUnit.NANOSECONDS);
            return StatusFormat.from(MemberReport.parseFrom(answer.getMember()), member);
        } catch (ExecutionException e) {
            return unreachable(member, String.valueOf(Faults.bare(e).getMessage()));
        } catch (TimeoutException e) {
            return unreachable(member, "did not answer in time");
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return unreachable(member, "gave an answer that is none: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unreachable(member, "was not waited for");
        }
    }

    private static ClusterStatus.Member unreachable(GridConfig.Member member, String why) {
        return new ClusterStatus.Member(
                member.node(), member.host(), member.clientPort(), false, ClusterStatus.Health.UNKNOWN, List.of("unreachable " + why), "",
                Duration.ZERO, List.of(), List.of(), 0, 0, 0);
    }
}
