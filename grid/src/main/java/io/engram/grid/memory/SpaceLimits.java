package io.engram.grid.memory;

import java.time.Duration;

/// @param sessionIdle a session silent for longer is forgotten, 1 s .. 30 d
/// @param maxMemories live memories over all shards, enforced per shard in equal parts; 0: no limit
/// @param maxSessions open sessions, 1..100,000
public record SpaceLimits(Duration sessionIdle, long maxMemories, int maxSessions) {
    public static final SpaceLimits DEFAULT = new SpaceLimits(Duration.ofHours(1), 0, 1_000);
}
