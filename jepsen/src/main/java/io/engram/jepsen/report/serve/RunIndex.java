package io.engram.jepsen.report.serve;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;

/// All runs under a folder, the latest first.
final class RunIndex {
    /// A campaign keeps its runs in a folder of its own, and a soak its campaigns.
    private static final int DEPTH = 4;

    private RunIndex() {}

    static List<RunEntry> of(Path root) throws IOException {
        List<RunEntry> runs = new ArrayList<>();
        Files.walkFileTree(root, EnumSet.noneOf(FileVisitOption.class), DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (!RunEntry.isRun(folder)) return FileVisitResult.CONTINUE;
                runs.add(RunEntry.of(root, folder));
                // Its own folders hold logs and data, not runs.
                return FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                // Came and went, or is somebody else's: the others are still worth showing.
                return FileVisitResult.CONTINUE;
            }
        });
        runs.sort(Comparator.comparing(RunEntry::startedAt).thenComparing(RunEntry::path).reversed());
        return runs;
    }
}
