package io.engram.grid.route;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.protobuf.ByteString;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.Proof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.Spaces;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.CreateSpace;
import io.engram.grid.wire.DeleteSpace;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.UpdateSpace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/// The catalog, kept by shard 0; what it decides takes effect in all shards of a space before it is acknowledged.
final class RoutedSpaces implements Spaces {
    /// For nodes without a replica of shard 0. A stale entry is harmless, the shards refuse what they do not hold; this
    /// only bounds how long a changed limit goes unseen.
    private static final Duration REMEMBERED = Duration.ofSeconds(1);

    private final int shards;
    private final Submission submission;
    private final SpaceSettling settling;
    private final ShardRoutes routes;
    private final Optional<ShardReads> catalogHere;
    private final MonotonicClock clock;
    private final InstantSource wall;
    private final Cache<SpaceName, Space> remembered =
            CacheBuilder.newBuilder().maximumSize(10_000).expireAfterWrite(REMEMBERED).build();

    /// @param shards of the cluster
    /// @param catalogHere this node's replica of shard 0
    RoutedSpaces(
            int shards, Submission submission, SpaceSettling settling, ShardRoutes routes, Optional<ShardReads> catalogHere,
            MonotonicClock clock, InstantSource wall) {
        this.shards = shards;
        this.submission = submission;
        this.settling = settling;
        this.routes = routes;
        this.catalogHere = catalogHere;
        this.clock = clock;
        this.wall = wall;
    }

    @Override
    public Changed create(NewSpace wanted, RequestId request, Deadline deadline) {
        if (wanted.shards() < 0 || wanted.shards() > shards)
            throw new RefusedException(Reason.INVALID_ARGUMENT, "shards must be 0.." + shards + ", was " + wanted.shards());
        // The catalog fills in identity and revision.
        var space = new Space(
                new SpaceId(0), wanted.name(), wanted.dimension(), wanted.similarity(), spread(wanted), wanted.limits(),
                wall.instant(), 1);
        var command = command(request).setCreateSpace(CreateSpace.newBuilder().setSpace(WireFormat.of(space))).build();
        return installed(command, deadline);
    }

    /// Small spaces begin at different shards, by name, so that they do not all meet on the first.
    private List<ShardId> spread(NewSpace wanted) {
        int count = wanted.shards() == 0 ? shards : wanted.shards();
        int first = Math.floorMod(Arrays.hashCode(wanted.name().value().getBytes(StandardCharsets.UTF_8)), shards);
        return IntStream.range(0, count).mapToObj(i -> new ShardId((first + i) % shards)).toList();
    }

    @Override
    public Changed update(SpaceName name, LimitsChange change, long expectedRevision, RequestId request, Deadline deadline) {
        var update = UpdateSpace.newBuilder().setName(name.value()).setExpectedRevision(expectedRevision);
        change.sessionIdle().ifPresent(idle -> update.setSessionIdleMs(idle.toMillis()));
        change.maxMemories().ifPresent(update::setMaxMemories);
        change.maxSessions().ifPresent(update::setMaxSessions);
        Changed changed = installed(command(request).setUpdateSpace(update).build(), deadline);
        remembered.invalidate(name);
        return changed;
    }

    private Changed installed(Command command, Deadline deadline) {
        Outcome outcome = submit(command, deadline);
        Space space = WireFormat.from(outcome.getSpace().getSpace());
        var decided = new Position(ShardId.CATALOG, outcome.getIndex());
        if (outcome.getSpace().getSettled()) return new Changed(space, decided);
        return new Changed(space, settled(settling.install(space, deadline), deadline));
    }

    @Override
    public Position delete(SpaceName name, RequestId request, Deadline deadline) {
        var command = command(request).setDeleteSpace(DeleteSpace.newBuilder().setName(name.value())).build();
        Outcome outcome = submit(command, deadline);
        Space space = WireFormat.from(outcome.getSpace().getSpace());
        remembered.invalidate(name);
        if (outcome.getSpace().getSettled()) return new Position(ShardId.CATALOG, outcome.getIndex());
        return settled(settling.drop(space, deadline), deadline);
    }

    private static Command.Builder command(RequestId request) {
        return Command.newBuilder()
                .setIdempotencyKey(ByteString.copyFromUtf8(request.key().value()))
                .setFingerprint(request.fingerprint());
    }

    private Outcome submit(Command command, Deadline deadline) {
        Outcome outcome = Waits.written(submission.submit(ShardId.CATALOG, command, deadline), deadline, clock);
        if (outcome.hasRefused()) throw Reasons.exception(outcome.getRefused());
        return outcome;
    }

    /// Once the catalog has decided, nothing that goes wrong afterwards can take it back: the catalog's leader will finish it.
    private Position settled(CompletableFuture<Position> settling, Deadline deadline) {
        try {
            return Waits.until(settling, deadline, clock);
        } catch (RefusedException e) {
            throw new RefusedException(
                    Reason.OUTCOME_UNKNOWN, "the catalog has recorded it, and not all shards have taken it yet: " + e.getMessage(), e);
        }
    }

    @Override
    public Answer<Optional<Space>> get(SpaceName name, Consistency consistency, Deadline deadline) {
        return ask(new ShardQuestion.FindSpace(name), consistency, deadline);
    }

    @Override
    public Answer<List<Space>> list(Optional<SpaceName> after, int limit, Consistency consistency, Deadline deadline) {
        return ask(new ShardQuestion.SpacesAfter(after, limit), consistency, deadline);
    }

    private <T> Answer<T> ask(ShardQuestion<T> question, Consistency consistency, Deadline deadline) {
        try (var read = routes.read(ShardId.CATALOG, question, consistency, deadline)) {
            return new Answer<>(read.value(), new Proof(read.node(), List.of(read.proof()), List.of()));
        }
    }

    @Override
    public Space resolve(SpaceName name, Deadline deadline) {
        Optional<Space> known = known(name);
        return known.isPresent() ? known.get() : resolveAnew(name, deadline);
    }

    private Optional<Space> known(SpaceName name) {
        if (catalogHere.isEmpty()) return Optional.ofNullable(remembered.getIfPresent(name));
        try (ShardReading reading = catalogHere.get().read()) {
            return reading.cataloged(name).filter(ShardReading.Cataloged::visible).map(ShardReading.Cataloged::space);
        }
    }

    /// The space as of now, through the fence.
    Space resolveAnew(SpaceName name, Deadline deadline) {
        Space space = get(name, new Consistency.Linearizable(), deadline)
                .value()
                .orElseThrow(() -> new RefusedException(Reason.SPACE_NOT_FOUND, "there is no space '" + name + "'"));
        remembered.put(name, space);
        return space;
    }
}
