package io.engram.client;

import java.util.List;

/// What was found for several keys.
///
/// @param memories in the order asked for, without the absent
/// @param absentKeys keys that named nothing
public record Lookup(List<Memory> memories, List<String> absentKeys) {
    public Lookup {
        memories = List.copyOf(memories);
        absentKeys = List.copyOf(absentKeys);
    }
}
