package io.engram.grid.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.GridConfig.LogConfig;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.cluster.Peers;
import io.engram.grid.freshness.Clocks;
import io.engram.grid.freshness.FreshnessGate;
import io.engram.grid.freshness.FreshnessPeers;
import io.engram.grid.log.Appended;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.GroupCommit;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.session.Sessions;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.PeerAnswer;
import io.engram.grid.wire.PeerQuestion;
import io.engram.grid.wire.SubmitAnswer;
import io.engram.grid.wire.SubmitQuestion;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// One life of one node: real gate and group commit on a simulated log, network and clock.
final class SimNode implements Submission {
    private static final LogConfig LOG =
            new LogConfig(Duration.ofMillis(200), Duration.ofMillis(450), 24, 64 << 10, 2, 1 << 20);

    private final NodeId id;
    private final Map<ShardId, MemoryLog> logs = new TreeMap<>();
    private final Map<ShardId, SimMachine> machines = new TreeMap<>();
    private final Map<ShardId, GroupCommit> commits = new TreeMap<>();
    private final Peers peers;
    private final FreshnessGate gate;
    private final Sessions sessions;
    final SimTime time;
    final int life;

    SimNode(
            Simulation simulation, SimProcess process, SimTime time, Map<ShardId, MemoryLog> logs, Map<ShardId, SimMachine> machines,
            Peers peers, Variation variation) {
        this.id = process.id;
        this.life = process.life();
        this.time = time;
        this.logs.putAll(logs);
        this.machines.putAll(machines);
        this.peers = peers;
        this.logs.forEach((shard, log) -> commits.put(shard, new GroupCommit(log, LOG, time, time)));
        Map<ShardId, ShardLog> replicas = new TreeMap<>(this.logs);
        FreshnessPeers questions = BrokenPeers.of(variation, new SimPeers(id, peers), replicas);
        this.sessions = new Sessions(this, time, time);
        this.gate = new FreshnessGate(id, replicas, questions, new Clocks(time, process.wall()), time, simulation.random);
    }

    void start() {
        logs.values().forEach(MemoryLog::start);
        gate.start();
    }

    Sessions sessions() {
        return sessions;
    }

    FreshnessGate gate() {
        return gate;
    }

    MemoryLog log(ShardId shard) {
        return found(logs.get(shard));
    }

    SimMachine machine(ShardId shard) {
        return found(machines.get(shard));
    }

    @Override
    public CompletableFuture<Outcome> submit(ShardId shard, Command command, Deadline deadline) {
        MemoryLog log = log(shard);
        if (log.view().leads()) return append(shard, command, deadline);
        NodeId leader = log.view().leader().filter(l -> !l.equals(id)).orElse(null);
        if (leader == null) return refused(Reason.NO_LEADER, "no leader known");
        PeerQuestion question = PeerQuestion.newBuilder()
                .setFrom(id.value())
                .setSubmit(SubmitQuestion.newBuilder()
                        .setShard(shard.value())
                        .addCommands(command.toByteString())
                        .setTimeoutMs((int) deadline.left(time).toMillis()))
                .build();
        return peers.ask(leader, question.toByteArray(), deadline)
                .exceptionally(failure -> {
                    throw new RefusedException(Reason.OUTCOME_UNKNOWN, "no answer from the leader", failure);
                })
                .thenApply(SimNode::outcome);
    }

    private CompletableFuture<Outcome> append(ShardId shard, Command command, Deadline deadline) {
        return found(commits.get(shard)).submit(command.toByteArray(), deadline)
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
                    throw cause instanceof RefusedException refused
                            ? refused : new RefusedException(Reason.OUTCOME_UNKNOWN, "outcome unknown", cause);
                })
                .thenApply(appended -> switch (appended) {
                    case Appended.Applied applied -> parsed(applied.outcomes().getFirst());
                    case Appended.NotLeader _ -> throw new RefusedException(Reason.NO_LEADER, "does not lead");
                    case Appended.Unavailable(String why) -> throw new RefusedException(Reason.NOT_READY, why);
                    case Appended.DiskFull(String why) -> throw new RefusedException(Reason.DISK_FULL, why);
                });
    }

    /// Answers what other nodes ask.
    CompletableFuture<byte[]> answer(byte[] bytes, Deadline deadline) {
        PeerQuestion question;
        try {
            question = PeerQuestion.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(e);
        }
        return switch (question.getKindCase()) {
            case TERMS -> done(PeerAnswer.newBuilder().setTerms(gate.answerTerms()).build());
            case FENCED_INDEX ->
                gate.answerFencedIndex(question.getFencedIndex())
                        .thenApply(told -> PeerAnswer.newBuilder().setFencedIndex(told).build().toByteArray());
            case SUBMIT -> submitted(question.getSubmit(), deadline);
            default -> CompletableFuture.failedFuture(new IllegalArgumentException("not simulated: " + question.getKindCase()));
        };
    }

    private CompletableFuture<byte[]> submitted(SubmitQuestion question, Deadline deadline) {
        ShardId shard = new ShardId(question.getShard());
        CompletableFuture<Outcome> outcome;
        try {
            outcome = append(shard, Command.parseFrom(question.getCommands(0)), deadline);
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(e);
        }
        return outcome.handle((told, failure) -> {
            SubmitAnswer.Builder answer = SubmitAnswer.newBuilder();
            if (told != null) answer.addOutcomes(told.toByteString());
            else if (reason(failure) == Reason.OUTCOME_UNKNOWN) answer.setOutcomeUnknown(true);
            else answer.setLeader("?");
            return PeerAnswer.newBuilder().setSubmit(answer).build().toByteArray();
        });
    }

    private static Outcome outcome(byte[] bytes) {
        try {
            SubmitAnswer answer = PeerAnswer.parseFrom(bytes).getSubmit();
            if (answer.getOutcomesCount() == 1) return parsed(answer.getOutcomes(0).toByteArray());
            throw answer.getOutcomeUnknown()
                    ? new RefusedException(Reason.OUTCOME_UNKNOWN, "the leader does not know")
                    : new RefusedException(Reason.NO_LEADER, "does not lead");
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Outcome parsed(byte[] bytes) {
        try {
            return Outcome.parseFrom(ByteString.copyFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    static @Nullable Reason reason(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RefusedException refused ? refused.reason() : null;
    }

    private static CompletableFuture<byte[]> done(PeerAnswer answer) {
        return CompletableFuture.completedFuture(answer.toByteArray());
    }

    private static <T> CompletableFuture<T> refused(Reason reason, String why) {
        return CompletableFuture.failedFuture(new RefusedException(reason, why));
    }

    private static <T> T found(@Nullable T known) {
        if (known == null) throw new IllegalArgumentException("no such shard");
        return known;
    }
}
