package io.engram.grid.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.apache.ratis.protocol.RaftGroupId;

/// Where one replica keeps what: its seat in `seats/<shard>`, its log in `raft/<group>/`, its snapshot files in
/// `shards/<shard>/`, and damaged ones of either kind in `aside/<shard>-<time>/`.
final class ReplicaFiles {
    private final Path data;
    private final ShardId shard;
    private final RaftFolder raft;
    private final Path snapshots;

    ReplicaFiles(Path data, ShardId shard, RaftGroupId group) {
        this.data = data;
        this.shard = shard;
        this.raft = new RaftFolder(data.resolve("raft").resolve(group.getUuid().toString()));
        this.snapshots = data.resolve("shards").resolve(shard.toString());
    }

    RaftFolder raft() {
        return raft;
    }

    /// A new one for each start, since it remembers the newest snapshot.
    SnapshotFolder snapshots() {
        return new SnapshotFolder(snapshots);
    }

    Seat seat() throws IOException {
        return Seat.read(seatFile());
    }

    void seat(Seat seat) throws IOException {
        seat.write(seatFile());
    }

    /// Removes what a replica left that had nothing worth keeping.
    void clear() throws IOException {
        SnapshotFolder.delete(raft.path());
        SnapshotFolder.delete(snapshots);
    }

    /// Puts log and snapshots where nobody uses them and a human can look at them. Keeps the last such pair only: damage
    /// that comes again and again must not fill the disk.
    ///
    /// @return where
    Path setAside() throws IOException {
        var folder = data.resolve("aside");
        Files.createDirectories(folder);
        try (var names = Files.list(folder)) {
            for (var old : names.filter(p -> p.getFileName().toString().startsWith(shard + "-"))
                    .sorted(Comparator.naturalOrder())
                    .toList()) SnapshotFolder.delete(old);
        }
        var aside = Files.createDirectory(folder.resolve(shard + "-" + System.currentTimeMillis()));
        if (Files.exists(raft.path())) Files.move(raft.path(), aside.resolve("raft"));
        if (Files.exists(snapshots)) Files.move(snapshots, aside.resolve("shard"));
        SealedFile.syncFolder(aside);
        SealedFile.syncParent(raft.path());
        return aside;
    }

    private Path seatFile() {
        return data.resolve("seats").resolve(shard.toString());
    }
}
