package io.engram.grid.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/// A small text file with a checksum as its last line, replaced as a whole and durable once written.
final class SealedFile {
    private static final String SEAL = "crc32c=";

    private SealedFile() {}

    static void write(Path file, List<String> lines) throws IOException {
        var text = new StringBuilder();
        for (var line : lines) text.append(line).append('\n');
        var seal = SEAL + checksum(text.toString()) + "\n";
        text.append(seal);
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        try (var out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) out.write(bytes);
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncParent(file);
    }

    /// @throws DamagedFileException it is not what was written
    static List<String> read(Path file) throws IOException {
        var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int seal = text.lastIndexOf(SEAL);
        if (seal < 0 || !text.substring(seal).equals(SEAL + checksum(text.substring(0, seal)) + "\n"))
            throw new DamagedFileException(file, "its checksum does not match");
        return text.substring(0, seal).lines().toList();
    }

    /// Makes names in this folder durable: without it a rename may be undone by a power cut.
    static void syncFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Makes the name of this file or folder durable.
    static void syncParent(Path path) throws IOException {
        var parent = path.toAbsolutePath().getParent();
        if (parent != null) syncFolder(parent);
    }

    private static String checksum(String text) {
        var crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
