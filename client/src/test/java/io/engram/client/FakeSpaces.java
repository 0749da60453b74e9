package io.engram.client;

import io.engram.v1.CreateSpaceRequest;
import io.engram.v1.Space;
import io.engram.v1.UpdateSpaceRequest;
import io.grpc.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The catalog of the fake cluster. Guarded by itself.
final class FakeSpaces {
    private final TreeMap<String, Space> spaces = new TreeMap<>();
    private final Map<String, Space> created = new HashMap<>();
    private long ids;

    synchronized Space create(CreateSpaceRequest request) {
        Space before = created.get(request.getIdempotencyKey());
        if (before != null) return before;
        if (spaces.containsKey(request.getName())) throw FakeCluster.refusal(Status.Code.ALREADY_EXISTS, "SPACE_EXISTS");
        Space space = Space.newBuilder()
                .setName(request.getName()).setId(++ids).setDimension(request.getDimension()).setSimilarity(request.getSimilarity())
                .setShards(1).setLimits(request.getLimits()).setRevision(1)
                .build();
        spaces.put(space.getName(), space);
        created.put(request.getIdempotencyKey(), space);
        return space;
    }

    synchronized Space get(String name) {
        @Nullable Space space = spaces.get(name);
        if (space == null) throw FakeCluster.refusal(Status.Code.NOT_FOUND, "SPACE_NOT_FOUND");
        return space;
    }

    synchronized Space update(UpdateSpaceRequest request) {
        Space space = get(request.getName());
        if (request.getExpectedRevision() != 0 && request.getExpectedRevision() != space.getRevision())
            throw FakeCluster.conflict(space.getRevision());
        Space changed = space.toBuilder().mergeLimits(request.getLimits()).setRevision(space.getRevision() + 1).build();
        spaces.put(changed.getName(), changed);
        return changed;
    }

    synchronized void delete(String name) {
        get(name);
        spaces.remove(name);
    }

    synchronized List<Space> from(String name) {
        return List.copyOf(spaces.tailMap(name, true).values());
    }
}
