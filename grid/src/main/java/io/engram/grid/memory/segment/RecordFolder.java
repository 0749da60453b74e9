package io.engram.grid.memory.segment;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.ShardId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The record files of a store's own folder: sealed ones, and at most one open.
///
/// Files named in snapshots are further links to the same bytes, in a folder of the log's, so what is merged away here can be
/// deleted at once. One writer; `read` from any thread.
final class RecordFolder {
    private final Path folder;
    private final ShardId shard;
    /// All that a row may still stand in, those on their way out included.
    private final Map<Integer, RecordFile> readable = new ConcurrentHashMap<>();
    private List<RecordFile> sealed = new ArrayList<>();
    private @Nullable RecordFileWriter open;
    private int nextId;
    private long appendedSinceSeal;

    private RecordFolder(Path folder, ShardId shard) {
        this.folder = folder;
        this.shard = shard;
    }

    static RecordFolder open(Path folder, ShardId shard) throws IOException {
        Files.createDirectories(folder);
        RecordFolder opened = new RecordFolder(folder, shard);
        // What was not sealed is still in the log, and may have a torn end.
        opened.delete("*" + RecordFileWriter.OPEN, Set.of());
        return opened;
    }

    ShardId shard() {
        return shard;
    }

    long append(byte[] record, int checksum) throws IOException {
        if (open != null && !open.takes(record.length)) roll();
        if (open == null) open = create(record.length);
        appendedSinceSeal += record.length;
        return open.append(record, checksum);
    }

    void flush() throws IOException {
        if (open != null) open.flush();
    }

    byte[] read(long place, int length, int checksum) throws DamagedFileException {
        return file(place).read(place, length, checksum);
    }

    void died(long place, int length) {
        file(place).died(length);
    }

    private RecordFile file(long place) {
        RecordFile file = readable.get(RecordFile.fileOf(place));
        if (file == null) throw new IllegalStateException("the row's file is gone: no view shows it");
        return file;
    }

    int newId() {
        return nextId++;
    }

    RecordFileWriter create(int first) throws IOException {
        RecordFileWriter writer = RecordFileWriter.create(folder, newId(), shard, first);
        readable.put(writer.file().id(), writer.file());
        return writer;
    }

    /// Closes the open file for good.
    void roll() throws IOException {
        if (open == null) return;
        RecordFile file = open.seal();
        open = null;
        sealed.add(file);
    }

    List<RecordFile> sealed() {
        return List.copyOf(sealed);
    }

    long appendedSinceSeal() {
        return appendedSinceSeal;
    }

    /// Exchanges files for the one or more that hold their live rows. `gone` stay readable until [#release].
    void replace(Collection<RecordFile> gone, List<RecordFile> merged) throws IOException {
        sealed.removeAll(gone);
        sealed.addAll(merged);
        for (RecordFile file : gone) Files.deleteIfExists(file.path());
    }

    void release(Collection<RecordFile> gone) {
        for (RecordFile file : gone) if (readable.remove(file.id(), file)) file.close();
    }

    /// Links every sealed file into `target`, durably.
    List<Path> link(Path target) throws IOException {
        if (Files.isSameFile(target, folder))
            throw new IllegalArgumentException("snapshots need a folder of their own, not " + folder);
        Set<Path> own = new HashSet<>();
        for (RecordFile file : sealed) own.add(file.path());
        // Left by a crash before there was a snapshot to restore.
        delete("*" + RecordFileWriter.SEALED, own);
        sync(folder);
        List<Path> links = new ArrayList<>();
        for (RecordFile file : sealed) {
            Path link = target.resolve(file.path().getFileName());
            if (!Files.exists(link)) link(link, file.path());
            links.add(link);
        }
        sync(target);
        appendedSinceSeal = 0;
        return List.copyOf(links);
    }

    /// Gives up files that were opened but not adopted.
    void discard(List<RecordFile> files) {
        for (RecordFile file : files) if (readable.get(file.id()) != file) file.close();
    }

    /// Drops all files for these, which have been checked, and links them in. The former ones stay readable until [#release].
    ///
    /// @return the former ones
    List<RecordFile> adopt(List<RecordFile> files) throws IOException {
        Set<Path> names = new HashSet<>();
        for (RecordFile file : files) {
            Path own = folder.resolve(file.path().getFileName());
            if (!Files.exists(own) || !Files.isSameFile(own, file.path())) {
                Files.deleteIfExists(own);
                link(own, file.path());
            }
            file.renamed(own);
            names.add(own);
        }
        List<RecordFile> former = List.copyOf(readable.values());
        if (open != null) open.abandon();
        open = null;
        sealed = new ArrayList<>(files);
        for (RecordFile file : files) readable.put(file.id(), file);
        appendedSinceSeal = 0;
        delete("*" + RecordFileWriter.SEALED, names);
        delete("*" + RecordFileWriter.OPEN, Set.of());
        sync(folder);
        return former;
    }

    private static void link(Path link, Path existing) throws IOException {
        try {
            Files.createLink(link, existing);
        } catch (FileSystemException | UnsupportedOperationException e) {
            // Another file system, or one without links: a copy is as good, only larger.
            Path copy = link.resolveSibling(link.getFileName() + RecordFileWriter.OPEN);
            Files.deleteIfExists(copy);
            Files.copy(existing, copy);
            try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(copy, link);
        }
    }

    private void delete(String pattern, Set<Path> except) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
            for (Path file : found) if (!except.contains(file)) Files.deleteIfExists(file);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Of the files that make up the state now.
    List<RecordFile> files() {
        List<RecordFile> files = new ArrayList<>(sealed);
        if (open != null) files.add(open.file());
        return files;
    }

    /// Bytes that this folder occupies, files on their way out included.
    long diskBytes() {
        long bytes = 0;
        for (RecordFile file : readable.values()) bytes += file.length();
        return bytes;
    }

    void close() throws IOException {
        if (open != null) open.abandon();
        open = null;
        sealed.clear();
        release(List.copyOf(readable.values()));
    }
}
