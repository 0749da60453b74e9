package io.engram.node.edge.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.engram.grid.freshness.Proof;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Link;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.v1.Freshness;
import io.engram.v1.ReplicaRole;
import io.engram.v1.SpaceLimits;
import io.engram.v1.Tier;
import java.time.Instant;

/// Turns domain records into wire messages.
///
/// @param embeddingDimension of the node's model; 0: it has none
record Answers(int embeddingDimension) {
    io.engram.v1.Space space(Space space) {
        return io.engram.v1.Space.newBuilder()
                .setName(space.name().value())
                .setId(space.id().value())
                .setDimension(space.dimension())
                .setSimilarity(similarity(space.similarity()))
                .setShards(space.shards().size())
                .setLimits(SpaceLimits.newBuilder()
                        .setSessionIdle(duration(space.limits().sessionIdle()))
                        .setMaxMemories(space.limits().maxMemories())
                        .setMaxSessions(space.limits().maxSessions()))
                .setCreatedAt(timestamp(space.createdAt()))
                .setRevision(space.revision())
                .setEmbedsText(space.dimension() == embeddingDimension)
                .build();
    }

    private static io.engram.v1.Similarity similarity(Similarity similarity) {
        return switch (similarity) {
            case COSINE -> io.engram.v1.Similarity.SIMILARITY_COSINE;
            case DOT_PRODUCT -> io.engram.v1.Similarity.SIMILARITY_DOT_PRODUCT;
            case EUCLIDEAN -> io.engram.v1.Similarity.SIMILARITY_EUCLIDEAN;
        };
    }

    static io.engram.v1.Memory memory(Memory memory) {
        Observation observation = memory.observation();
        io.engram.v1.Memory.Builder wire = io.engram.v1.Memory.newBuilder()
                .setKey(observation.key().value())
                .setVersion(memory.version())
                .setText(observation.text())
                .setConfidence(observation.confidence())
                .setAdjustedConfidence(memory.adjustedConfidence())
                .setObservedAt(timestamp(observation.observedAt()))
                .setTier(switch (memory.tier()) {
                    case HOT -> Tier.TIER_HOT;
                    case WARM -> Tier.TIER_WARM;
                    case COLD -> Tier.TIER_COLD;
                })
                .setShard(memory.shard().value());
        observation.vector().ifPresent(vector -> wire.setVector(ByteString.copyFrom(vector.toBytes())));
        observation.attributes().forEach((name, value) -> wire.putAttributes(name, attribute(value)));
        for (Link link : observation.links())
            wire.addLinks(io.engram.v1.Link.newBuilder()
                    .setKey(link.key().value()).setRelation(link.relation()).setWeight(link.weight()));
        return wire.build();
    }

    private static io.engram.v1.AttributeValue attribute(AttributeValue value) {
        io.engram.v1.AttributeValue.Builder wire = io.engram.v1.AttributeValue.newBuilder();
        return switch (value) {
            case AttributeValue.Text text -> wire.setStringValue(text.value()).build();
            case AttributeValue.Whole whole -> wire.setIntValue(whole.value()).build();
            case AttributeValue.Real real -> wire.setDoubleValue(real.value()).build();
            case AttributeValue.Flag flag -> wire.setBoolValue(flag.value()).build();
        };
    }

    static io.engram.v1.Proof proof(Proof proof) {
        io.engram.v1.Proof.Builder wire = io.engram.v1.Proof.newBuilder().setNode(proof.node().value());
        for (ShardProof shard : proof.shards()) {
            io.engram.v1.ShardProof.Builder one = io.engram.v1.ShardProof.newBuilder()
                    .setApplied(position(shard.applied()))
                    .setFreshness(switch (shard.how()) {
                        case FENCED_LEADER -> Freshness.FRESHNESS_FENCED_LEADER;
                        case FENCED_FOLLOWER -> Freshness.FRESHNESS_FENCED_FOLLOWER;
                        case PROBED -> Freshness.FRESHNESS_PROBED;
                        case UNPROVEN -> Freshness.FRESHNESS_UNPROVEN;
                    })
                    .setTerm(shard.term());
            shard.staleness().ifPresent(staleness -> one.setStaleness(duration(staleness)));
            shard.role().ifPresent(role -> one.setRole(role(role)));
            wire.addShards(one);
        }
        for (ShardId missing : proof.missing()) wire.addMissingShards(missing.value());
        return wire.build();
    }

    static ReplicaRole role(ReplicaView.Role role) {
        return switch (role) {
            case LEADER -> ReplicaRole.REPLICA_ROLE_LEADER;
            case FOLLOWER -> ReplicaRole.REPLICA_ROLE_FOLLOWER;
            case CANDIDATE -> ReplicaRole.REPLICA_ROLE_CANDIDATE;
            case STOPPED -> ReplicaRole.REPLICA_ROLE_STOPPED;
        };
    }

    static io.engram.v1.Position position(Position position) {
        return io.engram.v1.Position.newBuilder().setShard(position.shard().value()).setIndex(position.index()).build();
    }

    static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder().setSeconds(duration.getSeconds()).setNanos(duration.getNano()).build();
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder().setSeconds(instant.getEpochSecond()).setNanos(instant.getNano()).build();
    }
}
