package io.engram.client;

import io.engram.v1.CreateSpaceRequest;
import io.engram.v1.CreateSpaceResponse;
import io.engram.v1.DeleteSpaceRequest;
import io.engram.v1.DeleteSpaceResponse;
import io.engram.v1.GetSpaceRequest;
import io.engram.v1.GetSpaceResponse;
import io.engram.v1.ListSpacesRequest;
import io.engram.v1.ListSpacesResponse;
import io.engram.v1.SpaceServiceGrpc;
import io.engram.v1.UpdateSpaceRequest;
import io.engram.v1.UpdateSpaceResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/// Makes, shows, changes and deletes spaces. For many threads.
public final class SpaceAdmin {
    private static final int PAGE = 100;
    private final Calls calls;
    private final Duration deadline;

    SpaceAdmin(Calls calls, Duration deadline) {
        this.calls = calls;
        this.deadline = deadline;
    }

    /// @throws AlreadyExistsException if the name is taken
    public Space create(SpaceSettings settings) {
        return create(settings, WriteOptions.defaults());
    }

    /// @param options without condition
    public Space create(SpaceSettings settings, WriteOptions options) {
        return calls.await(creating(settings, options));
    }

    public CompletableFuture<Space> createAsync(SpaceSettings settings, WriteOptions options) {
        return calls.start(creating(settings, options));
    }

    /// @throws NotFoundException if there is none
    public Answer<Space> get(String name) {
        return get(name, ReadOptions.defaults());
    }

    public Answer<Space> get(String name, ReadOptions options) {
        return calls.await(getting(name, options));
    }

    public CompletableFuture<Answer<Space>> getAsync(String name, ReadOptions options) {
        return calls.start(getting(name, options));
    }

    /// By name, ascending; pages are fetched as the stream is read.
    public Stream<Space> list() {
        return Pages.stream(token -> page(token, ReadOptions.defaults()));
    }

    /// @param token of the page before; empty: the first page
    public Answer<Page<Space>> page(Optional<String> token, ReadOptions options) {
        return calls.await(listing(token, options));
    }

    public CompletableFuture<Answer<Page<Space>>> pageAsync(Optional<String> token, ReadOptions options) {
        return calls.start(listing(token, options));
    }

    /// Replaces the limits that are present, whatever the revision.
    public Space update(String name, SpaceLimits limits) {
        return update(name, limits, WriteOptions.defaults());
    }

    /// @param options a condition on the version means the space's revision
    /// @throws ConflictException if the revision is another
    public Space update(String name, SpaceLimits limits, WriteOptions options) {
        return calls.await(updating(name, limits, options));
    }

    public CompletableFuture<Space> updateAsync(String name, SpaceLimits limits, WriteOptions options) {
        return calls.start(updating(name, limits, options));
    }

    /// Deletes the space and all it holds. Returns when no replica will serve it again.
    ///
    /// @throws NotFoundException if there is none
    public Position delete(String name) {
        return delete(name, WriteOptions.defaults());
    }

    /// @param options without condition
    public Position delete(String name, WriteOptions options) {
        return calls.await(deleting(name, options));
    }

    public CompletableFuture<Position> deleteAsync(String name, WriteOptions options) {
        return calls.start(deleting(name, options));
    }

    private Call<CreateSpaceRequest, CreateSpaceResponse, Space> creating(SpaceSettings settings, WriteOptions options) {
        unconditional(options);
        String key = options.idempotencyKey().orElseGet(Keys::fresh);
        CreateSpaceRequest request = CreateSpaceRequest.newBuilder()
                .setName(settings.name())
                .setDimension(settings.dimension())
                .setSimilarity(WireSpaces.similarity(settings.similarity()))
                .setShards(settings.shards())
                .setLimits(WireSpaces.limits(settings.limits()))
                .setIdempotencyKey(key)
                .build();
        return Call.write(SpaceServiceGrpc.getCreateSpaceMethod(), request, key, options.deadline().orElse(deadline),
                reply -> WireSpaces.space(reply.response().getSpace()));
    }

    private Call<GetSpaceRequest, GetSpaceResponse, Answer<Space>> getting(String name, ReadOptions options) {
        Consistency consistency = options.consistency().orElseGet(Consistency::linearizable);
        GetSpaceRequest request = GetSpaceRequest.newBuilder()
                .setName(name)
                .setConsistency(WireQuestions.consistency(consistency))
                .build();
        return Call.read(SpaceServiceGrpc.getGetSpaceMethod(), request, options.deadline().orElse(deadline), reply -> new Answer<>(
                WireSpaces.space(reply.response().getSpace()),
                ProofCheck.check(reply.response().getProof(), consistency, false, List.of()),
                reply.time()));
    }

    private Call<ListSpacesRequest, ListSpacesResponse, Answer<Page<Space>>> listing(Optional<String> token, ReadOptions options) {
        Consistency consistency = options.consistency().orElseGet(Consistency::linearizable);
        ListSpacesRequest request = ListSpacesRequest.newBuilder()
                .setPageSize(PAGE)
                .setPageToken(token.orElse(""))
                .setConsistency(WireQuestions.consistency(consistency))
                .build();
        return Call.read(SpaceServiceGrpc.getListSpacesMethod(), request, options.deadline().orElse(deadline), reply -> new Answer<>(
                new Page<>(
                        reply.response().getSpacesList().stream().map(WireSpaces::space).toList(),
                        Optional.of(reply.response().getNextPageToken()).filter(next -> !next.isEmpty())),
                ProofCheck.check(reply.response().getProof(), consistency, false, List.of()),
                reply.time()));
    }

    private Call<UpdateSpaceRequest, UpdateSpaceResponse, Space> updating(String name, SpaceLimits limits, WriteOptions options) {
        if (options.condition() instanceof WriteCondition.MustNotExist)
            throw new IllegalArgumentException("condition: an update cannot ask that the space does not exist");
        String key = options.idempotencyKey().orElseGet(Keys::fresh);
        var request = UpdateSpaceRequest.newBuilder().setName(name).setLimits(WireSpaces.limits(limits)).setIdempotencyKey(key);
        if (options.condition() instanceof WriteCondition.VersionIs revision) request.setExpectedRevision(revision.version());
        return Call.write(SpaceServiceGrpc.getUpdateSpaceMethod(), request.build(), key, options.deadline().orElse(deadline),
                reply -> WireSpaces.space(reply.response().getSpace()));
    }

    private Call<DeleteSpaceRequest, DeleteSpaceResponse, Position> deleting(String name, WriteOptions options) {
        unconditional(options);
        String key = options.idempotencyKey().orElseGet(Keys::fresh);
        DeleteSpaceRequest request = DeleteSpaceRequest.newBuilder().setName(name).setIdempotencyKey(key).build();
        return Call.write(SpaceServiceGrpc.getDeleteSpaceMethod(), request, key, options.deadline().orElse(deadline),
                reply -> Wire.position(reply.response().getPosition()));
    }

    private static void unconditional(WriteOptions options) {
        if (!(options.condition() instanceof WriteCondition.Unconditional))
            throw new IllegalArgumentException("condition: creating and deleting spaces takes none");
    }
}
