package io.engram.grid.route;

import io.engram.grid.Figure;
import io.engram.grid.GridConfig;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.cluster.ClusterStatus;
import io.engram.grid.cluster.Peers;
import io.engram.grid.cluster.StatusFormat;
import io.engram.grid.freshness.FreshnessGate;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.GroupCommit;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLogs;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Spaces;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.session.Sessions;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.tier.cold.ColdTier;
import io.engram.grid.tier.hot.HotTier;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipQuestion;
import io.engram.grid.wire.ShardAnswer;
import io.engram.grid.wire.ShardQuery;
import io.engram.grid.wire.StatusAnswer;
import io.engram.grid.wire.StatusQuestion;
import io.engram.grid.wire.SubmitAnswer;
import io.engram.grid.wire.SubmitQuestion;
import io.engram.grid.wire.TermsAnswer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// The parts of this package, put together for one node.
public final class Routing implements AutoCloseable {
    /// Reads and status questions of other nodes that are being answered; each waits on a virtual thread.
    private static final int ANSWERING = 1_024;

    /// Writes that may wait for one shard of one other node; group commit on the other side has its own limit.
    private static final long FORWARDED_BYTES = 16 << 20;

    private final Spaces spaces;
    private final Memories memories;
    private final LocalReads reads;
    private final Duties duties;
    private final NodeReport report;
    private final ClusterReport cluster;
    private final Figures figures;
    private final Peers.Answering desk;
    private final ExecutorService answering = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("engram-answer-", 0).factory());
    private final Semaphore answers = new Semaphore(ANSWERING);

    /// @param held one for each shard of which `logs` has a replica
    /// @param gate started and closed by the caller
    public Routing(
            GridConfig config, ShardLogs logs, List<Held> held, FreshnessGate gate, PeerCalls peers, HotTier hot, ColdTier cold,
            Timers timers) {
        MonotonicClock clock = MonotonicClock.SYSTEM;
        Map<ShardId, ShardReads> states = new TreeMap<>();
        Map<ShardId, Records> records = new TreeMap<>();
        Map<ShardId, GroupCommit> commits = new TreeMap<>();
        for (Held shard : held) {
            states.put(shard.shard(), shard.state());
            records.put(shard.shard(), new Records(shard.shard(), shard.segments(), hot, clock));
            commits.put(shard.shard(), new GroupCommit(logs.log(shard.shard()), config.log(), clock, timers));
        }
        var hints = new LeaderHints(config.self(), logs);
        var stamps = new Stamps(logs, states, config.memory().idempotencyWindow());
        var commands = new CommandRoutes(config.self(), commits, hints, peers, stamps, clock, timers, FORWARDED_BYTES);
        Submission submission = new RoutedSubmission(commands, stamps);
        var settling = new SpaceSettling(submission);

        reads = new LocalReads(config.self(), gate, states, records, clock);
        var routes = new ShardRoutes(config.self(), reads, logs, hints, peers, clock);
        var routedSpaces = new RoutedSpaces(
                config.shards(), submission, settling, routes, Optional.ofNullable(states.get(ShardId.CATALOG)), clock,
                InstantSource.system());
        spaces = routedSpaces;
        memories = new RoutedMemories(
                config.self(), routedSpaces, submission, new Sessions(submission, timers, clock), routes, clock);

        report = new NodeReport(config, logs, held, records, gate, hot, cold, clock);
        cluster = new ClusterReport(config, report, peers, clock);
        figures = new Figures(logs, held, records, commands, routes, hot);
        desk = new PeerDesk(parts(logs, gate, commands));
        duties = new Duties(logs, held, submission, settling, timers, clock);
        duties.start();
    }

    private PeerDesk.Parts parts(ShardLogs logs, FreshnessGate gate, CommandRoutes commands) {
        return new PeerDesk.Parts() {
            @Override
            public CompletableFuture<TermsAnswer> terms() {
                return CompletableFuture.completedFuture(gate.answerTerms());
            }

            @Override
            public CompletableFuture<FencedIndexAnswer> fencedIndex(FencedIndexQuestion question, Deadline deadline) {
                return gate.answerFencedIndex(question);
            }

            @Override
            public CompletableFuture<SubmitAnswer> submit(SubmitQuestion question, Deadline deadline) {
                return commands.answer(question, deadline);
            }

            @Override
            public CompletableFuture<ShardAnswer> query(ShardQuery question, Deadline deadline) {
                return blocking(() -> reads.answer(question, deadline));
            }

            @Override
            public CompletableFuture<StatusAnswer> status(StatusQuestion question, Deadline deadline) {
                return blocking(() -> StatusAnswer.newBuilder()
                        .setMember(StatusFormat.of(report.member(question.getWithDigests())).toByteString())
                        .build());
            }

            @Override
            public CompletableFuture<MembershipAnswer> membership(MembershipQuestion question, Deadline deadline) {
                return logs.answer(question, deadline);
            }
        };
    }

    private <T> CompletableFuture<T> blocking(Supplier<T> answer) {
        if (!answers.tryAcquire())
            return CompletableFuture.failedFuture(
                    new RefusedException(Reason.OVERLOADED, ANSWERING + " questions of other nodes are being answered already"));
        try {
            return CompletableFuture.supplyAsync(answer, answering).whenComplete((done, fault) -> answers.release());
        } catch (RejectedExecutionException e) {
            answers.release();
            return CompletableFuture.failedFuture(new RefusedException(Reason.NOT_READY, "this node is stopping", e));
        }
    }

    /// Answers other nodes.
    public Peers.Answering desk() {
        return desk;
    }

    public Spaces spaces() {
        return spaces;
    }

    public Memories memories() {
        return memories;
    }

    /// This node. Cheap unless digests are asked for.
    public NodeReport report() {
        return report;
    }

    /// Blocks until all members have answered, or the deadline.
    public ClusterStatus status(boolean withDigests, boolean localOnly, Deadline deadline) {
        return cluster.status(withDigests, localOnly, deadline);
    }

    public List<Figure> figures() {
        return figures.now();
    }

    @Override
    public void close() {
        duties.close();
        answering.shutdownNow();
        reads.close();
    }
}
