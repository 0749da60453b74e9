package io.engram.client;

import io.engram.v1.BatchGetRequest;
import io.engram.v1.BatchGetResponse;
import io.engram.v1.ForgetRequest;
import io.engram.v1.ForgetResponse;
import io.engram.v1.GetRequest;
import io.engram.v1.GetResponse;
import io.engram.v1.ListRequest;
import io.engram.v1.ListResponse;
import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.PutRequest;
import io.engram.v1.PutResponse;
import io.engram.v1.RecallRequest;
import io.engram.v1.RecallResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Makes the calls of one space: request from domain values, domain values from the reply, proof checked, session moved on.
final class MemoryCalls {
    private final String space;
    private final Leaders leaders;
    private final Duration deadline;
    private final Optional<CausalSession> session;

    MemoryCalls(String space, Leaders leaders, Duration deadline, Optional<CausalSession> session) {
        this.space = space;
        this.leaders = leaders;
        this.deadline = deadline;
        this.session = session;
    }

    Call<PutRequest, PutResponse, Written> put(Observation observation, WriteOptions options) {
        String idempotencyKey = options.idempotencyKey().orElseGet(Keys::fresh);
        var request = PutRequest.newBuilder()
                .setSpace(space)
                .setObservation(Wire.observation(observation))
                .setIdempotencyKey(idempotencyKey);
        WireQuestions.condition(options.condition()).ifPresent(request::setCondition);
        Call<PutRequest, PutResponse, Written> call = Call.write(
                MemoryServiceGrpc.getPutMethod(), request.build(), idempotencyKey, options.deadline().orElse(deadline), reply -> {
                    PutResponse response = reply.response();
                    Position position = written(Wire.position(response.getPosition()), response.getKey());
                    return new Written(response.getKey(), response.getVersion(), position, response.getReplayed());
                });
        return observation.key().map(key -> call.at(new Leaders.Place(space, key))).orElse(call);
    }

    Call<ForgetRequest, ForgetResponse, Forgotten> forget(String key, WriteOptions options) {
        if (options.condition() instanceof WriteCondition.MustNotExist)
            throw new IllegalArgumentException("condition: forgetting cannot ask that the memory does not exist");
        String idempotencyKey = options.idempotencyKey().orElseGet(Keys::fresh);
        var request = ForgetRequest.newBuilder().setSpace(space).setKey(key).setIdempotencyKey(idempotencyKey);
        if (options.condition() instanceof WriteCondition.VersionIs version) request.setExpectedVersion(version.version());
        return Call.<ForgetRequest, ForgetResponse, Forgotten>write(
                MemoryServiceGrpc.getForgetMethod(), request.build(), idempotencyKey, options.deadline().orElse(deadline), reply -> {
                    ForgetResponse response = reply.response();
                    Position position = written(Wire.position(response.getPosition()), key);
                    return new Forgotten(key, response.getForgottenVersion(), position, response.getReplayed());
                })
                .at(new Leaders.Place(space, key));
    }

    Call<GetRequest, GetResponse, Answer<Memory>> get(String key, ReadOptions options) {
        Consistency consistency = consistency(options);
        GetRequest request = GetRequest.newBuilder()
                .setSpace(space)
                .setKey(key)
                .setConsistency(WireQuestions.consistency(consistency))
                .setView(WireQuestions.view(options.view()))
                .build();
        return Call.<GetRequest, GetResponse, Answer<Memory>>read(
                MemoryServiceGrpc.getGetMethod(), request, options.deadline().orElse(deadline), reply -> {
                    Memory memory = Wire.memory(reply.response().getMemory());
                    Proof proof = seen(ProofCheck.check(reply.response().getProof(), consistency, false, List.of(memory)));
                    leaders.lies(new Leaders.Place(space, key), memory.position().shard());
                    return new Answer<>(memory, proof, reply.time());
                })
                .at(new Leaders.Place(space, key));
    }

    Call<BatchGetRequest, BatchGetResponse, Answer<Lookup>> batchGet(List<String> keys, ReadOptions options) {
        if (keys.isEmpty() || keys.size() > 1000) throw new IllegalArgumentException("keys must be 1..1000, were " + keys.size());
        Consistency consistency = consistency(options);
        BatchGetRequest request = BatchGetRequest.newBuilder()
                .setSpace(space)
                .addAllKeys(keys)
                .setConsistency(WireQuestions.consistency(consistency))
                .setView(WireQuestions.view(options.view()))
                .build();
        Call<BatchGetRequest, BatchGetResponse, Answer<Lookup>> call = Call.read(
                MemoryServiceGrpc.getBatchGetMethod(), request, options.deadline().orElse(deadline), reply -> {
                    List<Memory> memories = reply.response().getMemoriesList().stream().map(Wire::memory).toList();
                    Proof proof = seen(ProofCheck.check(reply.response().getProof(), consistency, false, memories));
                    return new Answer<>(new Lookup(memories, reply.response().getAbsentKeysList()), proof, reply.time());
                });
        return keys.size() == 1 ? call.at(new Leaders.Place(space, keys.get(0))) : call;
    }

    Call<ListRequest, ListResponse, Answer<Page<Memory>>> list(ListQuery query, Optional<String> token, ReadOptions options) {
        Consistency consistency = consistency(options);
        var request = ListRequest.newBuilder()
                .setSpace(space)
                .setKeyPrefix(query.keyPrefix())
                .setPageSize(query.pageSize())
                .setPageToken(token.orElse(""))
                .setConsistency(WireQuestions.consistency(consistency))
                .setView(WireQuestions.view(options.view()));
        query.filter().ifPresent(filter -> request.setFilter(WireQuestions.filter(filter)));
        return Call.read(MemoryServiceGrpc.getListMethod(), request.build(), options.deadline().orElse(deadline), reply -> {
            List<Memory> memories = reply.response().getMemoriesList().stream().map(Wire::memory).toList();
            Proof proof = seen(ProofCheck.check(reply.response().getProof(), consistency, false, memories));
            Optional<String> next = Optional.of(reply.response().getNextPageToken()).filter(text -> !text.isEmpty());
            return new Answer<>(new Page<>(memories, next), proof, reply.time());
        });
    }

    Call<RecallRequest, RecallResponse, Answer<Recalled>> recall(RecallQuery query, ReadOptions options) {
        Consistency consistency = consistency(options);
        var request = RecallRequest.newBuilder()
                .setSpace(space)
                .setK(query.k())
                .setAllowPartial(query.allowPartial())
                .setConsistency(WireQuestions.consistency(consistency))
                .setView(WireQuestions.view(options.view()));
        if (query.like() instanceof RecallQuery.Like.Text text) request.setText(text.text());
        else if (query.like() instanceof RecallQuery.Like.Near near) request.setVector(near.vector().toWire());
        query.filter().ifPresent(filter -> request.setFilter(WireQuestions.filter(filter)));
        query.minScore().ifPresent(request::setMinScore);
        return Call.read(MemoryServiceGrpc.getRecallMethod(), request.build(), options.deadline().orElse(deadline), reply -> {
            RecallResponse response = reply.response();
            List<Match> matches = response.getMatchesList().stream()
                    .map(match -> new Match(Wire.memory(match.getMemory()), match.getScore()))
                    .toList();
            List<Memory> memories = matches.stream().map(Match::memory).toList();
            Proof proof = seen(ProofCheck.check(response.getProof(), consistency, query.allowPartial(), memories));
            Recalled recalled = new Recalled(matches, response.getConsidered(), Wire.duration(response.getSearchTime()));
            return new Answer<>(recalled, proof, reply.time());
        });
    }

    /// The error of a single get carries no proof; asking for a batch of one does. What is left of the deadline is for that.
    ReadOptions afterAbsence(NotFoundException unproven, ReadOptions options, Duration elapsed) {
        if (!unproven.reason().equals("MEMORY_NOT_FOUND")) throw unproven;
        Duration left = options.deadline().orElse(deadline).minus(elapsed);
        if (left.isNegative() || left.isZero())
            throw new DeadlineException(
                    Fault.local(Status.Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "no time left to prove that the memory is absent"), unproven);
        return options.deadline(left);
    }

    Answer<Memory> found(Answer<Optional<Memory>> proven, NotFoundException absent) {
        if (proven.value().isEmpty()) throw absent;
        return proven.map(Optional::orElseThrow);
    }

    private Consistency consistency(ReadOptions options) {
        return options.consistency()
                .or(() -> session.map(seen -> Consistency.atLeast(seen.positions())))
                .orElseGet(Consistency::linearizable);
    }

    private Position written(Position position, String key) {
        session.ifPresent(seen -> seen.saw(position));
        leaders.lies(new Leaders.Place(space, key), position.shard());
        return position;
    }

    private Proof seen(Proof proof) {
        session.ifPresent(seen -> seen.saw(proof));
        leaders.answered(proof);
        return proof;
    }
}
