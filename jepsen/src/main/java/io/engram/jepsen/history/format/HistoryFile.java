package io.engram.jepsen.history.format;

import io.engram.jepsen.history.History;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A history with the form in which it was found.
public record HistoryFile(HistoryFormat format, History history) {
    /// @throws BadHistoryException with the line and the rule that it breaks
    /// @throws java.nio.file.NoSuchFileException no such file
    public static HistoryFile read(Path file, Keyed keyed) throws IOException {
        // Bytes that are no UTF-8 become replacement characters: they may stand in a foreign error message.
        try (BufferedReader text = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8), 1 << 16)) {
            HistoryFormat format = HistoryFormat.of(text);
            return new HistoryFile(format, format.read(text, keyed));
        }
    }
}
