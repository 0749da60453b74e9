package io.engram.jepsen.controls.map;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.hazelcast.map.IMap;
import io.engram.grid.Reason;
import io.engram.v1.CreateSpaceRequest;
import io.engram.v1.CreateSpaceResponse;
import io.engram.v1.Freshness;
import io.engram.v1.GetSpaceRequest;
import io.engram.v1.GetSpaceResponse;
import io.engram.v1.Position;
import io.engram.v1.Proof;
import io.engram.v1.ShardProof;
import io.engram.v1.Space;
import io.engram.v1.SpaceServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/// Spaces are names only: memories carry them in their keys.
final class MapSpaces extends SpaceServiceGrpc.SpaceServiceImplBase {
    private final String node;
    private final IMap<String, byte[]> map;

    MapSpaces(String node, IMap<String, byte[]> map) {
        this.node = node;
        this.map = map;
    }

    @Override
    public void createSpace(CreateSpaceRequest request, StreamObserver<CreateSpaceResponse> observer) {
        Space space = Space.newBuilder()
                .setName(request.getName())
                .setId(1)
                .setDimension(request.getDimension())
                .setSimilarity(request.getSimilarity())
                .setShards(1)
                .setLimits(request.getLimits())
                .setRevision(1)
                .build();
        if (map.putIfAbsent(request.getName(), space.toByteArray()) != null) {
            observer.onError(Failures.of(Status.Code.ALREADY_EXISTS, Reason.SPACE_EXISTS, "the space exists"));
            return;
        }
        observer.onNext(CreateSpaceResponse.newBuilder().setSpace(space).setPosition(Position.newBuilder().setIndex(1)).build());
        observer.onCompleted();
    }

    @Override
    public void getSpace(GetSpaceRequest request, StreamObserver<GetSpaceResponse> observer) {
        byte[] found = map.get(request.getName());
        if (found == null) {
            observer.onError(Failures.of(Status.Code.NOT_FOUND, Reason.SPACE_NOT_FOUND, "there is no such space"));
            return;
        }
        try {
            observer.onNext(GetSpaceResponse.newBuilder()
                    .setSpace(Space.parseFrom(found))
                    .setProof(Proof.newBuilder()
                            .setNode(node)
                            .addShards(ShardProof.newBuilder()
                                    .setApplied(Position.newBuilder().setIndex(1))
                                    .setFreshness(Freshness.FRESHNESS_FENCED_LEADER)
                                    .setStaleness(Duration.getDefaultInstance())
                                    .setTerm(1)))
                    .build());
            observer.onCompleted();
        } catch (InvalidProtocolBufferException e) {
            observer.onError(e);
        }
    }
}
