package io.engram.grid.route;

import com.google.protobuf.ByteString;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.View;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.WriteCondition;
import io.engram.grid.memory.session.Ingest;
import io.engram.grid.memory.session.Sessions;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Forget;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.Put;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Remembering and recalling: finds the shards, asks them, puts their answers together.
final class RoutedMemories implements Memories {
    private static final Comparator<Candidate> BEST_FIRST =
            Comparator.comparingDouble(Candidate::score).reversed().thenComparing(Candidate::key);

    /// Of the time left: what a shard may take, so that with a shard missing there is time to put the rest together.
    private static final double SHARD_SHARE = 0.8;

    private final NodeId self;
    private final RoutedSpaces spaces;
    private final Submission submission;
    private final Sessions sessions;
    private final ShardRoutes routes;
    private final MonotonicClock clock;

    RoutedMemories(
            NodeId self, RoutedSpaces spaces, Submission submission, Sessions sessions, ShardRoutes routes, MonotonicClock clock) {
        this.self = self;
        this.spaces = spaces;
        this.submission = submission;
        this.sessions = sessions;
        this.routes = routes;
        this.clock = clock;
    }

    @Override
    public Written put(SpaceName name, Observation observation, WriteCondition condition, RequestId request, Deadline deadline) {
        return in(name, deadline, (space, again) -> {
            var put = Put.newBuilder().setSpace(space.id().value()).setObservation(WireFormat.of(observation));
            switch (condition) {
                case WriteCondition.None() -> {}
                case WriteCondition.VersionIs(long version) -> put.setExpectedVersion(version);
                case WriteCondition.MustNotExist() -> put.setMustNotExist(true);
            }
            ShardId shard = space.shardOf(observation.key());
            Outcome outcome = submit(shard, command(request).setPut(put).build(), deadline);
            return new Written(
                    observation.key(), outcome.getRecorded().getVersion(), new Position(shard, outcome.getIndex()), outcome.getReplayed());
        });
    }

    @Override
    public Forgotten forget(SpaceName name, MemoryKey memory, long expectedVersion, RequestId request, Deadline deadline) {
        return in(name, deadline, (space, again) -> {
            var forget = Forget.newBuilder()
                    .setSpace(space.id().value())
                    .setKey(memory.value())
                    .setExpectedVersion(expectedVersion);
            ShardId shard = space.shardOf(memory);
            Outcome outcome = submit(shard, command(request).setForget(forget).build(), deadline);
            return new Forgotten(outcome.getForgotten().getVersion(), new Position(shard, outcome.getIndex()), outcome.getReplayed());
        });
    }

    private static Command.Builder command(RequestId request) {
        return Command.newBuilder()
                .setIdempotencyKey(ByteString.copyFromUtf8(request.key().value()))
                .setFingerprint(request.fingerprint());
    }

    private Outcome submit(ShardId shard, Command command, Deadline deadline) {
        Outcome outcome = Waits.written(submission.submit(shard, command, deadline), deadline, clock);
        if (outcome.hasRefused()) throw Reasons.exception(outcome.getRefused());
        return outcome;
    }

    @Override
    public Answer<Optional<Memory>> get(SpaceName name, MemoryKey key, View view, Consistency consistency, Deadline deadline) {
        Answer<List<Memory>> answer = get(name, List.of(key), view, consistency, deadline);
        return new Answer<>(answer.value().stream().findFirst(), answer.proof());
    }

    @Override
    public Answer<List<Memory>> get(SpaceName name, List<MemoryKey> keys, View view, Consistency consistency, Deadline deadline) {
        return in(name, deadline, (space, again) -> {
            Map<ShardId, List<MemoryKey>> byShard = keys.stream()
                    .distinct()
                    .collect(Collectors.groupingBy(space::shardOf, TreeMap::new, Collectors.toList()));
            var shards = List.copyOf(byShard.keySet());
            Consistency wanted = again ? new Consistency.Linearizable() : consistency;
            try (Gather<List<Memory>> gather = Gather.from(
                    shards,
                    shard -> routes.read(shard, new ShardQuestion.Get(space.id(), byShard.getOrDefault(shard, List.of()), view), wanted, deadline),
                    false, deadline, clock)) {
                Map<MemoryKey, Memory> found = new HashMap<>();
                for (var read : gather.reads()) for (Memory memory : read.value()) found.put(memory.observation().key(), memory);
                var inOrder = keys.stream().map(found::get).filter(Objects::nonNull).toList();
                return new Answer<>(inOrder, gather.proof(self, shards));
            }
        });
    }

    @Override
    public Answer<Page> list(
            SpaceName name, String keyPrefix, Optional<Filter> filter, Optional<MemoryKey> from, int limit, View view,
            Consistency consistency, Deadline deadline) {
        return in(name, deadline, (space, again) -> {
            // One more than asked for: it tells whether there is a next page, and where that starts.
            var question = new ShardQuestion.ListFrom(space.id(), keyPrefix, filter, from, limit + 1, view);
            Consistency wanted = again ? new Consistency.Linearizable() : consistency;
            return whole(damaged -> {
                try (Gather<List<Candidate>> gather = Gather.from(
                        space.shards(), shard -> routes.read(shard, question, wanted, deadline, damaged.get(shard)), false, deadline, clock)) {
                    var merged = gather.reads().stream()
                            .flatMap(read -> read.value().stream())
                            .sorted(Comparator.comparing(Candidate::key))
                            .limit(limit + 1L)
                            .toList();
                    var page = merged.subList(0, Math.min(limit, merged.size()));
                    Optional<MemoryKey> next = merged.size() > limit ? Optional.of(merged.get(limit).key()) : Optional.empty();
                    return Candidate.load(page, space.id(), view)
                            .map(memories -> new Answer<>(new Page(memories, next), gather.proof(self, space.shards())));
                }
            });
        });
    }

    @Override
    public Answer<Recalled> recall(SpaceName name, Query query, View view, Consistency consistency, Deadline deadline) {
        return in(name, deadline, (space, again) -> {
            if (query.vector().dimension() != space.dimension())
                throw new RefusedException(
                        Reason.DIMENSION_MISMATCH,
                        "the query has " + query.vector().dimension() + " dimensions, the space " + space.dimension());
            var question = new ShardQuestion.Search(space.id(), query.vector(), query.k(), query.filter(), query.minScore(), view);
            Consistency wanted = again ? new Consistency.Linearizable() : consistency;
            long began = clock.nanos();
            return whole(damaged -> {
                Deadline perShard = query.allowPartial() ? shareOf(deadline) : deadline;
                try (Gather<ShardQuestion.Search.Found> gather = Gather.from(
                        space.shards(), shard -> routes.read(shard, question, wanted, perShard, damaged.get(shard)), query.allowPartial(),
                        perShard, clock)) {
                    long considered = 0;
                    var all = new ArrayList<Candidate>();
                    for (var read : gather.reads()) {
                        considered += read.value().considered();
                        all.addAll(read.value().best());
                    }
                    long rows = considered;
                    var best = all.stream().sorted(BEST_FIRST).limit(query.k()).toList();
                    var searched = Duration.ofNanos(clock.nanos() - began);
                    return Candidate.load(best, space.id(), view)
                            .map(memories -> new Answer<>(new Recalled(matches(memories, best), rows, searched), gather.proof(self, space.shards())));
                }
            });
        });
    }

    private static List<Match> matches(List<Memory> memories, List<Candidate> best) {
        var matches = new ArrayList<Match>(best.size());
        for (int i = 0; i < best.size(); i++) matches.add(new Match(memories.get(i), best.get(i).score()));
        return List.copyOf(matches);
    }

    /// An answer of whose records all could be read: where one here is damaged, that shard is asked elsewhere. Each round
    /// takes one more shard to another node, so there are no more rounds than shards, and one.
    ///
    /// @param attempt is told which shards are damaged here, and what was said of it
    private static <T> T whole(Function<Map<ShardId, RefusedException>, Candidate.Loading<T>> attempt) {
        var damaged = new TreeMap<ShardId, RefusedException>();
        while (true) {
            switch (attempt.apply(Map.copyOf(damaged))) {
                case Candidate.Loading.Whole<T>(T answer) -> {
                    return answer;
                }
                case Candidate.Loading.Damaged<T>(ShardId shard, RefusedException why) -> damaged.put(shard, why);
            }
        }
    }

    private Deadline shareOf(Deadline deadline) {
        return Deadline.after(Duration.ofNanos((long) (deadline.left(clock).toNanos() * SHARD_SHARE)), clock);
    }

    @Override
    public Ingest observe(SpaceName name, SessionId session, long acknowledgedThrough, Deadline deadline) {
        return in(name, deadline, (space, again) ->
                Waits.until(sessions.open(space, session, acknowledgedThrough, deadline), deadline, clock));
    }

    /// Does something in a space, as this node knows it; if a shard does not hold it, once more after asking the catalog.
    ///
    /// @param action is told whether this is the second time. A weak read then asks for more than it was asked: a replica that had
    ///     not heard of the space could only answer for a time before it
    private <T> T in(SpaceName name, Deadline deadline, BiFunction<Space, Boolean, T> action) {
        Space known = spaces.resolve(name, deadline);
        try {
            return action.apply(known, false);
        } catch (RefusedException e) {
            if (e.reason() != Reason.SPACE_NOT_FOUND) throw e;
            return action.apply(spaces.resolveAnew(name, deadline), true);
        }
    }
}
