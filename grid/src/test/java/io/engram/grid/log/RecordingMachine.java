package io.engram.grid.log;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A machine that remembers every command, and can be told to fail or to stall. Its snapshot is a table file and a record file, the
/// latter in a folder of its own, as the real one has them.
final class RecordingMachine implements ShardMachine {
    private final List<String> commands = new ArrayList<>();
    private long applied = -1;
    private int restores;
    private List<Path> kept = List.of();
    private int entries;
    private final AtomicInteger stalls = new AtomicInteger();
    volatile boolean failing;

    /// Applying and restoring wait for this.
    volatile CountDownLatch open = new CountDownLatch(0);

    @Override
    public synchronized List<byte[]> apply(long logIndex, Entry entry) throws IOException {
        if (failing) throw new IOException("told to fail");
        stall();
        entries++;
        if (logIndex <= applied) throw new IllegalStateException("entry " + logIndex + " applied after " + applied);
        var outcomes = new ArrayList<byte[]>();
        for (var command : entry.commands()) {
            var text = new String(command, StandardCharsets.UTF_8);
            var kept = text.length() > 40 ? text.substring(0, 40) : text;
            // As the real one: whoever does not know the outcome asks again.
            if (!commands.contains(kept)) commands.add(kept);
            outcomes.add(("did " + kept).getBytes(StandardCharsets.UTF_8));
        }
        applied = logIndex;
        return outcomes;
    }

    @Override
    public synchronized void skip(long logIndex) {
        if (logIndex <= applied) throw new IllegalStateException("entry " + logIndex + " skipped after " + applied);
        applied = logIndex;
    }

    @Override
    public synchronized long applied() {
        return applied;
    }

    @Override
    public synchronized List<Path> snapshot(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("records"));
        var records = folder.resolve("records").resolve("r" + applied);
        Files.write(records, commands);
        var table = folder.resolve("table" + applied);
        try (var out = new DataOutputStream(Files.newOutputStream(table))) {
            out.writeLong(applied);
            out.writeInt(commands.hashCode());
        }
        return List.of(table, records);
    }

    @Override
    public synchronized void retain(List<Path> files) {
        kept = List.copyOf(files);
    }

    @Override
    public synchronized void restore(Path folder, List<Path> files) throws IOException {
        restores++;
        if (failing) throw new IOException("told to fail");
        stall();
        commands.clear();
        applied = -1;
        if (files.isEmpty()) return;
        try (var in = new DataInputStream(Files.newInputStream(files.getFirst()))) {
            applied = in.readLong();
            int hash = in.readInt();
            commands.addAll(Files.readAllLines(files.getLast()));
            if (commands.hashCode() != hash) throw new DamagedFileException(files.getLast(), "its content changed");
        }
    }

    private void stall() throws IOException {
        stalls.incrementAndGet();
        try {
            if (!open.await(2 * Cluster.PATIENCE.toSeconds(), TimeUnit.SECONDS)) throw new IOException("stalled for too long");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// How often it has stalled, or passed where it would.
    int stalls() {
        return stalls.get();
    }

    /// Entries applied, empty ones too.
    synchronized int entries() {
        return entries;
    }

    synchronized List<String> commands() {
        return List.copyOf(commands);
    }

    synchronized int restores() {
        return restores;
    }

    synchronized List<Path> kept() {
        return kept;
    }
}
