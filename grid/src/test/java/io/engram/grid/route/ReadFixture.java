package io.engram.grid.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.cluster.Peers;
import io.engram.grid.freshness.ReadGate;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.session.Sessions;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.memory.shard.TestShard;
import io.engram.grid.memory.shard.Wire;
import io.engram.grid.tier.hot.NoHotTier;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.CreateSpace;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.PeerAnswer;
import io.engram.grid.wire.PeerQuestion;
import io.engram.grid.wire.ShardQuery;
import io.engram.grid.wire.TermsAnswer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/// A node, a, that reads one shard: from a replica of its own if it is given one, and from b and c, whose answers are written down.
final class ReadFixture implements AutoCloseable {
    static final ShardId SHARD = ShardId.CATALOG;
    static final NodeId SELF = new NodeId("a");
    static final SpaceName SPACE = new SpaceName("notes");
    static final ReadGate OPEN = (shard, consistency, positions, deadline) -> CompletableFuture.completedFuture(
            new ShardProof(new Position(shard, positions.published()), ShardProof.How.FENCED_LEADER, Optional.of(Duration.ZERO), 1,
                    Optional.of(ReplicaView.Role.LEADER)));

    /// What b or c says.
    interface Script {
        CompletableFuture<PeerAnswer> answer(NodeId node, PeerQuestion question);
    }

    final List<NodeId> queried = new CopyOnWriteArrayList<>();
    final List<ShardQuery> queries = new CopyOnWriteArrayList<>();
    final ShardRoutes routes;
    private final LocalReads reads;
    private final MonotonicClock clock;
    private final Optional<ShardReads> here;

    /// @param here the node's own replica
    ReadFixture(Optional<ShardReads> here, SegmentStore segments, Script script, MonotonicClock clock) {
        this.here = here;
        this.clock = clock;
        reads = reads(SELF, here, segments, clock);
        Peers peers = (to, bytes, deadline) -> {
            try {
                PeerQuestion question = PeerQuestion.parseFrom(bytes);
                if (question.hasQuery()) {
                    queried.add(to);
                    queries.add(question.getQuery());
                }
                return script.answer(to, question).thenApply(PeerAnswer::toByteArray);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        };
        var logs = here.isEmpty() ? StandingLogs.none() : new StandingLogs(Map.of(SHARD, StandingLog.following(SHARD, new NodeId("b"))));
        routes = new ShardRoutes(SELF, reads, logs, new LeaderHints(SELF, logs), new PeerCalls(SELF, peers), clock);
    }

    static LocalReads reads(NodeId node, Optional<ShardReads> replica, SegmentStore segments, MonotonicClock clock) {
        if (replica.isEmpty()) return new LocalReads(node, OPEN, Map.of(), Map.of(), clock);
        var records = new Records(SHARD, segments, new NoHotTier(), clock);
        return new LocalReads(node, OPEN, Map.of(SHARD, replica.get()), Map.of(SHARD, records), clock);
    }

    /// Answers as a node that runs and has this replica.
    static Script serving(LocalReads reads, MonotonicClock clock) {
        return (node, question) -> CompletableFuture.completedFuture(
                question.hasTerms()
                        ? alive()
                        : PeerAnswer.newBuilder()
                                .setQuery(reads.answer(question.getQuery(), Deadline.after(Duration.ofSeconds(30), clock)))
                                .build());
    }

    static PeerAnswer alive() {
        return PeerAnswer.newBuilder().setTerms(TermsAnswer.getDefaultInstance()).build();
    }

    static CompletableFuture<PeerAnswer> silence() {
        return new CompletableFuture<>();
    }

    Memories memories() {
        return memories((shard, command, deadline) -> CompletableFuture.failedFuture(new IllegalStateException("nothing is written here")));
    }

    Memories memories(Submission writes) {
        return new RoutedMemories(SELF, spaces(writes), writes, new Sessions(writes, new ManualTime(), clock), routes, clock);
    }

    RoutedSpaces spaces(Submission writes) {
        return new RoutedSpaces(1, writes, new SpaceSettling(writes), routes, here, clock, InstantSource.system());
    }

    /// A replica with the space in it, and the memories k1, k2 ... with the texts "text of k1" ...
    static TestShard shardWith(int memories) {
        return shardWith(memories, 1);
    }

    /// @param shards of the space
    static TestShard shardWith(int memories, int shards) {
        var shard = new TestShard(SHARD.value());
        var descriptor = WireFormat.of(Wire.space(1, shards)).toBuilder().setId(0).setRevision(0).setName(SPACE.value());
        shard.apply(Command.newBuilder().setCreateSpace(CreateSpace.newBuilder().setSpace(descriptor)).build());
        Space space = spaceIn(shard);
        shard.apply(Wire.install(space));
        Outcome done = shard.apply(Wire.stepDone(space.id().value(), space.revision()));
        if (done.hasRefused()) throw new IllegalStateException(done.toString());
        for (int i = 1; i <= memories; i++) shard.apply(Wire.put(space, "k" + i, "text of k" + i));
        return shard;
    }

    static Space spaceIn(TestShard shard) {
        try (var reading = shard.state.read()) {
            return reading.cataloged(SPACE).orElseThrow().space();
        }
    }

    @Override
    public void close() {
        reads.close();
    }
}
