package io.engram.grid.tier.hot;

/// What we send over Hazelcast's wire; part of the wire format, never given out twice.
final class TypeIds {
    static final int KEY = 7501;
    static final int FETCH = 7502;
    static final int SETTLE = 7503;
    static final int OF_SPACE = 7504;

    private TypeIds() {}
}
