package io.engram.node.edge.grpc;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.Spaces;
import io.engram.node.edge.grpc.Calls.Kind;
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
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The calls about spaces.
final class SpaceCalls extends SpaceServiceGrpc.SpaceServiceImplBase {
    private static final int MAX_DIMENSION = 4096;
    private static final int MAX_SESSIONS = 100_000;
    private static final int PAGE = 100;
    private static final int MAX_PAGE = 1000;
    private static final Duration SHORTEST_IDLE = Duration.ofSeconds(1);
    private static final Duration LONGEST_IDLE = Duration.ofDays(30);

    private final Calls calls;
    private final Spaces spaces;
    private final Answers answers;
    private final ConsistencyReader consistencies;
    private final int shards;

    SpaceCalls(Calls calls, Spaces spaces, Answers answers, int shards) {
        this.calls = calls;
        this.spaces = spaces;
        this.answers = answers;
        this.consistencies = new ConsistencyReader(shards);
        this.shards = shards;
    }

    @Override
    public void createSpace(CreateSpaceRequest request, StreamObserver<CreateSpaceResponse> observer) {
        calls.answer(Kind.WRITE, request, observer, deadline -> {
            SpaceName name = Fields.space("name", request.getName());
            if (request.getDimension() < 1 || request.getDimension() > MAX_DIMENSION)
                throw new InvalidFieldException("dimension",
                        "must be 1.." + MAX_DIMENSION + ", was " + Integer.toUnsignedString(request.getDimension()));
            if (request.getShards() < 0 || request.getShards() > shards)
                throw new InvalidFieldException("shards",
                        "must be 0.." + shards + ", was " + Integer.toUnsignedString(request.getShards()));
            Spaces.LimitsChange set = limits(request.getLimits());
            SpaceLimits limits = new SpaceLimits(
                    set.sessionIdle().orElse(SpaceLimits.DEFAULT.sessionIdle()),
                    set.maxMemories().orElse(SpaceLimits.DEFAULT.maxMemories()),
                    set.maxSessions().orElse(SpaceLimits.DEFAULT.maxSessions()));
            Spaces.NewSpace wanted = new Spaces.NewSpace(
                    name, request.getDimension(), similarity(request.getSimilarity()), request.getShards(), limits);
            RequestId id = new RequestId(Fields.idempotencyKey("idempotency_key", request.getIdempotencyKey()),
                    Fingerprint.of(request.toBuilder().clearIdempotencyKey().build()));
            Spaces.Changed created = spaces.create(wanted, id, deadline);
            return CreateSpaceResponse.newBuilder()
                    .setSpace(answers.space(created.space())).setPosition(Answers.position(created.position())).build();
        });
    }

    @Override
    public void getSpace(GetSpaceRequest request, StreamObserver<GetSpaceResponse> observer) {
        calls.answer(Kind.READ, request, observer, deadline -> {
            SpaceName name = Fields.space("name", request.getName());
            Answer<Optional<Space>> answer = spaces.get(name, consistencies.read(request.getConsistency()), deadline);
            Space space = answer.value()
                    .orElseThrow(() -> new RefusedException(Reason.SPACE_NOT_FOUND, "there is no space '" + name + "'"));
            return GetSpaceResponse.newBuilder()
                    .setSpace(answers.space(space)).setProof(Answers.proof(answer.proof())).build();
        });
    }

    @Override
    public void listSpaces(ListSpacesRequest request, StreamObserver<ListSpacesResponse> observer) {
        calls.answer(Kind.READ, request, observer, deadline -> {
            int size = Fields.within("page_size", request.getPageSize(), 1, MAX_PAGE, PAGE);
            long query = Fingerprint.of(request.toBuilder().clearPageSize().clearPageToken().clearConsistency().build());
            Optional<SpaceName> after = request.getPageToken().isEmpty()
                    ? Optional.empty()
                    : Optional.of(Fields.space("page_token", PageToken.read("page_token", request.getPageToken(), query)));
            Consistency consistency = consistencies.read(request.getConsistency());
            // One more than the page tells whether there is a next one.
            Answer<List<Space>> answer = spaces.list(after, size + 1, consistency, deadline);
            List<Space> found = answer.value();
            ListSpacesResponse.Builder page = ListSpacesResponse.newBuilder().setProof(Answers.proof(answer.proof()));
            found.stream().limit(size).forEach(space -> page.addSpaces(answers.space(space)));
            if (found.size() > size) page.setNextPageToken(PageToken.write(query, found.get(size - 1).name().value()));
            return page.build();
        });
    }

    @Override
    public void updateSpace(UpdateSpaceRequest request, StreamObserver<UpdateSpaceResponse> observer) {
        calls.answer(Kind.WRITE, request, observer, deadline -> {
            SpaceName name = Fields.space("name", request.getName());
            Spaces.LimitsChange change = limits(request.getLimits());
            if (change.sessionIdle().isEmpty() && change.maxMemories().isEmpty() && change.maxSessions().isEmpty())
                throw new InvalidFieldException("limits", "must change something");
            long revision = Fields.count("expected_revision", request.getExpectedRevision());
            RequestId id = new RequestId(Fields.idempotencyKey("idempotency_key", request.getIdempotencyKey()),
                    Fingerprint.of(request.toBuilder().clearIdempotencyKey().build()));
            Spaces.Changed changed = spaces.update(name, change, revision, id, deadline);
            return UpdateSpaceResponse.newBuilder()
                    .setSpace(answers.space(changed.space())).setPosition(Answers.position(changed.position())).build();
        });
    }

    @Override
    public void deleteSpace(DeleteSpaceRequest request, StreamObserver<DeleteSpaceResponse> observer) {
        calls.answer(Kind.WRITE, request, observer, deadline -> {
            SpaceName name = Fields.space("name", request.getName());
            RequestId id = new RequestId(Fields.idempotencyKey("idempotency_key", request.getIdempotencyKey()),
                    Fingerprint.of(request.toBuilder().clearIdempotencyKey().build()));
            return DeleteSpaceResponse.newBuilder()
                    .setPosition(Answers.position(spaces.delete(name, id, deadline))).build();
        });
    }

    private static Spaces.LimitsChange limits(io.engram.v1.SpaceLimits wire) {
        Optional<Duration> idle = wire.hasSessionIdle()
                ? Optional.of(Fields.duration("limits.session_idle", wire.getSessionIdle(), SHORTEST_IDLE, LONGEST_IDLE))
                : Optional.empty();
        Optional<Long> memories = wire.hasMaxMemories()
                ? Optional.of(Fields.count("limits.max_memories", wire.getMaxMemories()))
                : Optional.empty();
        if (wire.getMaxSessions() < 0 || wire.getMaxSessions() > MAX_SESSIONS)
            throw new InvalidFieldException("limits.max_sessions",
                    "must be 1.." + MAX_SESSIONS + ", was " + Integer.toUnsignedString(wire.getMaxSessions()));
        Optional<Integer> sessions = wire.getMaxSessions() == 0 ? Optional.empty() : Optional.of(wire.getMaxSessions());
        return new Spaces.LimitsChange(idle, memories, sessions);
    }

    private static Similarity similarity(io.engram.v1.Similarity wire) {
        return switch (wire) {
            case SIMILARITY_UNSPECIFIED, SIMILARITY_COSINE -> Similarity.COSINE;
            case SIMILARITY_DOT_PRODUCT -> Similarity.DOT_PRODUCT;
            case SIMILARITY_EUCLIDEAN -> Similarity.EUCLIDEAN;
            case UNRECOGNIZED -> throw new InvalidFieldException("similarity", "is not known to this node");
        };
    }
}
