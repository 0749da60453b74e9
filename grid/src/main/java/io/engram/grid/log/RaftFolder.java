package io.engram.grid.log;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/// The folder that Ratis keeps one group in, as far as we write and read it ourselves: `current/raft-meta`, which holds
/// the term (`RaftStorageMetadataFileImpl` of Ratis 3.3.0).
final class RaftFolder {
    /// Above any entry that is ever appended; what claims to be larger is damaged.
    private static final SizeInBytes LARGEST_ENTRY = SizeInBytes.valueOf("64MB");

    private final Path folder;

    RaftFolder(Path folder) {
        this.folder = folder;
    }

    /// Makes a folder whose replica has an empty log, has not voted, and refuses every leader and candidate older than `term`.
    /// Ratis would make it with term 0, and then a leader that was voted out, but has not heard of it, could win over the
    /// empty replica.
    void make(long term) throws IOException {
        var current = folder.resolve("current");
        Files.createDirectories(current);
        Files.createDirectories(folder.resolve("sm"));
        write(term, "");
        SealedFile.syncFolder(folder);
        SealedFile.syncParent(folder);
    }

    /// Mends metadata that a full disk emptied: Ratis renames its new file into place even if it could not be written
    /// (`RaftStorageMetadataFileImpl.atomicWrite`, whose stream commits when it is closed after a failure).
    ///
    /// @param term highest that this replica has been in, as it was in memory
    /// @param self noted as voted for: for whom it really voted in that term is not known, so it votes for nobody else
    void mend(long term, String self) throws IOException {
        if (!exists()) return;
        try {
            if (term() >= term) return;
        } catch (DamagedFileException e) {
            // As expected: empty.
        }
        write(term, self);
    }

    private void write(long term, String votedFor) throws IOException {
        var current = folder.resolve("current");
        var meta = new Properties();
        meta.setProperty("term", Long.toString(term));
        meta.setProperty("votedFor", votedFor);
        var text = new StringWriter();
        meta.store(text, null);
        try (var out = FileChannel.open(
                metaFile(), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) out.write(bytes);
            out.force(true);
        }
        SealedFile.syncFolder(current);
    }

    /// Ratis knows the replica: its metadata is there.
    boolean exists() {
        return Files.exists(metaFile());
    }

    /// Last term that this replica has persisted.
    ///
    /// @throws DamagedFileException the file cannot be understood
    long term() throws IOException {
        var meta = new Properties();
        meta.load(new StringReader(Files.readString(metaFile())));
        try {
            return Long.parseLong(meta.getProperty("term", ""));
        } catch (NumberFormatException e) {
            throw new DamagedFileException(metaFile(), "holds no term");
        }
    }

    /// Forces what a killed process has written to its log and not forced. Ratis reads it from the system's cache as if it were durable, and acknowledges
    /// it without a flush when a leader sends it again (`SegmentedRaftLogCache.computeTruncateIndices`): a power cut after that would take an acknowledged entry away.
    void force() throws IOException {
        var current = folder.resolve("current");
        try (var files = Files.list(current)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
        SealedFile.syncFolder(current);
    }

    /// Reads all log files, to tell which of them is damaged: Ratis' own error says what is wrong, and not where.
    Optional<DamagedFileException> damagedLog() throws IOException {
        try (var files = Files.list(folder.resolve("current"))) {
            for (var file : files.sorted().toList()) {
                // Ratis would delete an empty one when asked what it is.
                var segment = Files.isRegularFile(file) && Files.size(file) > 0 ? LogSegmentPath.matchLogSegment(file) : null;
                if (segment == null) continue;
                try {
                    var _ = LogSegment.readSegmentFile(
                            file.toFile(), segment.getStartEnd(), LARGEST_ENTRY, CorruptionPolicy.EXCEPTION, null, entry -> {});
                } catch (IOException | RuntimeException e) {
                    return Optional.of(new DamagedFileException(file, e.getMessage() == null ? e.toString() : e.getMessage()));
                }
            }
        }
        return Optional.empty();
    }

    Path path() {
        return folder;
    }

    private Path metaFile() {
        return folder.resolve("current").resolve("raft-meta");
    }
}
