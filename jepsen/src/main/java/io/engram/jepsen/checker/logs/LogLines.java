package io.engram.jepsen.checker.logs;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A log's lines, each cut off after some length: a file may hold anything, and lines of any size.
final class LogLines implements Closeable {
    private static final int LONGEST = 4_096;

    private final Reader reader;
    private long number;

    /// Bytes that are no UTF-8 are replaced.
    LogLines(Path file) throws IOException {
        reader = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8), 1 << 16);
    }

    /// @return null at the end
    @Nullable String next() throws IOException {
        int c = reader.read();
        if (c < 0) return null;
        StringBuilder line = new StringBuilder();
        for (; c >= 0 && c != '\n'; c = reader.read()) if (line.length() < LONGEST) line.append((char) c);
        number++;
        return line.toString();
    }

    /// Of the line that was given last, from 1.
    long number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
