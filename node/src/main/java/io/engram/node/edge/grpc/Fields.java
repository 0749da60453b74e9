package io.engram.node.edge.grpc;

import com.github.f4b6a3.ulid.UlidCreator;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.engram.grid.memory.IdempotencyKey;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.View;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Function;

/// Reads single fields of a request into domain types. Every method throws [InvalidFieldException].
final class Fields {
    // What google.protobuf.Timestamp allows: years 1 to 9999.
    private static final long FIRST_SECOND = -62_135_596_800L;
    private static final long LAST_SECOND = 253_402_300_799L;
    private static final long LONGEST_SECONDS = 315_576_000_000L;
    private static final int NANOS = 1_000_000_000;

    private Fields() {}

    static SpaceName space(String field, String text) {
        return name(field, text, SpaceName::new);
    }

    static MemoryKey key(String field, String text) {
        return name(field, text, MemoryKey::new);
    }

    static SessionId session(String field, String text) {
        return name(field, text, SessionId::new);
    }

    /// Empty: a fresh one, which nobody can repeat.
    static IdempotencyKey idempotencyKey(String field, String text) {
        return text.isEmpty() ? new IdempotencyKey(UlidCreator.getUlid().toString()) : name(field, text, IdempotencyKey::new);
    }

    private static <T> T name(String field, String text, Function<String, T> type) {
        if (text.isEmpty()) throw new InvalidFieldException(field, "must be set");
        try {
            return type.apply(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidFieldException(field, String.valueOf(e.getMessage()));
        }
    }

    static String text(String field, String text, int maxBytes) {
        // A char is at least one byte: what is far too long need not be encoded to know it.
        int bytes = text.length() > maxBytes ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > maxBytes)
            throw new InvalidFieldException(field, "must be at most " + maxBytes + " bytes of UTF-8, was "
                    + (text.length() > maxBytes ? "at least " : "") + bytes);
        return text;
    }

    /// A count that the wire carries unsigned: 0 .. 2^63-1 here.
    static long count(String field, long value) {
        if (value < 0) throw new InvalidFieldException(field, "must be less than 2^63, was " + Long.toUnsignedString(value));
        return value;
    }

    /// @param unset stands for 0
    static int within(String field, int value, int min, int max, int unset) {
        if (value == 0) return unset;
        if (value < min || value > max) throw new InvalidFieldException(field, "must be " + min + ".." + max + ", was " + value);
        return value;
    }

    static View view(io.engram.v1.View view, View unset) {
        return switch (view) {
            case VIEW_UNSPECIFIED -> unset;
            case VIEW_FULL -> View.FULL;
            case VIEW_WITHOUT_VECTOR -> View.WITHOUT_VECTOR;
            case VIEW_KEYS -> View.KEYS;
            case UNRECOGNIZED -> throw new InvalidFieldException("view", "is not known to this node");
        };
    }

    static Instant timestamp(String field, Timestamp time) {
        if (time.getSeconds() < FIRST_SECOND || time.getSeconds() > LAST_SECOND)
            throw new InvalidFieldException(field + ".seconds", "must lie in the years 1..9999, was " + time.getSeconds());
        if (time.getNanos() < 0 || time.getNanos() >= NANOS)
            throw new InvalidFieldException(field + ".nanos", "must be 0..999999999, was " + time.getNanos());
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    static java.time.Duration duration(String field, Duration duration, java.time.Duration min, java.time.Duration max) {
        long seconds = duration.getSeconds();
        int nanos = duration.getNanos();
        if (Math.abs(nanos) >= NANOS || (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0))
            throw new InvalidFieldException(field + ".nanos", "must be within a second and of the sign of seconds, was " + nanos);
        if (seconds > LONGEST_SECONDS || seconds < -LONGEST_SECONDS)
            throw new InvalidFieldException(field + ".seconds", "must be at most " + LONGEST_SECONDS + ", was " + seconds);
        java.time.Duration value = java.time.Duration.ofSeconds(seconds, nanos);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0)
            throw new InvalidFieldException(field, "must be " + min + ".." + max + ", was " + value);
        return value;
    }
}
