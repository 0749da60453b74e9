package io.engram.node.edge.grpc;

import com.google.common.hash.Hashing;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.Deadline;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.IdempotencyKey;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.Spaces;
import io.engram.grid.memory.View;
import io.engram.grid.memory.WriteCondition;
import io.engram.node.edge.grpc.Calls.Kind;
import io.engram.node.text.TextEmbedding;
import io.engram.v1.BatchGetRequest;
import io.engram.v1.BatchGetResponse;
import io.engram.v1.ForgetRequest;
import io.engram.v1.ForgetResponse;
import io.engram.v1.GetRequest;
import io.engram.v1.GetResponse;
import io.engram.v1.ListRequest;
import io.engram.v1.ListResponse;
import io.engram.v1.Match;
import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.ObserveRequest;
import io.engram.v1.ObserveResponse;
import io.engram.v1.PutRequest;
import io.engram.v1.PutResponse;
import io.engram.v1.RecallRequest;
import io.engram.v1.RecallResponse;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// The calls about memories.
final class MemoryCalls extends MemoryServiceGrpc.MemoryServiceImplBase {
    private static final int MAX_KEYS = 1000;
    private static final int PAGE = 100;
    private static final int K = 10;
    private static final int MAX_K = 1000;

    private final Calls calls;
    private final Spaces spaces;
    private final Memories memories;
    private final ObservationReader observations;
    private final ConsistencyReader consistencies;
    private final TextEmbedding texts;
    private final ObserveStreams streams;
    private final long maxAnswerBytes;

    MemoryCalls(
            Calls calls, Spaces spaces, Memories memories, ObservationReader observations, ConsistencyReader consistencies,
            TextEmbedding texts, ObserveStreams streams, long maxAnswerBytes) {
        this.calls = calls;
        this.spaces = spaces;
        this.memories = memories;
        this.observations = observations;
        this.consistencies = consistencies;
        this.texts = texts;
        this.streams = streams;
        this.maxAnswerBytes = maxAnswerBytes;
    }

    @Override
    public StreamObserver<ObserveRequest> observe(StreamObserver<ObserveResponse> observer) {
        return streams.open(observer);
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
        calls.answer(Kind.WRITE, request, observer, deadline -> {
            SpaceName name = Fields.space("space", request.getSpace());
            IdempotencyKey key = Fields.idempotencyKey("idempotency_key", request.getIdempotencyKey());
            if (!request.hasObservation()) throw new InvalidFieldException("observation", "must be set");
            WriteCondition condition = condition(request.getCondition(), request.hasCondition());
            Space space = spaces.resolve(name, deadline);
            Observation observation =
                    observations.read("observation", request.getObservation(), space, () -> madeKey(name, key));
            if (observation.vector().isEmpty())
                observation = withVector(observation, embed("observation.vector", observation.text(), space, deadline));
            RequestId id = new RequestId(key, Fingerprint.of(request.toBuilder().clearIdempotencyKey().build()));
            Memories.Written written = memories.put(name, observation, condition, id, deadline);
            return PutResponse.newBuilder()
                    .setKey(written.key().value())
                    .setVersion(written.version())
                    .setPosition(Answers.position(written.position()))
                    .setReplayed(written.replayed())
                    .build();
        });
    }

    /// From space and idempotency key, so that the same request makes the same key again.
    private static MemoryKey madeKey(SpaceName space, IdempotencyKey key) {
        return new MemoryKey("p-" + Hashing.murmur3_128()
                .hashString(space + " " + key.value(), StandardCharsets.UTF_8));
    }

    static Observation withVector(Observation observation, Embedding vector) {
        return new Observation(observation.key(), observation.text(), Optional.of(vector), observation.confidence(),
                observation.observedAt(), observation.attributes(), observation.links());
    }

    private Embedding embed(String field, String text, Space space, Deadline deadline) throws InterruptedException {
        if (!texts.serves(space))
            throw new InvalidFieldException(Reason.SPACE_DOES_NOT_EMBED, field,
                    "must be set: this node turns no text into the " + space.dimension() + " floats of space '" + space.name() + "'");
        return texts.now(text, deadline);
    }

    private static WriteCondition condition(io.engram.v1.WriteCondition wire, boolean present) {
        return switch (wire.getConditionCase()) {
            case VERSION -> {
                long version = Fields.count("condition.version", wire.getVersion());
                if (version == 0) throw new InvalidFieldException("condition.version", "must be at least 1, was 0");
                yield new WriteCondition.VersionIs(version);
            }
            case MUST_NOT_EXIST -> {
                if (!wire.getMustNotExist()) throw new InvalidFieldException("condition.must_not_exist", "must be true where it is set");
                yield new WriteCondition.MustNotExist();
            }
            case CONDITION_NOT_SET -> {
                if (present) throw new InvalidFieldException("condition", "must be a condition that this node knows");
                yield new WriteCondition.None();
            }
        };
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
        calls.answer(Kind.READ, request, observer, deadline -> {
            SpaceName space = Fields.space("space", request.getSpace());
            MemoryKey key = Fields.key("key", request.getKey());
            Consistency consistency = consistencies.read(request.getConsistency());
            View view = Fields.view(request.getView(), View.FULL);
            Answer<Optional<Memory>> answer = memories.get(space, key, view, consistency, deadline);
            Memory memory = answer.value().orElseThrow(() -> new RefusedException(
                    Reason.MEMORY_NOT_FOUND, "there is no memory '" + key + "' in space '" + space + "'"));
            return GetResponse.newBuilder()
                    .setMemory(Answers.memory(memory)).setProof(Answers.proof(answer.proof())).build();
        });
    }

    @Override
    public void batchGet(BatchGetRequest request, StreamObserver<BatchGetResponse> observer) {
        calls.answer(Kind.READ, request, observer, deadline -> {
            SpaceName space = Fields.space("space", request.getSpace());
            int count = request.getKeysCount();
            if (count < 1 || count > MAX_KEYS) throw new InvalidFieldException("keys", "must be 1.." + MAX_KEYS + ", were " + count);
            List<MemoryKey> keys = new ArrayList<>(count);
            Set<MemoryKey> absent = new HashSet<>();
            for (int i = 0; i < count; i++) {
                MemoryKey key = Fields.key("keys[" + i + "]", request.getKeys(i));
                if (!absent.add(key)) throw new InvalidFieldException("keys[" + i + "]", "must be named once, was there before");
                keys.add(key);
            }
            Consistency consistency = consistencies.read(request.getConsistency());
            View view = Fields.view(request.getView(), View.FULL);
            Answer<List<Memory>> answer = memories.get(space, keys, view, consistency, deadline);
            BatchGetResponse.Builder found = BatchGetResponse.newBuilder().setProof(Answers.proof(answer.proof()));
            for (Memory memory : answer.value()) {
                found.addMemories(Answers.memory(memory));
                absent.remove(memory.observation().key());
            }
            keys.stream().filter(absent::contains).forEach(key -> found.addAbsentKeys(key.value()));
            return found.build();
        });
    }

    @Override
    public void forget(ForgetRequest request, StreamObserver<ForgetResponse> observer) {
        calls.answer(Kind.WRITE, request, observer, deadline -> {
            SpaceName space = Fields.space("space", request.getSpace());
            MemoryKey key = Fields.key("key", request.getKey());
            long version = Fields.count("expected_version", request.getExpectedVersion());
            RequestId id = new RequestId(Fields.idempotencyKey("idempotency_key", request.getIdempotencyKey()),
                    Fingerprint.of(request.toBuilder().clearIdempotencyKey().build()));
            Memories.Forgotten forgotten = memories.forget(space, key, version, id, deadline);
            return ForgetResponse.newBuilder()
                    .setPosition(Answers.position(forgotten.position()))
                    .setForgottenVersion(forgotten.version())
                    .setReplayed(forgotten.replayed())
                    .build();
        });
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> observer) {
        calls.answer(Kind.READ, request, observer, deadline -> {
            SpaceName space = Fields.space("space", request.getSpace());
            String prefix = Fields.text("key_prefix", request.getKeyPrefix(), MemoryKey.MAX_BYTES);
            Optional<Filter> filter = filter(request.hasFilter(), request.getFilter());
            int size = Fields.within("page_size", request.getPageSize(), 1, MAX_KEYS, PAGE);
            long query = Fingerprint.of(
                    request.toBuilder().clearPageSize().clearPageToken().clearConsistency().clearView().build());
            Optional<MemoryKey> from = request.getPageToken().isEmpty()
                    ? Optional.empty()
                    : Optional.of(Fields.key("page_token", PageToken.read("page_token", request.getPageToken(), query)));
            Consistency consistency = consistencies.read(request.getConsistency());
            View view = Fields.view(request.getView(), View.WITHOUT_VECTOR);
            Answer<Memories.Page> answer = memories.list(space, prefix, filter, from, size, view, consistency, deadline);
            return page(answer, query);
        });
    }

    /// As much of the page as fits in one message; what does not fit starts the next page.
    private ListResponse page(Answer<Memories.Page> answer, long query) {
        ListResponse.Builder page = ListResponse.newBuilder().setProof(Answers.proof(answer.proof()));
        // The token (with a key of up to 512 bytes) and the memories' frames.
        long room = maxAnswerBytes - page.build().getSerializedSize() - 2048;
        Optional<MemoryKey> next = answer.value().next();
        for (Memory memory : answer.value().memories()) {
            io.engram.v1.Memory wire = Answers.memory(memory);
            room -= wire.getSerializedSize() + 8;
            if (room < 0 && page.getMemoriesCount() > 0) {
                next = Optional.of(memory.observation().key());
                break;
            }
            page.addMemories(wire);
        }
        next.ifPresent(key -> page.setNextPageToken(PageToken.write(query, key.value())));
        return page.build();
    }

    @Override
    public void recall(RecallRequest request, StreamObserver<RecallResponse> observer) {
        calls.answer(Kind.READ, request, observer, deadline -> {
            SpaceName name = Fields.space("space", request.getSpace());
            int k = Fields.within("k", request.getK(), 1, MAX_K, K);
            Optional<Filter> filter = filter(request.hasFilter(), request.getFilter());
            OptionalDouble minScore = request.hasMinScore() ? OptionalDouble.of(request.getMinScore()) : OptionalDouble.empty();
            if (minScore.isPresent() && !Double.isFinite(minScore.getAsDouble()))
                throw new InvalidFieldException("min_score", "must be finite, was " + minScore.getAsDouble());
            Consistency consistency = consistencies.read(request.getConsistency());
            View view = Fields.view(request.getView(), View.WITHOUT_VECTOR);
            Embedding vector = query(request, name, deadline);
            Memories.Query query = new Memories.Query(vector, k, filter, minScore, request.getAllowPartial());
            Answer<Memories.Recalled> answer = memories.recall(name, query, view, consistency, deadline);
            RecallResponse.Builder found = RecallResponse.newBuilder()
                    .setProof(Answers.proof(answer.proof()))
                    .setConsidered(answer.value().considered())
                    .setSearchTime(Answers.duration(answer.value().searchTime()));
            for (Memories.Match match : answer.value().matches())
                found.addMatches(Match.newBuilder().setMemory(Answers.memory(match.memory())).setScore(match.score()));
            return found.build();
        });
    }

    private Embedding query(RecallRequest request, SpaceName name, Deadline deadline) throws InterruptedException {
        return switch (request.getQueryCase()) {
            case VECTOR -> ObservationReader.vector("vector", request.getVector(), spaces.resolve(name, deadline));
            case TEXT -> {
                String text = Fields.text("text", request.getText(), ObservationReader.MAX_TEXT_BYTES);
                if (text.isBlank()) throw new InvalidFieldException("text", "must not be blank");
                yield embed("vector", text, spaces.resolve(name, deadline), deadline);
            }
            case QUERY_NOT_SET -> throw new InvalidFieldException("query", "must be a vector or a text");
        };
    }

    private static Optional<Filter> filter(boolean present, io.engram.v1.Filter wire) {
        return present ? Optional.of(FilterReader.read("filter", wire)) : Optional.empty();
    }
}
