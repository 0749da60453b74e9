package io.engram.jepsen.checker.liveness;

/// What one replica said of itself at one moment.
///
/// @param time in ns since the history began
/// @param position up to where it had applied
/// @param digest hash over its state there
public record Sample(long time, String node, int shard, long position, String digest) {}
