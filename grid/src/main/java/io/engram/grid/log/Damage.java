package io.engram.grid.log;

import com.google.common.base.Throwables;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.io.CorruptedFileException;

/// Tells damaged files from other reasons why a replica does not start. Damage costs the replica its files (they are set
/// aside, and fetched again), so what might pass by itself, such as a full disk, is never taken for it.
final class Damage {
    private Damage() {}

    /// @return what is damaged; empty if the failure is of another kind
    static Optional<String> in(Throwable failure) {
        var chain = Throwables.getCausalChain(failure);
        for (var cause : chain)
            if (cause instanceof DamagedFileException || cause instanceof ChecksumException || cause instanceof CorruptedFileException)
                return Optional.of(said(cause));
        // A full disk, a missing permission, too many open files.
        if (chain.stream().anyMatch(Damage::passes)) return Optional.empty();
        var last = said(chain.getLast());
        // Whatever else keeps Ratis from reading its log or its metadata is in the files.
        return chain.stream()
                .filter(cause -> said(cause).contains("Failed to initRaftLog") || said(cause).contains("raft-meta"))
                .findFirst()
                .map(Damage::said)
                // That of a log does not name its file, and is long; that of the metadata does.
                .map(said -> said.contains("raft-meta") && !said.equals(last) ? said + ": " + last : last);
    }

    private static boolean passes(Throwable cause) {
        return cause instanceof FileSystemException
                || cause instanceof InterruptedException
                || cause instanceof Error
                || said(cause).contains("No space left");
    }

    private static String said(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
