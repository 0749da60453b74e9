package io.engram.node.edge.grpc;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.cluster.ClusterStatus;
import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.Proof;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.Spaces;
import io.engram.grid.memory.View;
import io.engram.grid.memory.WriteCondition;
import io.engram.grid.memory.session.Ingest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// The store in memory, for tests of what stands in front of it: keeps what it is given and remembers how it was asked.
final class FakeStore implements Spaces, Memories {
    static final int SHARDS = 4;

    private final NavigableMap<SpaceName, Space> spaces = new ConcurrentSkipListMap<>();
    private final Map<SpaceName, NavigableMap<MemoryKey, Memory>> memories = new ConcurrentHashMap<>();
    private final AtomicLong index = new AtomicLong();
    final List<Consistency> consistencies = new CopyOnWriteArrayList<>();
    final List<RequestId> requests = new CopyOnWriteArrayList<>();
    final List<FakeIngest> ingests = new CopyOnWriteArrayList<>();
    /// Runs at the start of each call about memories.
    volatile Runnable beforeCalls = () -> {};

    FakeStore with(String name, int dimension, Similarity similarity) {
        return with(name, dimension, similarity, SpaceLimits.DEFAULT);
    }

    FakeStore with(String name, int dimension, Similarity similarity, SpaceLimits limits) {
        Space space = new Space(new SpaceId(index.incrementAndGet()), new SpaceName(name), dimension, similarity,
                List.of(new ShardId(0)), limits, Instant.EPOCH, 1);
        spaces.put(space.name(), space);
        memories.put(space.name(), new ConcurrentSkipListMap<>());
        return this;
    }

    private Position next() {
        return new Position(new ShardId(0), index.incrementAndGet());
    }

    private <T> Answer<T> answer(T value, Consistency consistency) {
        consistencies.add(consistency);
        return new Answer<>(value, new Proof(new NodeId("n1"),
                List.of(new ShardProof(new Position(new ShardId(0), index.get()), ShardProof.How.FENCED_LEADER,
                        Optional.of(Duration.ZERO), 7, Optional.of(ReplicaView.Role.LEADER))), List.of()));
    }

    @Override
    public Changed create(NewSpace wanted, RequestId request, Deadline deadline) {
        requests.add(request);
        if (spaces.containsKey(wanted.name())) throw new RefusedException(Reason.SPACE_EXISTS, "there is a space '" + wanted.name() + "'");
        with(wanted.name().value(), wanted.dimension(), wanted.similarity(), wanted.limits());
        return new Changed(resolve(wanted.name(), deadline), next());
    }

    @Override
    public Answer<Optional<Space>> get(SpaceName name, Consistency consistency, Deadline deadline) {
        return answer(Optional.ofNullable(spaces.get(name)), consistency);
    }

    @Override
    public Answer<List<Space>> list(Optional<SpaceName> after, int limit, Consistency consistency, Deadline deadline) {
        var from = after.map(a -> spaces.tailMap(a, false)).orElse(spaces);
        return answer(from.values().stream().limit(limit).toList(), consistency);
    }

    @Override
    public Changed update(SpaceName name, LimitsChange change, long expectedRevision, RequestId request, Deadline deadline) {
        Space space = resolve(name, deadline);
        if (expectedRevision != 0 && expectedRevision != space.revision())
            throw new RefusedException(Reason.REVISION_CONFLICT, "the revision is another", space.revision(), null);
        SpaceLimits limits = new SpaceLimits(change.sessionIdle().orElse(space.limits().sessionIdle()),
                change.maxMemories().orElse(space.limits().maxMemories()), change.maxSessions().orElse(space.limits().maxSessions()));
        Space changed = new Space(space.id(), name, space.dimension(), space.similarity(), space.shards(), limits,
                space.createdAt(), space.revision() + 1);
        spaces.put(name, changed);
        return new Changed(changed, next());
    }

    @Override
    public Position delete(SpaceName name, RequestId request, Deadline deadline) {
        resolve(name, deadline);
        spaces.remove(name);
        return next();
    }

    @Override
    public Space resolve(SpaceName name, Deadline deadline) {
        Space space = spaces.get(name);
        if (space == null) throw new RefusedException(Reason.SPACE_NOT_FOUND, "there is no space '" + name + "'");
        return space;
    }

    private NavigableMap<MemoryKey, Memory> in(SpaceName space, Deadline deadline) {
        beforeCalls.run();
        resolve(space, deadline);
        return memories.computeIfAbsent(space, s -> new ConcurrentSkipListMap<>());
    }

    @Override
    public Written put(SpaceName space, Observation observation, WriteCondition condition, RequestId request, Deadline deadline) {
        requests.add(request);
        var in = in(space, deadline);
        Memory present = in.get(observation.key());
        long version = present == null ? 0 : present.version();
        boolean holds = switch (condition) {
            case WriteCondition.None _ -> true;
            case WriteCondition.VersionIs is -> is.version() == version;
            case WriteCondition.MustNotExist _ -> version == 0;
        };
        if (!holds) throw new RefusedException(Reason.VERSION_CONFLICT, "the version is another", version, null);
        Position at = next();
        in.put(observation.key(), new Memory(observation, at.shard(), at.index(), Memory.Tier.HOT, observation.confidence()));
        return new Written(observation.key(), at.index(), at, false);
    }

    @Override
    public Forgotten forget(SpaceName space, MemoryKey memory, long expectedVersion, RequestId request, Deadline deadline) {
        Memory removed = in(space, deadline).remove(memory);
        if (removed == null) throw new RefusedException(Reason.MEMORY_NOT_FOUND, "there is no such memory");
        return new Forgotten(removed.version(), next(), false);
    }

    @Override
    public Answer<Optional<Memory>> get(SpaceName space, MemoryKey key, View view, Consistency consistency, Deadline deadline) {
        return answer(Optional.ofNullable(in(space, deadline).get(key)), consistency);
    }

    @Override
    public Answer<List<Memory>> get(SpaceName space, List<MemoryKey> keys, View view, Consistency consistency, Deadline deadline) {
        var in = in(space, deadline);
        return answer(keys.stream().filter(in::containsKey).map(in::get).toList(), consistency);
    }

    @Override
    public Answer<Page> list(
            SpaceName space, String keyPrefix, Optional<Filter> filter, Optional<MemoryKey> from, int limit, View view,
            Consistency consistency, Deadline deadline) {
        List<Memory> found = in(space, deadline).values().stream()
                .filter(m -> m.observation().key().value().startsWith(keyPrefix))
                .filter(m -> from.isEmpty() || m.observation().key().compareTo(from.get()) >= 0)
                .limit(limit + 1L)
                .toList();
        boolean more = found.size() > limit;
        return answer(new Page(more ? found.subList(0, limit) : found,
                more ? Optional.of(found.get(limit).observation().key()) : Optional.empty()), consistency);
    }

    @Override
    public Answer<Recalled> recall(SpaceName space, Query query, View view, Consistency consistency, Deadline deadline) {
        List<Match> matches = new ArrayList<>();
        in(space, deadline).values().stream().limit(query.k()).forEach(m -> matches.add(new Match(m, 0.5)));
        return answer(new Recalled(matches, matches.size(), Duration.ofMillis(1)), consistency);
    }

    @Override
    public Ingest observe(SpaceName space, SessionId session, long acknowledgedThrough, Deadline deadline) {
        FakeIngest ingest = new FakeIngest(resolve(space, deadline));
        ingests.add(ingest);
        return ingest;
    }

    ClusterStatus status(boolean withDigests, boolean localOnly, Deadline deadline) {
        ClusterStatus.Replica replica = new ClusterStatus.Replica(new ShardId(0), ReplicaView.Role.LEADER, 7,
                Optional.of(new NodeId("n1")), new Position(new ShardId(0), index.get()), 9, 8, -1, "RUNNING",
                Optional.of(Duration.ofMillis(3)), 2, 1, withDigests ? "abc" : "");
        return new ClusterStatus("test", new NodeId("n1"),
                List.of(new ClusterStatus.Member(new NodeId("n1"), "127.0.0.1", 7500, true, ClusterStatus.Health.DEGRADED,
                        List.of("hot-down"), "1", Duration.ofSeconds(4), List.of(replica),
                        List.of(new ClusterStatus.Engine("log", "up", "", 1)), 1, 2, 3)), SHARDS, 1);
    }
}
