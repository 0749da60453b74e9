package io.engram.client;

/// The node would like to be fed more slowly.
///
/// @param suggestedRate observations a second that the session would best send now
public record Pressure(Cause cause, double suggestedRate) {
    public enum Cause { UNKNOWN, LOG, EMBEDDING, MEMORY }
}
