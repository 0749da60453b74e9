package io.engram.client;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Limits of a space. Empty: the default when creating, as it was when updating.
///
/// @param sessionIdle a session that was silent for longer is forgotten; 1 s .. 30 d, default 1 h
/// @param maxMemories live memories; 0: no limit
/// @param maxSessions open sessions; 1..100,000, default 1,000
public record SpaceLimits(Optional<Duration> sessionIdle, OptionalLong maxMemories, OptionalInt maxSessions) {
    public static SpaceLimits defaults() {
        return new SpaceLimits(Optional.empty(), OptionalLong.empty(), OptionalInt.empty());
    }

    public SpaceLimits sessionIdle(Duration sessionIdle) {
        return new SpaceLimits(Optional.of(sessionIdle), maxMemories, maxSessions);
    }

    public SpaceLimits maxMemories(long maxMemories) {
        return new SpaceLimits(sessionIdle, OptionalLong.of(maxMemories), maxSessions);
    }

    public SpaceLimits maxSessions(int maxSessions) {
        return new SpaceLimits(sessionIdle, maxMemories, OptionalInt.of(maxSessions));
    }
}
