package io.engram.grid.log;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What Ratis drives: hands committed entries to the shard's machine, makes and takes up snapshots. One for each start of the
/// replica; the machine itself stays.
///
/// Ratis applies and takes snapshots from one thread, but pauses from another when a snapshot arrives: the lock keeps
/// the machine's files still while Ratis swaps their folder.
final class ReplicaStateMachine extends BaseStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaStateMachine.class);

    /// A snapshot that failed (disk full) is not tried again at every entry.
    private static final Duration SNAPSHOT_RETRY = Duration.ofSeconds(10);

    private final ShardId shard;
    private final Machine machine;
    private final SnapshotFolder snapshots;
    private final AppliedIndex applied;
    private final ConcurrentMap<Long, PendingAppend> expected = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private long snapshotFailedAt;
    private boolean snapshotFailed;
    private volatile @Nullable Throwable fault;
    private volatile boolean logFailed;

    /// A shard's machine, and whether what it holds can be built upon.
    static final class Machine {
        final ShardMachine shard;

        /// Restored in this process, and no entry has failed since.
        volatile boolean sound;

        Machine(ShardMachine shard) {
            this.shard = shard;
        }
    }

    ReplicaStateMachine(ShardId shard, Machine machine, SnapshotFolder snapshots, AppliedIndex applied) {
        this.shard = shard;
        this.machine = machine;
        this.snapshots = snapshots;
        this.applied = applied;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        super.initialize(server, group, storage);
        try {
            getLifeCycle().startAndTransition(this::takeUp, IOException.class);
        } catch (IOException | RuntimeException e) {
            fault = e;
            throw e;
        }
    }

    /// Takes up the newest snapshot; Ratis then applies the log from there. A sound machine that is further already is left
    /// as it is, since readers may have seen it there, and passes over the entries that it knows.
    private void takeUp() throws IOException {
        synchronized (lock) {
            var latest = snapshots.load();
            long index = latest == null ? RaftLog.INVALID_LOG_INDEX : latest.at().getIndex();
            if (!machine.sound || machine.shard.applied() < index) {
                machine.sound = false;
                machine.shard.restore(snapshots.path(), latest == null ? List.of() : latest.files());
                if (machine.shard.applied() > index)
                    throw new IllegalStateException("shard " + shard + " restored to " + machine.shard.applied() + " from a snapshot at " + index);
                machine.sound = true;
            }
            setLastAppliedTermIndex(latest == null ? TermIndex.INITIAL_VALUE : latest.at());
            applied.set(Math.max(index, machine.shard.applied()));
        }
    }

    @Override
    public void pause() {
        synchronized (lock) {
            if (getLifeCycleState() == LifeCycle.State.PAUSED) return;
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    @Override
    public void reinitialize() throws IOException {
        synchronized (lock) {
            try {
                snapshots.makeDurable();
                // Its files went away with the folder that was replaced.
                machine.sound = false;
                takeUp();
                getLifeCycle().transition(LifeCycle.State.STARTING);
                getLifeCycle().transition(LifeCycle.State.RUNNING);
            } catch (IOException | RuntimeException e) {
                fault = e;
                throw e;
            }
        }
        LOG.info("snapshot taken up shard={} index={}", shard, applied.get());
    }

    /// Announces an append, so that its transaction carries `pending`.
    void expect(long callId, PendingAppend pending) {
        expected.put(callId, pending);
    }

    void expectNoMore(long callId) {
        expected.remove(callId);
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        var pending = expected.remove(request.getCallId());
        // Requests come from this node alone: Ratis' own clients are used for administration only.
        if (pending == null) throw new IOException("shard " + shard + " takes entries from its own node only");
        var transaction = super.startTransaction(request);
        transaction.setStateMachineContext(pending);
        return transaction;
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) throws IOException {
        if (transaction.getStateMachineContext() instanceof PendingAppend pending) pending.inLog = true;
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        var entry = transaction.getLogEntry();
        synchronized (lock) {
            // Paused: a snapshot that holds this entry is about to replace all state.
            if (getLifeCycleState() != LifeCycle.State.RUNNING) return CompletableFuture.completedFuture(Message.EMPTY);
            if (entry.getIndex() > machine.shard.applied()) apply(entry, transaction.getStateMachineContext());
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            applied.set(Math.max(entry.getIndex(), machine.shard.applied()));
        }
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    private void apply(LogEntryProto entry, @Nullable Object context) {
        try {
            var data = entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
            var outcomes = machine.shard.apply(entry.getIndex(), EntryFormat.decode(data));
            if (context instanceof PendingAppend pending) pending.outcomes = outcomes;
        } catch (IOException | RuntimeException | Error e) {
            // Ratis closes the group when this leaves; it is started again from snapshot and log.
            machine.sound = false;
            fault = e;
            throw new CompletionException("shard " + shard + " could not apply entry " + entry.getIndex(), e);
        }
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        synchronized (lock) {
            if (getLifeCycleState() != LifeCycle.State.RUNNING) return;
            if (index > machine.shard.applied()) machine.shard.skip(index);
            updateLastAppliedTermIndex(term, index);
            applied.set(Math.max(index, machine.shard.applied()));
        }
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failed) {
        if (fault == null) fault = cause;
        logFailed = true;
    }

    /// The log could not be written once, and takes nothing ever after; Ratis may leave the group running all the same.
    boolean logFailed() {
        return logFailed;
    }

    /// Why this start of the replica ended, or will.
    @Nullable Throwable fault() {
        return fault;
    }

    @Override
    public long takeSnapshot() throws IOException {
        synchronized (lock) {
            var at = getLastAppliedTermIndex();
            // Not while it passes over entries it has applied before: its state belongs to a later one.
            boolean behind = machine.shard.applied() != at.getIndex();
            boolean tooSoon = snapshotFailed && System.nanoTime() - snapshotFailedAt < SNAPSHOT_RETRY.toNanos();
            if (getLifeCycleState() != LifeCycle.State.RUNNING || at.getIndex() < 0 || behind || tooSoon)
                return RaftLog.INVALID_LOG_INDEX;
            try {
                snapshots.publish(at, machine.shard.snapshot(snapshots.path()));
                machine.shard.retain(snapshots.forgetOld());
                snapshotFailed = false;
            } catch (IOException | RuntimeException e) {
                snapshotFailed = true;
                snapshotFailedAt = System.nanoTime();
                throw new IOException("shard " + shard + " could not take a snapshot at " + at, e);
            }
            return at.getIndex();
        }
    }

    boolean snapshotFailed() {
        synchronized (lock) {
            return snapshotFailed;
        }
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots;
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return snapshots.getLatestSnapshot();
    }

    @Override
    public void close() {
        // Ratis closes it with the group; the machine stays for readers and for the next start.
    }
}
