package io.engram.grid.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ReadGate;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.wire.ShardAnswer;
import io.engram.grid.wire.ShardQuery;
import io.engram.grid.wire.ShardRead;
import io.engram.grid.wire.ShardReadAnswer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Reads from the replicas of this node, for its own clients and for other nodes. Blocking; call from virtual threads.
final class LocalReads implements AutoCloseable {
    /// Searches that may wait for a core; more are refused rather than kept until nobody wants them any more.
    static final int WAITING_SEARCHES = 256;

    private final NodeId self;
    private final ReadGate gate;
    private final Map<ShardId, ShardReads> replicas;
    private final Map<ShardId, Records> records;
    private final MonotonicClock clock;
    // Searches keep a core busy for milliseconds: on threads of their own, so that the operating system shares the cores
    // between them and the virtual threads that serve everything else.
    private final ThreadPoolExecutor searchers;

    LocalReads(NodeId self, ReadGate gate, Map<ShardId, ShardReads> replicas, Map<ShardId, Records> records, MonotonicClock clock) {
        this.self = self;
        this.gate = gate;
        this.replicas = Map.copyOf(replicas);
        this.records = Map.copyOf(records);
        this.clock = clock;
        int cores = Runtime.getRuntime().availableProcessors();
        this.searchers = new ThreadPoolExecutor(
                cores, cores, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(WAITING_SEARCHES),
                Thread.ofPlatform().daemon().name("engram-search-", 0).factory());
        searchers.allowCoreThreadTimeOut(true);
    }

    boolean holds(ShardId shard) {
        return replicas.containsKey(shard);
    }

    /// Answers once the consistency is established on the replica here. The answer may lean on the open shard: close it after use.
    ///
    /// @param gateBy for the consistency; another replica may be quicker to establish it
    /// @param deadline for all of it
    /// @throws RefusedException from the gate, and `NOT_READY`, `OVERLOADED`, `SPACE_NOT_FOUND`, `DEADLINE_EXCEEDED`
    <T> ShardRoutes.Read<T> read(
            ShardId shard, ShardQuestion<T> question, Consistency consistency, Deadline gateBy, Deadline deadline) {
        ShardReads replica = replicas.get(shard);
        Records fetch = records.get(shard);
        if (replica == null || fetch == null)
            throw new RefusedException(Reason.REPLICA_NOT_HERE, "no replica of shard " + shard + " on node " + self);
        ShardProof proof = Waits.until(gate.pass(shard, consistency, replica, gateBy), gateBy, clock);
        ShardReading reading = replica.read();
        var open = new OpenShard(shard, reading, fetch, deadline, clock);
        try {
            if (reading.position() < proof.applied().index())
                // The replica was restored from a snapshot in between: what the proof speaks of is not here now.
                throw new RefusedException(Reason.NOT_READY, "the replica of shard " + shard + " is being restored");
            T value = question.heavy() ? search(() -> question.of(open), deadline) : question.of(open);
            return new ShardRoutes.Read<>(value, self, proof, open);
        } catch (RuntimeException | Error e) {
            open.close();
            throw e;
        }
    }

    private <T> T search(Callable<T> search, Deadline deadline) {
        // Either a searcher takes it, or the caller takes it back.
        var taken = new AtomicBoolean();
        var task = new FutureTask<T>(() -> {
            if (!taken.compareAndSet(false, true) || deadline.passed(clock))
                throw new RefusedException(Reason.DEADLINE_EXCEEDED, "the deadline passed before a core was free");
            return search.call();
        });
        try {
            searchers.execute(task);
        } catch (RejectedExecutionException e) {
            throw new RefusedException(Reason.OVERLOADED, WAITING_SEARCHES + " searches wait on node " + self + " already", e);
        }
        return Waits.forSearch(task, () -> {
            boolean takenBack = taken.compareAndSet(false, true);
            if (takenBack) searchers.remove(task);
            return takenBack;
        }, deadline, clock);
    }

    /// Answers another node.
    ShardAnswer answer(ShardQuery query, Deadline deadline) {
        var shard = new ShardId(query.getShard());
        ShardRead read;
        ShardQuestion<?> question;
        Consistency consistency;
        try {
            read = ShardRead.parseFrom(query.getQuestion());
            question = ShardQuestion.from(read);
            consistency = QueryFormat.from(read.getConsistency(), shard);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new RefusedException(Reason.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
        Deadline limit = deadline.earlier(Deadline.after(Duration.ofMillis(query.getTimeoutMs()), clock));
        // A node of before this field gives all of its time to the gate as well.
        Deadline gateBy = query.getGateTimeoutMs() == 0
                ? limit
                : limit.earlier(Deadline.after(Duration.ofMillis(query.getGateTimeoutMs()), clock));
        return answer(shard, question, consistency, gateBy, limit);
    }

    private <T> ShardAnswer answer(
            ShardId shard, ShardQuestion<T> question, Consistency consistency, Deadline gateBy, Deadline limit) {
        try (ShardRoutes.Read<T> read = read(shard, question, consistency, gateBy, limit)) {
            var wire = ShardReadAnswer.newBuilder().setNode(self.value()).setProof(QueryFormat.of(read.proof()));
            question.write(read.value(), wire);
            return ShardAnswer.newBuilder().setAnswer(wire.build().toByteString()).build();
        }
    }

    @Override
    public void close() {
        // A search that never began must not leave its caller waiting.
        for (Runnable waiting : searchers.shutdownNow()) if (waiting instanceof Future<?> search) search.cancel(false);
    }
}
