package io.engram.grid.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// Who the data folder belongs to. Kept outside Ratis' folders, which format themselves when they find nothing. The first thing
/// that a node writes: whatever else is there belongs to the one that is named here.
///
/// @param incarnation made anew with each new data folder, so that logs tell a wiped node from the one before
public record Identity(String cluster, NodeId node, String incarnation) {
    private static final String FORM = "engram identity 1";

    /// What makes up the replicas: their seats, Ratis' logs, snapshots, and record files.
    private static final List<String> REPLICAS = List.of("seats", "raft", "shards", "records");

    /// Reads the identity of a data folder, or gives the folder one if it is new.
    ///
    /// @throws IOException it belongs to another node or cluster, is damaged, or is missing while replicas are there
    public static Identity open(Path data, String cluster, NodeId node) throws IOException {
        Files.createDirectories(data);
        var file = data.resolve("identity");
        if (!Files.exists(file)) {
            for (var name : REPLICAS)
                if (Files.exists(data.resolve(name)))
                    throw new IOException("data folder " + data + " holds replicas (" + name + ") but no identity file; move the folder"
                            + " away, and the node will fetch its replicas from the others");
            var fresh = new Identity(cluster, node, UUID.randomUUID().toString());
            SealedFile.write(file, List.of(FORM, cluster, node.value(), fresh.incarnation));
            return fresh;
        }
        var lines = SealedFile.read(file);
        if (lines.size() != 4 || !lines.getFirst().equals(FORM))
            throw new DamagedFileException(file, "is no identity of a known form");
        if (!lines.get(1).equals(cluster))
            throw new IOException(
                    "data folder " + data + " belongs to cluster '" + lines.get(1) + "', this node is configured for '" + cluster + "'");
        if (!lines.get(2).equals(node.value()))
            throw new IOException(
                    "data folder " + data + " belongs to node '" + lines.get(2) + "', this node is configured as '" + node + "'");
        return new Identity(cluster, node, lines.get(3));
    }
}
