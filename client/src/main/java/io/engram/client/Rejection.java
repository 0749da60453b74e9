package io.engram.client;

import java.util.Optional;

/// An observation that will never be recorded, and why. The others of its session go on.
///
/// @param observation empty where another process sent it
public record Rejection(long number, Optional<Observation> observation, EngramException cause) {}
