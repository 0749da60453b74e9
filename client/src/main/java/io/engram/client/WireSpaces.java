package io.engram.client;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Spaces to and from the wire.
final class WireSpaces {
    private WireSpaces() {}

    static Space space(io.engram.v1.Space wire) {
        var limits = wire.getLimits();
        return new Space(
                wire.getName(),
                wire.getId(),
                wire.getDimension(),
                switch (wire.getSimilarity()) {
                    case SIMILARITY_DOT_PRODUCT -> Similarity.DOT_PRODUCT;
                    case SIMILARITY_EUCLIDEAN -> Similarity.EUCLIDEAN;
                    case SIMILARITY_COSINE, SIMILARITY_UNSPECIFIED, UNRECOGNIZED -> Similarity.COSINE;
                },
                wire.getShards(),
                new SpaceLimits(
                        limits.hasSessionIdle() ? Optional.of(Wire.duration(limits.getSessionIdle())) : Optional.empty(),
                        OptionalLong.of(limits.getMaxMemories()),
                        OptionalInt.of(limits.getMaxSessions())),
                Wire.instant(wire.getCreatedAt()),
                wire.getRevision(),
                wire.getEmbedsText());
    }

    static io.engram.v1.Similarity similarity(Similarity similarity) {
        return switch (similarity) {
            case COSINE -> io.engram.v1.Similarity.SIMILARITY_COSINE;
            case DOT_PRODUCT -> io.engram.v1.Similarity.SIMILARITY_DOT_PRODUCT;
            case EUCLIDEAN -> io.engram.v1.Similarity.SIMILARITY_EUCLIDEAN;
        };
    }

    static io.engram.v1.SpaceLimits limits(SpaceLimits limits) {
        var wire = io.engram.v1.SpaceLimits.newBuilder();
        limits.sessionIdle().ifPresent(idle -> wire.setSessionIdle(Wire.duration(idle)));
        limits.maxMemories().ifPresent(wire::setMaxMemories);
        limits.maxSessions().ifPresent(wire::setMaxSessions);
        return wire.build();
    }
}
