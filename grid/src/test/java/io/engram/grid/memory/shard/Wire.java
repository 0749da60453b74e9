package io.engram.grid.memory.shard;

import com.google.protobuf.ByteString;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.wire.CloseSession;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.CreateSpace;
import io.engram.grid.wire.DeleteSpace;
import io.engram.grid.wire.DropSpace;
import io.engram.grid.wire.Forget;
import io.engram.grid.wire.InstallSpace;
import io.engram.grid.wire.NumberedObservation;
import io.engram.grid.wire.NumberedRejection;
import io.engram.grid.wire.OpenSession;
import io.engram.grid.wire.Put;
import io.engram.grid.wire.SessionBatch;
import io.engram.grid.wire.SettleSession;
import io.engram.grid.wire.SpaceStepDone;
import io.engram.grid.wire.Tick;
import io.engram.grid.wire.UpdateSpace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Commands as tests write them down.
public final class Wire {
    private Wire() {}

    public static Space space(long id, int shards) {
        return space(id, shards, SpaceLimits.DEFAULT);
    }

    public static Space space(long id, int shards, SpaceLimits limits) {
        return new Space(
                new SpaceId(id), new SpaceName("space-" + id), 2, Similarity.COSINE,
                IntStream.range(0, shards).mapToObj(ShardId::new).toList(), limits, Instant.ofEpochMilli(1), 1);
    }

    public static Space revised(Space space, SpaceLimits limits) {
        return new Space(
                space.id(), space.name(), space.dimension(), space.similarity(), space.shards(), limits, space.createdAt(),
                space.revision() + 1);
    }

    public static Observation observation(String key, String text) {
        return new Observation(
                new MemoryKey(key), text, Optional.of(Embedding.of(1, 2)), 0.5, Instant.ofEpochMilli(7),
                new TreeMap<>(Map.of("size", new AttributeValue.Whole(text.length()))), List.of());
    }

    public static Put.Builder putOf(Space space, String key, String text) {
        return Put.newBuilder().setSpace(space.id().value()).setObservation(WireFormat.of(observation(key, text)));
    }

    public static Command put(Space space, String key, String text) {
        return Command.newBuilder().setPut(putOf(space, key, text)).build();
    }

    public static Command put(Space space, String key, String text, String idempotencyKey) {
        return put(space, key, text).toBuilder()
                .setIdempotencyKey(ByteString.copyFromUtf8(idempotencyKey))
                .setFingerprint(text.hashCode())
                .build();
    }

    public static Command forget(Space space, String key) {
        return Command.newBuilder().setForget(Forget.newBuilder().setSpace(space.id().value()).setKey(key)).build();
    }

    public static Command install(Space space) {
        return Command.newBuilder().setInstallSpace(InstallSpace.newBuilder().setSpace(WireFormat.of(space))).build();
    }

    public static Command drop(Space space) {
        return Command.newBuilder().setDropSpace(DropSpace.newBuilder().setSpace(space.id().value())).build();
    }

    public static Command tick() {
        return Command.newBuilder().setTick(Tick.getDefaultInstance()).build();
    }

    public static Command create(String name) {
        var descriptor = WireFormat.of(space(1, 2)).toBuilder().setId(0).setRevision(0).setName(name);
        return Command.newBuilder().setCreateSpace(CreateSpace.newBuilder().setSpace(descriptor)).build();
    }

    public static Command update(String name, long expectedRevision, long maxMemories) {
        return Command.newBuilder()
                .setUpdateSpace(UpdateSpace.newBuilder()
                        .setName(name)
                        .setExpectedRevision(expectedRevision)
                        .setMaxMemories(maxMemories))
                .build();
    }

    public static Command delete(String name) {
        return Command.newBuilder().setDeleteSpace(DeleteSpace.newBuilder().setName(name)).build();
    }

    public static Command stepDone(long space, long revision) {
        return Command.newBuilder()
                .setSpaceStepDone(SpaceStepDone.newBuilder().setSpace(space).setRevision(revision))
                .build();
    }

    public static Command openHome(Space space, String session, long acknowledged) {
        return Command.newBuilder()
                .setOpenSession(OpenSession.newBuilder()
                        .setSpace(space.id().value())
                        .setSession(session)
                        .setAcknowledgedThrough(acknowledged))
                .build();
    }

    public static Command openGuest(Space space, String session, long incarnation, long stream, boolean settled) {
        return Command.newBuilder()
                .setOpenSession(OpenSession.newBuilder()
                        .setSpace(space.id().value())
                        .setSession(session)
                        .setIncarnation(incarnation)
                        .setStream(stream)
                        .setSettled(settled))
                .build();
    }

    public static Command settle(Space space, String session, long incarnation, long stream) {
        return Command.newBuilder()
                .setSettleSession(SettleSession.newBuilder()
                        .setSpace(space.id().value())
                        .setSession(session)
                        .setIncarnation(incarnation)
                        .setStream(stream))
                .build();
    }

    public static Command close(Space space, String session, long incarnation) {
        return Command.newBuilder()
                .setCloseSession(CloseSession.newBuilder()
                        .setSpace(space.id().value())
                        .setSession(session)
                        .setIncarnation(incarnation))
                .build();
    }

    public static SessionBatch.Builder batch(Space space, String session, long incarnation, long stream, long from, long through) {
        return SessionBatch.newBuilder()
                .setSpace(space.id().value())
                .setSession(session)
                .setIncarnation(incarnation)
                .setStream(stream)
                .setFrom(from)
                .setThrough(through);
    }

    public static NumberedObservation item(long number, String key) {
        return NumberedObservation.newBuilder()
                .setNumber(number)
                .setObservation(WireFormat.of(observation(key, "text " + number)))
                .build();
    }

    public static NumberedRejection rejection(long number) {
        return NumberedRejection.newBuilder().setNumber(number).setReason("INVALID_ARGUMENT").setField("text").build();
    }

    public static Command of(SessionBatch.Builder batch) {
        return Command.newBuilder().setSessionBatch(batch).build();
    }

    public static SpaceLimits idle(Duration idle) {
        return new SpaceLimits(idle, 0, 1_000);
    }
}
