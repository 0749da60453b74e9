package io.engram.embedding;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The runtime's native libraries, which it unpacks into a temporary folder for each process: 16 MiB that stay when the process is
/// killed, and a folder that stays anyway.
final class UnpackedLibraries {
    private static final Logger log = LoggerFactory.getLogger(UnpackedLibraries.class);
    private static final String FOLDER = "onnxruntime-java";
    /// Of this process. Linux alone has it; elsewhere the runtime removes what it unpacked when the process ends in order.
    private static final Path LOADED = Path.of("/proc/self/maps");

    private UnpackedLibraries() {}

    /// Takes their names away once they are loaded: the system keeps what is in use, and frees it with the process, however that ends.
    static synchronized void unlink() {
        try {
            for (Path folder : folders()) {
                if (!Files.isDirectory(folder)) continue;
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.toList()) Files.deleteIfExists(file);
                }
                Files.deleteIfExists(folder);
            }
        } catch (IOException | UncheckedIOException e) {
            // Room on a disk is no reason not to embed.
            log.warn("unpacked libraries stay", e);
        }
    }

    /// Those that libraries of this process came from.
    static Set<Path> folders() throws IOException {
        if (!Files.isReadable(LOADED)) return Set.of();
        List<String> lines = Files.readAllLines(LOADED, StandardCharsets.ISO_8859_1);
        return lines.stream()
                .filter(line -> line.contains("/" + FOLDER))
                .map(line -> Path.of(line.substring(line.indexOf('/'))).getParent())
                .filter(folder -> folder.getFileName().toString().startsWith(FOLDER))
                .collect(Collectors.toSet());
    }
}
