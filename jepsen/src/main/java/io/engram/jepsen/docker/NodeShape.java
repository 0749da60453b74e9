package io.engram.jepsen.docker;

import java.nio.file.Path;
import java.util.Map;

/// What one node's container is like.
///
/// @param address in the mesh
/// @param hostPort on loopback, for clients
/// @param hostHttpPort on loopback, for readiness
/// @param memoryBytes that the kernel lets it have
/// @param environment of the node: `ENGRAM_...`
/// @param files of this machine, and where they are put
public record NodeShape(
        String name, String address, int hostPort, int hostHttpPort, long memoryBytes, Map<String, String> environment,
        Map<Path, String> files) {
    public NodeShape {
        environment = Map.copyOf(environment);
        files = Map.copyOf(files);
    }
}
