package io.engram.client;

import com.github.f4b6a3.ulid.UlidCreator;

/// Idempotency keys that the client makes: ULIDs, so that no two writes ever share one.
final class Keys {
    private Keys() {}

    static String fresh() {
        return UlidCreator.getUlid().toString();
    }
}
