package io.engram.grid.log;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.jspecify.annotations.Nullable;

/// A shard's folder of snapshot files, as Ratis sees it. A snapshot is a manifest, written last, that names its files and
/// their lengths; files are shared between snapshots and never change.
///
/// When a leader sends a snapshot, Ratis collects its files in `<folder>.incoming`, then swaps the *whole* folder
/// (`SnapshotManager.rename` of 3.3.0): nothing that must outlive that may stand in it. Digests are not kept: Ratis computes
/// them while it sends, and every file carries checksums of its own, which restoring verifies.
final class SnapshotFolder implements StateMachineStorage {
    /// The newest, and the one before it for a transfer that has begun.
    private static final int KEPT = 2;

    private static final String PREFIX = "snapshot-";
    private static final String SUFFIX = ".manifest";
    private static final String FORM = "engram snapshot 1";

    private final Path folder;
    private volatile @Nullable Snapshot latest;

    SnapshotFolder(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    record Snapshot(TermIndex at, Path manifest, List<Path> files) {
        SnapshotInfo info() {
            var all = Stream.concat(Stream.of(manifest), files.stream()).map(f -> new FileInfo(f, null)).toList();
            return new FileListSnapshotInfo(all, at);
        }
    }

    Path path() {
        return folder;
    }

    /// Mends what a crash in the middle of an install left, and finds the newest snapshot.
    ///
    /// @throws DamagedFileException a manifest, or a file that it names, is not what was written
    @Nullable Snapshot load() throws IOException {
        mend();
        // A process that ended between receiving a snapshot and forcing it.
        if (hasDigests()) makeDurable();
        latest = manifests().isEmpty() ? null : read(manifests().getLast());
        return latest;
    }

    /// Ratis does not fsync what it received; before it may count, we do. The digests that came with it go last: as long as one is
    /// there, the snapshot may not be durable.
    void makeDurable() throws IOException {
        List<Path> all;
        try (var files = Files.walk(folder)) {
            all = files.toList();
        }
        var digests = all.stream().filter(SnapshotFolder::isDigest).toList();
        for (var path : all) {
            if (Files.isDirectory(path)) SealedFile.syncFolder(path);
            else if (!isDigest(path))
                try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
        }
        SealedFile.syncParent(folder);
        for (var digest : digests) Files.delete(digest);
        SealedFile.syncFolder(folder);
    }

    private boolean hasDigests() throws IOException {
        try (var files = Files.walk(folder)) {
            return files.anyMatch(SnapshotFolder::isDigest);
        }
    }

    private static boolean isDigest(Path path) {
        return path.getFileName().toString().endsWith(".md5");
    }

    /// Publishes a snapshot whose files are written and durable.
    Snapshot publish(TermIndex at, List<Path> files) throws IOException {
        var lines = new ArrayList<String>();
        lines.add(FORM);
        lines.add(at.getTerm() + " " + at.getIndex());
        var inside = new ArrayList<Path>();
        for (var file : files) {
            var absolute = file.toAbsolutePath().normalize();
            if (!absolute.startsWith(folder)) throw new IOException("snapshot file " + file + " is not inside " + folder);
            inside.add(absolute);
            lines.add(Files.size(absolute) + " " + folder.relativize(absolute));
        }
        SealedFile.syncFolder(folder);
        // Digits of fixed length, and the same ones in every locale, so that names sort by index.
        var manifest = folder.resolve(String.format(Locale.ROOT, "%s%020d%s", PREFIX, at.getIndex(), SUFFIX));
        SealedFile.write(manifest, lines);
        var snapshot = new Snapshot(at, manifest, List.copyOf(inside));
        latest = snapshot;
        return snapshot;
    }

    /// Forgets all but the newest snapshots.
    ///
    /// @return files that the remaining ones name
    List<Path> forgetOld() throws IOException {
        var manifests = manifests();
        int old = Math.max(0, manifests.size() - KEPT);
        for (var manifest : manifests.subList(0, old)) Files.delete(manifest);
        var kept = new LinkedHashSet<Path>();
        for (var manifest : manifests.subList(old, manifests.size())) kept.addAll(read(manifest).files());
        return List.copyOf(kept);
    }

    private Snapshot read(Path manifest) throws IOException {
        var lines = SealedFile.read(manifest);
        if (lines.size() < 2 || !lines.getFirst().equals(FORM))
            throw new DamagedFileException(manifest, "is no snapshot manifest of a known form");
        var at = lines.get(1).split(" ", -1);
        var files = new ArrayList<Path>();
        for (var line : lines.subList(2, lines.size())) {
            int space = line.indexOf(' ');
            var file = folder.resolve(line.substring(space + 1));
            long length = Long.parseLong(line.substring(0, space));
            if (!Files.exists(file)) throw new DamagedFileException(file, "is missing, though a snapshot names it");
            if (Files.size(file) != length)
                throw new DamagedFileException(file, "has " + Files.size(file) + " bytes, the snapshot had " + length);
            files.add(file);
        }
        return new Snapshot(TermIndex.valueOf(Long.parseLong(at[0]), Long.parseLong(at[1])), manifest, List.copyOf(files));
    }

    private List<Path> manifests() throws IOException {
        try (var names = Files.list(folder)) {
            return names.filter(p -> p.getFileName().toString().startsWith(PREFIX) && p.getFileName().toString().endsWith(SUFFIX))
                    .sorted(Comparator.comparing(p -> p.getFileName().toString()))
                    .toList();
        }
    }

    private void mend() throws IOException {
        var parent = folder.resolveSibling(".").normalize();
        Files.createDirectories(parent);
        try (DirectoryStream<Path> replaced = Files.newDirectoryStream(parent, folder.getFileName() + ".tmp*")) {
            for (var old : replaced) {
                // Killed between the two renames: what was replaced is still the truth.
                if (!Files.exists(folder)) Files.move(old, folder);
                else delete(old);
            }
        }
        forgetUnfinished();
        Files.createDirectories(folder);
        SealedFile.syncFolder(parent);
    }

    /// Removes what transfers left that were not finished. Each would-be sender begins a new one under a name of its own, so
    /// that a disk they have filled would never have room for the next.
    void forgetUnfinished() throws IOException {
        delete(getTmpDir().toPath());
    }

    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) return;
        try (var paths = Files.walk(tree)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    @Override
    public void init(RaftStorage storage) {
        // Loaded by the state machine, which knows whether it needs to restore.
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return map(latest, Snapshot::info);
    }

    private static <A, B> @Nullable B map(@Nullable A value, Function<A, B> function) {
        return value == null ? null : function.apply(value);
    }

    @Override
    public void format() {
        // Ratis formats its own folder only; ours is emptied when a replica is set aside.
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {
        // Done by the state machine, which owns the files.
    }

    @Override
    public File getSnapshotDir() {
        return folder.toFile();
    }

    @Override
    public File getTmpDir() {
        return folder.resolveSibling(folder.getFileName() + ".incoming").toFile();
    }
}
