package io.engram.grid.memory.shard;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.wire.RecordFileEntry;
import io.engram.grid.wire.TableHeader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// Table files and record files of snapshots, on disk. One thread at a time.
final class SnapshotFiles {
    private static final String UNFINISHED = ".unfinished";

    /// Record files never change, and most of them are in one snapshot after another: each is read once.
    private final Map<String, RecordFileEntry> known = new HashMap<>();
    private final Set<Path> folders = new HashSet<>();

    @FunctionalInterface
    interface Contents {
        void write(OutputStream out) throws IOException;
    }

    RecordFileEntry describe(Path file) throws IOException {
        String name = name(file);
        long length = Files.size(file);
        RecordFileEntry entry = known.get(name);
        if (entry == null || entry.getLength() != length) {
            entry = RecordFileEntry.newBuilder().setName(name).setLength(length).setCrc(crc(file)).build();
            known.put(name, entry);
        }
        return entry;
    }

    /// Durable on return; before that there is no table file of this name.
    Path writeTable(Path folder, long logIndex, Contents contents) throws IOException {
        folders.add(folder);
        Path table = folder.resolve("state-" + logIndex + TableFormat.SUFFIX);
        Path unfinished = folder.resolve("state-" + logIndex + UNFINISHED);
        // The record files' names must be durable before a table names them.
        syncFolder(folder);
        try (FileChannel channel = FileChannel.open(
                unfinished, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            BufferedOutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), TableFormat.BLOCK_BYTES);
            contents.write(out);
            out.flush();
            channel.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, table, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder(folder);
        return table;
    }

    /// The files that the table names, each as it was when the table was written.
    List<Path> recordFiles(Path folder, Path table, TableHeader header, List<Path> files) throws IOException {
        folders.add(folder);
        Map<String, Path> given = new HashMap<>();
        for (Path file : files) given.put(name(file), file);
        List<Path> records = new ArrayList<>();
        for (RecordFileEntry entry : header.getFilesList()) {
            Path file = given.get(entry.getName());
            if (file == null) throw new DamagedFileException(table, "names " + entry.getName() + ", which is not in the snapshot");
            if (!Files.isRegularFile(file)) throw new DamagedFileException(file, "is missing");
            long length = Files.size(file);
            if (length != entry.getLength())
                throw new DamagedFileException(file, "has " + length + " bytes, must have " + entry.getLength());
            if (crc(file) != entry.getCrc()) throw new DamagedFileException(file, "checksum does not match");
            known.put(entry.getName(), entry);
            records.add(file);
        }
        return records;
    }

    static Path table(Path folder, List<Path> files) throws IOException {
        List<Path> tables = files.stream().filter(file -> name(file).endsWith(TableFormat.SUFFIX)).toList();
        if (tables.size() != 1) throw new DamagedFileException(folder, "must have one table file, has " + tables);
        Path table = tables.getFirst();
        if (!Files.isRegularFile(table)) throw new DamagedFileException(table, "is missing");
        return table;
    }

    /// Deletes what no kept table needs: files that older tables name, files of the same kind that no table names (of snapshots
    /// that were never finished), and last those tables: a crash in between leaves a table that tells what is still to go.
    void retain(List<Path> kept) throws IOException {
        Set<Path> keep = new HashSet<>();
        for (Path file : kept) {
            keep.add(file.toAbsolutePath().normalize());
            if (file.getParent() != null) folders.add(file.getParent());
        }
        for (Path folder : folders) if (Files.isDirectory(folder)) retain(folder, keep);
    }

    private void retain(Path folder, Set<Path> keep) throws IOException {
        List<Path> tables = new ArrayList<>();
        List<Path> others = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(Files::isRegularFile).forEach(file -> (kind(file).equals(TableFormat.SUFFIX) ? tables : others).add(file));
        }
        Set<String> kinds = new HashSet<>(Set.of(UNFINISHED));
        for (Path table : tables) for (RecordFileEntry entry : filesOf(table)) kinds.add(kind(folder.resolve(entry.getName())));
        for (Path file : others) {
            if (!kinds.contains(kind(file)) || keep.contains(file.toAbsolutePath().normalize())) continue;
            Files.delete(file);
            known.remove(name(file));
        }
        for (Path table : tables) if (!keep.contains(table.toAbsolutePath().normalize())) Files.delete(table);
        syncFolder(folder);
    }

    private static String kind(Path file) {
        return name(file).substring(Math.max(0, name(file).lastIndexOf('.')));
    }

    private static List<RecordFileEntry> filesOf(Path table) throws IOException {
        try {
            return TableReader.header(table).getFilesList();
        } catch (DamagedFileException e) {
            // No snapshot needs it any more; it must not keep the others from being tidied.
            return List.of();
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static int crc(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) crc.update(buffer, 0, read);
        }
        return (int) crc.getValue();
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
