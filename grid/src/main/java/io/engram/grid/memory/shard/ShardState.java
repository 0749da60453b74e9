package io.engram.grid.memory.shard;

import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Entry;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardMachine;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.wire.TableHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One shard's state machine: folds log entries into tables and rows, and publishes both at once at the end of each entry.
///
/// Applying works on a draft; readers see the tables last published, which never change. After any failure the draft is thrown
/// away and the state is frozen: it goes on serving what was published and applies nothing until it is restored, because rows
/// of the failed entry may already stand in the segment store.
public final class ShardState implements ShardMachine, ShardReads, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardState.class);
    /// A leader that was suspended, or that lies, must not make sessions and idempotency keys expire at once.
    static final Duration MAX_ELAPSED = Duration.ofSeconds(10);

    private final ShardId shard;
    private final SegmentStore segments;
    private final MemoryConfig config;
    private final Applied listener;
    private final PositionWaiters waiters;
    private final SnapshotFiles snapshots = new SnapshotFiles();
    private volatile Published published;
    private volatile boolean closed;
    private volatile long applied = -1;
    private KeptOutcomes outcomes;
    /// No session expires before this log time; what is due earlier has been forgotten.
    private long sessionsDueMs;
    private @Nullable Throwable frozenBy;

    /// @param segments empty; owned by the caller, who closes it after this
    /// @param config must be the same on all replicas, or they would decide differently
    /// @param timers for the deadlines of those who wait for a position
    public ShardState(
            ShardId shard, SegmentStore segments, MemoryConfig config, Applied listener, Timers timers, MonotonicClock clock) {
        this.shard = shard;
        this.segments = segments;
        this.config = config;
        this.listener = listener;
        outcomes = noOutcomes();
        published = new Published(Tables.EMPTY, segments.view());
        waiters = new PositionWaiters(timers, clock, this::published);
    }

    @Override
    public ShardId shard() {
        return shard;
    }

    @Override
    public ShardReading read() {
        for (Published current = published;; current = published) {
            if (current.hold()) return new Reading(shard, current);
            if (closed) throw new IllegalStateException("shard " + shard + " is closed");
        }
    }

    @Override
    public long published() {
        return published.tables().position();
    }

    /// What hangs on the future runs on the thread that applies the log: it must be short.
    @Override
    public CompletableFuture<Void> whenPublished(long index, Deadline deadline) {
        return waiters.await(index, deadline);
    }

    @Override
    public List<byte[]> apply(long logIndex, Entry entry) throws IOException {
        checkNotFrozen();
        if (logIndex <= applied) throw new IllegalStateException("entry " + logIndex + " after " + applied);
        Draft draft;
        List<byte[]> answers;
        try {
            draft = draft(entry.elapsed());
            answers = new ArrayList<>(entry.commands().size());
            EntryCommands commands = new EntryCommands(draft, config.maxSpaces());
            for (byte[] command : entry.commands()) answers.add(commands.apply(command).toByteArray());
            segments.publish(draft.position());
            show(draft.tables());
        } catch (IOException | RuntimeException | Error e) {
            frozenBy = e;
            throw e;
        }
        sessionsDueMs = draft.sessionsDueMs();
        applied = logIndex;
        tell(draft);
        waiters.publish(published());
        return answers;
    }

    private Draft draft(Duration elapsed) {
        Tables tables = published.tables();
        long elapsedMs = Math.clamp(elapsed.toMillis(), 0, MAX_ELAPSED.toMillis());
        Draft draft = new Draft(shard, segments, outcomes, tables, tables.logTimeMs() + elapsedMs, sessionsDueMs);
        draft.forgetDue();
        return draft;
    }

    private void show(Tables tables) {
        Published next = new Published(tables, segments.view());
        Published last = published;
        published = next;
        last.release();
    }

    private void tell(Draft draft) {
        try {
            draft.tell(listener);
        } catch (RuntimeException e) {
            // The entry stands; what listens is a cache, which may miss.
            LOG.warn("listener failed shard={}", shard, e);
        }
    }

    @Override
    public void skip(long logIndex) {
        checkNotFrozen();
        applied = Math.max(applied, logIndex);
    }

    @Override
    public long applied() {
        return applied;
    }

    @Override
    public List<Path> snapshot(Path folder) throws IOException {
        checkNotFrozen();
        List<Path> files = new ArrayList<>(segments.seal(folder));
        Tables tables = published.tables();
        TableHeader.Builder header = TableHeader.newBuilder()
                .setShard(shard.value())
                .setLogIndex(applied)
                .setPosition(tables.position())
                .setLogTimeMs(tables.logTimeMs());
        for (Path file : files) header.addFiles(snapshots.describe(file));
        files.addFirst(snapshots.writeTable(
                folder, applied, out -> TableWriter.write(out, header.build(), tables, outcomes)));
        return List.copyOf(files);
    }

    @Override
    public void retain(List<Path> kept) throws IOException {
        snapshots.retain(kept);
    }

    @Override
    public void restore(Path folder, List<Path> files) throws IOException {
        try {
            KeptOutcomes restored = noOutcomes();
            long logIndex = files.isEmpty() ? startFromNothing() : restore(folder, files, restored);
            outcomes = restored;
            sessionsDueMs = 0;
            applied = logIndex;
            frozenBy = null;
        } catch (IOException | RuntimeException | Error e) {
            frozenBy = e;
            throw e;
        }
        waiters.publish(published());
    }

    private long startFromNothing() throws IOException {
        segments.restore(List.of(), 0, (row, space, key, version) -> null);
        show(Tables.EMPTY);
        return -1;
    }

    private long restore(Path folder, List<Path> files, KeptOutcomes restored) throws IOException {
        Path table = SnapshotFiles.table(folder, files);
        Restoring restoring = new Restoring(table, restored);
        TableReader.read(table, shard, restoring);
        List<Path> records = snapshots.recordFiles(folder, table, restoring.header(), files);
        segments.restore(records, restoring.header().getPosition(), restoring);
        show(restoring.tables(segments::checksum));
        return restoring.header().getLogIndex();
    }

    private KeptOutcomes noOutcomes() {
        return new KeptOutcomes(config.idempotencyWindow().toMillis(), config.idempotencyEntries());
    }

    private void checkNotFrozen() {
        if (frozenBy != null) throw new IllegalStateException("shard " + shard + " is frozen until it is restored", frozenBy);
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        published.release();
    }
}
