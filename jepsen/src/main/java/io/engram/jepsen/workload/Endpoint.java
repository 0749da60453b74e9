package io.engram.jepsen.workload;

/// Where a node serves clients.
///
/// @param node its name
/// @param address host:port
public record Endpoint(String node, String address) {}
