package io.engram.client;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.engram.v1.ForgetRequest;
import io.engram.v1.ForgetResponse;
import io.engram.v1.GetStatusResponse;
import io.engram.v1.Member;
import io.engram.v1.PutRequest;
import io.engram.v1.PutResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A cluster of one shard that keeps its promises, behind nodes that can be told to misbehave. Guarded by itself.
final class FakeCluster implements AutoCloseable {
    final List<FakeNode> nodes = new ArrayList<>();
    final FakeSpaces spaces = new FakeSpaces();
    final Map<String, FakeSession> sessions = new ConcurrentHashMap<>();
    private final TreeMap<String, io.engram.v1.Memory> memories = new TreeMap<>();
    private final Map<String, Done> done = new ConcurrentHashMap<>();
    private long applied;

    private record Done(Message request, Message response) {}

    static FakeCluster of(int nodes) {
        FakeCluster cluster = new FakeCluster();
        for (int i = 1; i <= nodes; i++) cluster.nodes.add(FakeNode.start(cluster, "n" + i));
        return cluster;
    }

    String endpoints() {
        return nodes.stream().map(FakeNode::endpoint).collect(Collectors.joining(","));
    }

    FakeNode node(int index) {
        return nodes.get(index);
    }

    synchronized long applied() {
        return applied;
    }

    synchronized long nextPosition() {
        return ++applied;
    }

    synchronized int size() {
        return memories.size();
    }

    synchronized PutResponse put(PutRequest request) {
        Done before = done.get(request.getIdempotencyKey());
        if (before != null) {
            if (!before.request().equals(request)) throw refusal(Status.Code.FAILED_PRECONDITION, "IDEMPOTENCY_KEY_REUSED");
            if (before.response() instanceof PutResponse first) return first.toBuilder().setReplayed(true).build();
        }
        String key = request.getObservation().getKey().isEmpty() ? "made-" + request.getIdempotencyKey() : request.getObservation().getKey();
        io.engram.v1.@Nullable Memory old = memories.get(key);
        var condition = request.getCondition();
        boolean holds = switch (condition.getConditionCase()) {
            case VERSION -> old != null && old.getVersion() == condition.getVersion();
            case MUST_NOT_EXIST -> old == null;
            case CONDITION_NOT_SET -> true;
        };
        if (!holds) throw conflict(old == null ? 0 : old.getVersion());
        long version = nextPosition();
        var observation = request.getObservation();
        memories.put(key, io.engram.v1.Memory.newBuilder()
                .setKey(key).setVersion(version).setText(observation.getText()).setVector(observation.getVector())
                .setConfidence(observation.hasConfidence() ? observation.getConfidence() : 1)
                .putAllAttributes(observation.getAttributesMap()).addAllLinks(observation.getLinksList())
                .setTier(io.engram.v1.Tier.TIER_HOT)
                .build());
        var response = PutResponse.newBuilder().setKey(key).setVersion(version).setPosition(position(version)).build();
        done.put(request.getIdempotencyKey(), new Done(request, response));
        return response;
    }

    synchronized ForgetResponse forget(ForgetRequest request) {
        io.engram.v1.@Nullable Memory old = memories.get(request.getKey());
        if (old == null) throw refusal(Status.Code.NOT_FOUND, "MEMORY_NOT_FOUND");
        memories.remove(request.getKey());
        return ForgetResponse.newBuilder()
                .setForgottenVersion(old.getVersion()).setPosition(position(nextPosition())).build();
    }

    synchronized io.engram.v1.@Nullable Memory get(String key) {
        return memories.get(key);
    }

    synchronized List<io.engram.v1.Memory> all() {
        return List.copyOf(memories.values());
    }

    GetStatusResponse status(FakeNode asked) {
        var status = GetStatusResponse.newBuilder().setCluster("fake").setNode(asked.name()).setShards(1).setReplication(nodes.size());
        for (FakeNode node : nodes)
            status.addMembers(Member.newBuilder().setNode(node.name()).setEndpoint(node.endpoint()).setReachable(true));
        return status.build();
    }

    static io.engram.v1.Position position(long index) {
        return io.engram.v1.Position.newBuilder().setShard(0).setIndex(index).build();
    }

    static StatusRuntimeException refusal(Status.Code code, String reason) {
        return refusal(code, ErrorInfo.newBuilder().setReason(reason).setDomain("engram").build());
    }

    static StatusRuntimeException refusal(Status.Code code, String reason, Duration retryAfter) {
        return refusal(code, ErrorInfo.newBuilder().setReason(reason).build(),
                RetryInfo.newBuilder().setRetryDelay(Wire.duration(retryAfter)).build());
    }

    static StatusRuntimeException conflict(long version) {
        return refusal(Status.Code.ABORTED, ErrorInfo.newBuilder()
                .setReason("VERSION_CONFLICT").putMetadata("current_version", Long.toString(version)).build());
    }

    static StatusRuntimeException refusal(Status.Code code, Message... details) {
        return StatusProto.toStatusRuntimeException(wireStatus(code, details));
    }

    static com.google.rpc.Status wireStatus(Status.Code code, Message... details) {
        var status = com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage("as the test wants it");
        for (Message detail : details) status.addDetails(Any.pack(detail));
        return status.build();
    }

    @Override
    public void close() {
        nodes.forEach(FakeNode::stop);
    }
}
