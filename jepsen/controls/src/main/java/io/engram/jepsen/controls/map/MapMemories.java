package io.engram.jepsen.controls.map;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import io.engram.grid.Reason;
import io.engram.v1.BatchGetRequest;
import io.engram.v1.BatchGetResponse;
import io.engram.v1.Freshness;
import io.engram.v1.GetRequest;
import io.engram.v1.GetResponse;
import io.engram.v1.Memory;
import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.Observation;
import io.engram.v1.Position;
import io.engram.v1.Proof;
import io.engram.v1.PutRequest;
import io.engram.v1.PutResponse;
import io.engram.v1.ShardProof;
import io.engram.v1.WriteCondition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Memories in a map: space and key to a serialized [Memory]. Versions count the writes of a key, as far as this half of the
/// cluster knows of them.
final class MapMemories extends MemoryServiceGrpc.MemoryServiceImplBase {
    /// More only if others write the same key all the time.
    private static final int TRIES = 100;

    private final String node;
    private final IMap<String, byte[]> map;

    MapMemories(String node, IMap<String, byte[]> map) {
        this.node = node;
        this.map = map;
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
        answer(observer, Reason.OUTCOME_UNKNOWN, () -> {
            String key = name(request.getSpace(), request.getObservation().getKey());
            for (int i = 0; i < TRIES; i++) {
                byte[] present = map.get(key);
                long version = present == null ? 0 : parse(present).getVersion();
                check(request.getCondition(), version);
                byte[] next = memory(request.getObservation(), version + 1).toByteArray();
                boolean won = present == null ? map.putIfAbsent(key, next) == null : map.replace(key, present, next);
                if (won)
                    return PutResponse.newBuilder()
                            .setKey(request.getObservation().getKey())
                            .setVersion(version + 1)
                            .setPosition(Position.newBuilder().setIndex(version + 1))
                            .build();
            }
            throw Failures.of(Status.Code.RESOURCE_EXHAUSTED, Reason.OVERLOADED, "others write this key all the time");
        });
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
        answer(observer, Reason.NOT_READY, () -> find(request.getSpace(), request.getKey())
                .map(memory -> GetResponse.newBuilder().setMemory(memory).setProof(claim(memory.getVersion())).build())
                .orElseThrow(() -> Failures.of(Status.Code.NOT_FOUND, Reason.MEMORY_NOT_FOUND, "there is no such memory")));
    }

    @Override
    public void batchGet(BatchGetRequest request, StreamObserver<BatchGetResponse> observer) {
        answer(observer, Reason.NOT_READY, () -> {
            BatchGetResponse.Builder found = BatchGetResponse.newBuilder();
            long highest = 0;
            for (String key : request.getKeysList()) {
                Optional<Memory> memory = find(request.getSpace(), key);
                memory.ifPresentOrElse(found::addMemories, () -> found.addAbsentKeys(key));
                highest = Math.max(highest, memory.map(Memory::getVersion).orElse(0L));
            }
            return found.setProof(claim(highest)).build();
        });
    }

    private Optional<Memory> find(String space, String key) {
        return Optional.ofNullable(map.get(name(space, key))).map(MapMemories::parse);
    }

    private static String name(String space, String key) {
        return space + "/" + key;
    }

    private static void check(WriteCondition condition, long version) {
        boolean holds = switch (condition.getConditionCase()) {
            case VERSION -> version == condition.getVersion();
            case MUST_NOT_EXIST -> version == 0;
            case CONDITION_NOT_SET -> true;
        };
        if (!holds) throw Failures.of(Status.Code.ABORTED, Reason.VERSION_CONFLICT, "the version is " + version);
    }

    private static Memory memory(Observation observation, long version) {
        return Memory.newBuilder()
                .setKey(observation.getKey())
                .setVersion(version)
                .setText(observation.getText())
                .setVector(observation.getVector())
                .setConfidence(1)
                .setAdjustedConfidence(1)
                .setObservedAt(observation.getObservedAt())
                .putAllAttributes(observation.getAttributesMap())
                .build();
    }

    /// What such a store would say of itself.
    private Proof claim(long version) {
        return Proof.newBuilder()
                .setNode(node)
                .addShards(ShardProof.newBuilder()
                        .setApplied(Position.newBuilder().setIndex(version))
                        .setFreshness(Freshness.FRESHNESS_FENCED_LEADER)
                        .setStaleness(Duration.getDefaultInstance())
                        .setTerm(1))
                .build();
    }

    private static Memory parse(byte[] bytes) {
        try {
            return Memory.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the map holds what is no memory", e);
        }
    }

    /// @param broken what it means for this call when the map fails
    private static <T> void answer(StreamObserver<T> observer, Reason broken, Supplier<T> call) {
        T answer;
        try {
            answer = call.get();
        } catch (StatusRuntimeException refused) {
            observer.onError(refused);
            return;
        } catch (HazelcastException | IllegalStateException | UnsupportedOperationException e) {
            observer.onError(Failures.of(
                    broken == Reason.OUTCOME_UNKNOWN ? Status.Code.UNKNOWN : Status.Code.UNAVAILABLE, broken, told(e)));
            return;
        }
        observer.onNext(answer);
        observer.onCompleted();
    }

    private static String told(RuntimeException e) {
        return (e instanceof RetryableHazelcastException ? "for now: " : "") + message(e.getMessage());
    }

    private static String message(@Nullable String message) {
        return message == null ? "the map failed" : message;
    }
}
