package io.engram.jepsen.controls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Clocks;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.FreshnessGate;
import io.engram.grid.freshness.FreshnessPeers;
import io.engram.grid.freshness.ReadGate;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Appended;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Entry;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.route.SystemTimers;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.TermsAnswer;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;

/// Switches that let reads through that nothing has proven.
class ReadControlsTest {
    private static final ShardId SHARD = new ShardId(0);
    private static final NodeId SELF = new NodeId("n1");

    @Test
    void a_cut_off_follower_refuses_a_bounded_read() {
        assertThatThrownBy(() -> read(new CutOff(ReplicaView.Role.FOLLOWER), new Consistency.Bounded(Duration.ofMillis(100))))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RefusedException.class);
    }

    @Test
    void unchecked_follower_claims_the_bound_without_asking_anybody() {
        try (var _ = new Broken(Switch.UNCHECKED_FOLLOWER)) {
            ShardProof proof = read(new CutOff(ReplicaView.Role.FOLLOWER), new Consistency.Bounded(Duration.ofMillis(100)));
            assertThat(proof.staleness()).contains(Duration.ZERO);
            assertThat(proof.applied().index()).isEqualTo(7);
        }
    }

    @Test
    void unchecked_follower_leaves_linearizable_reads_alone() {
        try (var _ = new Broken(Switch.UNCHECKED_FOLLOWER)) {
            assertThatThrownBy(() -> read(new CutOff(ReplicaView.Role.FOLLOWER), new Consistency.Linearizable()))
                    .isInstanceOf(CompletionException.class);
        }
    }

    @Test
    void ratis_reads_ask_ratis_and_nobody_else() {
        CutOff log = new CutOff(ReplicaView.Role.LEADER);
        assertThatThrownBy(() -> read(log, new Consistency.Linearizable())).isInstanceOf(CompletionException.class);
        try (var _ = new Broken(Switch.RATIS_READS)) {
            assertThat(read(log, new Consistency.Linearizable()).staleness()).contains(Duration.ZERO);
            assertThat(log.asked).hasSize(1);
            assertThat(log.asked.getFirst().getType().is(RaftClientRequestProto.TypeCase.READ)).isTrue();
        }
    }

    @Test
    void ratis_is_set_up_to_read_with_or_without_its_lease() throws Throwable {
        assertThat(RaftServerConfigKeys.Read.option(settings())).isEqualTo(RaftServerConfigKeys.Read.Option.DEFAULT);
        try (var _ = new Broken(Switch.RATIS_READS)) {
            assertThat(RaftServerConfigKeys.Read.option(settings())).isEqualTo(RaftServerConfigKeys.Read.Option.LINEARIZABLE);
            assertThat(RaftServerConfigKeys.Read.leaderLeaseEnabled(settings())).isFalse();
        }
        try (var _ = new Broken(Switch.RATIS_LEASE)) {
            assertThat(RaftServerConfigKeys.Read.leaderLeaseEnabled(settings())).isTrue();
            assertThat(RaftServerConfigKeys.Read.leaderLeaseTimeoutRatio(settings())).as("out between two heartbeats").isLessThan(0.5);
        }
    }

    private static RaftProperties settings() throws Throwable {
        return (RaftProperties) Hidden.callStatic("io.engram.grid.log.RaftSettings", "of", Configs.of(SELF), Path.of("unused"));
    }

    private static ShardProof read(CutOff log, Consistency consistency) {
        try (SystemTimers timers = new SystemTimers("test")) {
            FreshnessGate gate = new FreshnessGate(SELF, Map.of(SHARD, log), new Silent(), Clocks.SYSTEM, timers, new Random(1));
            return gate.pass(SHARD, consistency, new Seven(), Deadline.after(Duration.ofSeconds(2), MonotonicClock.SYSTEM)).join();
        }
    }

    private record Seven() implements ReadGate.Positions {
        @Override
        public long published() {
            return 7;
        }

        @Override
        public CompletableFuture<Void> whenPublished(long index, Deadline deadline) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
    }

    private record Silent() implements FreshnessPeers {
        @Override
        public CompletableFuture<TermsAnswer> terms(NodeId to, Deadline deadline) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }

        @Override
        public CompletableFuture<FencedIndexAnswer> fencedIndex(NodeId to, FencedIndexQuestion question, Deadline deadline) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
    }

    /// A replica that nobody answers, behind which Ratis says yes to everything.
    private static final class CutOff implements ShardLog {
        record Running(RaftServer server, RaftServer.Division division) {}

        private final ReplicaView.Role role;
        private final List<RaftClientRequest> asked = new ArrayList<>();

        @SuppressWarnings("unused") // as the real one's, for the control to reach for
        private final Running running;

        CutOff(ReplicaView.Role role) {
            this.role = role;
            RaftPeerId peer = RaftPeerId.valueOf("n1");
            RaftGroupMemberId member = RaftGroupMemberId.valueOf(peer, RaftGroupId.randomId());
            RaftServer server = (RaftServer) Proxy.newProxyInstance(RaftServer.class.getClassLoader(), new Class<?>[] {RaftServer.class}, (p, m, a) -> {
                if (!m.getName().equals("submitClientRequestAsync")) throw new UnsupportedOperationException(m.getName());
                RaftClientRequest request = (RaftClientRequest) a[0];
                asked.add(request);
                return CompletableFuture.completedFuture(RaftClientReply.newBuilder()
                        .setRequest(request)
                        .setClientId(request.getClientId())
                        .setServerId(member)
                        .setSuccess()
                        .build());
            });
            RaftServer.Division division = (RaftServer.Division) Proxy.newProxyInstance(
                    RaftServer.class.getClassLoader(), new Class<?>[] {RaftServer.Division.class}, (p, m, a) -> switch (m.getName()) {
                        case "getId" -> peer;
                        case "getMemberId" -> member;
                        default -> throw new UnsupportedOperationException(m.getName());
                    });
            running = new Running(server, division);
        }

        @Override
        public ShardId shard() {
            return SHARD;
        }

        @Override
        public CompletableFuture<Appended> append(Entry entry, Deadline deadline) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public ReplicaView view() {
            return new ReplicaView(SHARD, "n1", role, 3, Optional.empty(), 5, 5, -1, "RUNNING");
        }

        @Override
        public CompletableFuture<Void> whenApplied(long logIndex, Deadline deadline) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Membership membership() {
            return new Membership(Set.of(new Voter(SELF, "n1"), new Voter(new NodeId("n2"), "n2"), new Voter(new NodeId("n3"), "n3")), Set.of());
        }
    }
}
