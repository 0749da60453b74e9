package io.engram.node.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A text that must not be printed: its `toString` shows nothing of it.
public final class Secret {
    private final byte[] value;

    public Secret(String value) {
        this.value = value.getBytes(StandardCharsets.UTF_8);
    }

    /// Takes as long for a near miss as for a far one, so that the answer's time tells nothing.
    public boolean matches(String guess) {
        return MessageDigest.isEqual(value, guess.getBytes(StandardCharsets.UTF_8));
    }

    /// For handing it to the other side; never to a log.
    public String reveal() {
        return new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "****";
    }
}
