package io.engram.grid.log;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
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
/// Ratis applies and takes snapshots from one thread, but pauses from another when a snapshot arrives: the machine's lock keeps
/// its files still while Ratis swaps their folder. A start that Ratis has closed may linger for a while: the machine obeys the
/// newest one alone.
final class ReplicaStateMachine extends BaseStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaStateMachine.class);

    /// A snapshot that failed (disk full) is not tried again at every entry.
    private static final Duration SNAPSHOT_RETRY = Duration.ofSeconds(10);

    /// Between pausing and taking up, Ratis renames two folders.
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final ShardId shard;
    private final Machine machine;
    private final SnapshotFolder snapshots;
    private final AppliedIndex applied;
    private final ConcurrentMap<Long, PendingAppend> expected = new ConcurrentHashMap<>();
    private long snapshotFailedAt;
    private volatile boolean snapshotFailed;
    private volatile long pausedAt;
    private volatile boolean votedOut;
    private volatile @Nullable Throwable fault;
    private volatile boolean logFailed;
    private volatile RaftServer.@Nullable Division division;

    /// A shard's machine, and whether what it holds can be built upon. Outlives starts of the replica; whoever touches the
    /// machine or its files holds this object's lock.
    static final class Machine {
        final ShardMachine shard;

        /// The newest start: the only one that may. Guarded by this object.
        private @Nullable ReplicaStateMachine owner;

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
        division = server.getDivision(group);
        try {
            // An earlier start that is still at work on the machine ends first.
            synchronized (machine) {
                machine.owner = this;
            }
            getLifeCycle().startAndTransition(this::takeUp, IOException.class);
        } catch (IOException | RuntimeException e) {
            fault = e;
            throw e;
        }
    }

    /// Takes up the newest snapshot; Ratis then applies the log from there. A sound machine that is further already is left
    /// as it is, since readers may have seen it there, and passes over the entries that it knows.
    private void takeUp() throws IOException {
        synchronized (machine) {
            checkOwner();
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
        synchronized (machine) {
            checkOwner();
            if (getLifeCycleState() == LifeCycle.State.PAUSED) return;
            pausedAt = System.nanoTime();
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    @Override
    public void reinitialize() throws IOException {
        synchronized (machine) {
            try {
                // No longer paused: this may take its time.
                getLifeCycle().transition(LifeCycle.State.STARTING);
                snapshots.makeDurable();
                // Its files went away with the folder that was replaced.
                machine.sound = false;
                takeUp();
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
        synchronized (machine) {
            checkOwner();
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
        synchronized (machine) {
            checkOwner();
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

    /// The leader has told this replica, which asked for votes, that it is in the configuration no more.
    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        if (!allServer) votedOut = true;
    }

    boolean votedOut() {
        return votedOut;
    }

    /// A snapshot arrived and could not be put into place: Ratis goes on as if nothing were the matter, and nothing is applied.
    boolean stuck() {
        return getLifeCycleState() == LifeCycle.State.PAUSED && System.nanoTime() - pausedAt > LONGEST_PAUSE.toNanos();
    }

    /// Gives back what a start that failed half-way holds: Ratis forgets such a group, but does not close it, so that its folder
    /// would stay locked.
    void abandon() {
        var left = division;
        if (left == null) return;
        try {
            left.close();
        } catch (RuntimeException e) {
            LOG.warn("closing what did not start failed shard={}", shard, e);
        }
    }

    private void checkOwner() {
        if (machine.owner != this) throw new IllegalStateException("shard " + shard + " was started again; this start of it has ended");
    }

    /// Why this start of the replica ended, or will.
    @Nullable Throwable fault() {
        return fault;
    }

    @Override
    public long takeSnapshot() throws IOException {
        synchronized (machine) {
            checkOwner();
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
        return snapshotFailed;
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
