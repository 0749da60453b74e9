package io.engram.grid.log;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.ReplicaView.Role;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/// A shard's log as its callers see it; [Replica] starts, stops and mends what is behind it.
final class RatisShardLog implements ShardLog {
    /// Appends that may wait for their turn to enter Ratis. Group commit has far fewer in flight; more come together only when
    /// Ratis holds up the thread that appends, as it does while the disk stalls, and callers give up and others come.
    static final int MOST_WAITING = 256;

    private final ShardId shard;
    private final NodeId self;
    private final AppliedIndex applied;
    private final Executor appending;
    private final Executor completing;
    private final MonotonicClock clock;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile @Nullable Running running;
    private volatile String standing = "STARTING";
    private volatile boolean diskFull;

    /// A replica that Ratis runs, or ran until it closed itself.
    record Running(RaftServer server, RaftServer.Division division, ReplicaStateMachine machine) {}

    /// @param appending one thread, so that entries enter the log in the order of the calls
    /// @param completing runs what waits for an append
    RatisShardLog(ShardId shard, NodeId self, AppliedIndex applied, Executor appending, Executor completing, MonotonicClock clock) {
        this.shard = shard;
        this.self = self;
        this.applied = applied;
        this.appending = appending;
        this.completing = completing;
        this.clock = clock;
    }

    @Override
    public ShardId shard() {
        return shard;
    }

    void runs(Running started) {
        diskFull = false;
        running = started;
    }

    void stopped(String why) {
        standing = why;
        diskFull = false;
        running = null;
    }

    /// Stopped until there is room: callers are told that this is why.
    void diskFull(String why) {
        standing = "FAILED: " + why;
        running = null;
        diskFull = true;
    }

    void standing(String what) {
        standing = what;
        diskFull = false;
    }

    @Override
    public CompletableFuture<Appended> append(Entry entry, Deadline deadline) {
        var current = running;
        if (current == null) return CompletableFuture.completedFuture(diskFull ? new Appended.DiskFull(standing) : new Appended.Unavailable(standing));
        long left = deadline.left(clock).toNanos();
        if (left <= 0)
            return CompletableFuture.completedFuture(new Appended.Unavailable("the deadline had passed before the append"));
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return CompletableFuture.failedFuture(overloaded(MOST_WAITING + " entries wait to enter its log already"));
        }
        var answer = new CompletableFuture<Appended>();
        var pending = new PendingAppend(entry);
        long call = calls.incrementAndGet();
        var bounded = answer.orTimeout(left, TimeUnit.NANOSECONDS).handle((appended, fault) -> {
            current.machine.expectNoMore(call);
            pending.entry = null;
            if (fault == null) return appended;
            throw unwrap(fault) instanceof TimeoutException
                    ? new OutcomeUnknownException("shard " + shard + " did not confirm the entry within the deadline")
                    : new CompletionException(unwrap(fault));
        });
        try {
            appending.execute(() -> {
                waiting.decrementAndGet();
                submit(current, call, pending, answer);
            });
        } catch (RejectedExecutionException e) {
            waiting.decrementAndGet();
            answer.complete(new Appended.Unavailable("shard " + shard + " is closing"));
        }
        return bounded.exceptionallyCompose(fault -> CompletableFuture.failedFuture(unwrap(fault)));
    }

    private void submit(Running to, long call, PendingAppend pending, CompletableFuture<Appended> answer) {
        var entry = pending.entry;
        // Nobody waits any more, and nothing has happened yet: better not at all.
        if (entry == null || answer.isDone()) return;
        to.machine.expect(call, pending);
        try {
            var request = RaftClientRequest.newBuilder()
                    .setClientId(client)
                    .setServerId(to.division.getId())
                    .setGroupId(to.division.getMemberId().getGroupId())
                    .setCallId(call)
                    .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(EntryFormat.encode(entry))))
                    .setType(RaftClientRequest.writeRequestType())
                    .build();
            var _ = to.server
                    .submitClientRequestAsync(request)
                    .whenCompleteAsync((reply, fault) -> settle(pending, answer, reply, fault), completing);
        } catch (Exception e) {
            settle(pending, answer, null, e);
        }
    }

    private void settle(
            PendingAppend pending, CompletableFuture<Appended> answer, @Nullable RaftClientReply reply, @Nullable Throwable fault) {
        var outcomes = pending.outcomes;
        pending.outcomes = null;
        if (reply != null && reply.isSuccess() && outcomes != null) {
            answer.complete(new Appended.Applied(reply.getLogIndex(), outcomes));
            return;
        }
        var why = fault != null ? unwrap(fault) : reply == null ? null : reply.getException();
        if (pending.inLog || (reply != null && reply.isSuccess()))
            answer.completeExceptionally(
                    new OutcomeUnknownException("shard " + shard + " had the entry in its log, but did not get to apply it", why));
        else if (why instanceof NotLeaderException notLeader)
            answer.complete(new Appended.NotLeader(
                    Optional.ofNullable(notLeader.getSuggestedLeader()).map(RaftPeer::getId).map(RatisShardLog::node)));
        else if (why instanceof ResourceUnavailableException) answer.completeExceptionally(overloaded(String.valueOf(why.getMessage())));
        else answer.complete(new Appended.Unavailable("shard " + shard + ": " + (why == null ? "no answer" : why.getMessage())));
    }

    /// Nothing was appended.
    private RefusedException overloaded(String why) {
        return new RefusedException(Reason.OVERLOADED, "shard " + shard + ": " + why);
    }

    @Override
    public ReplicaView view() {
        var current = running;
        var said = standing;
        if (current == null)
            return new ReplicaView(shard, self.value(), Role.STOPPED, 0, Optional.empty(), -1, applied.get(), -1, said);
        var info = current.division.getInfo();
        var state = info.getLifeCycleState();
        long term = info.getCurrentTerm();
        var role = role(current, state);
        long committed = current.division.getRaftLog().getLastCommittedIndex();
        var snapshot = current.machine.getLatestSnapshot();
        return new ReplicaView(
                shard,
                self.value(),
                role,
                term,
                Optional.ofNullable(info.getLeaderId()).map(RatisShardLog::node),
                committed,
                applied.get(),
                snapshot == null ? -1 : snapshot.getIndex(),
                lifeCycle(current.machine.logFailed() ? LifeCycle.State.EXCEPTION : state, said));
    }

    /// Ratis goes on to say LEADER for a group that it has closed.
    private static Role role(Running current, LifeCycle.State state) {
        boolean works = state == LifeCycle.State.RUNNING
                && current.machine.getLifeCycleState() == LifeCycle.State.RUNNING
                && !current.machine.logFailed();
        if (!works) return Role.STOPPED;
        var info = current.division.getInfo();
        return switch (info.getCurrentRole()) {
            // Ready: it has applied the entry with which its term began.
            case LEADER -> info.isLeaderReady() ? Role.LEADER : Role.CANDIDATE;
            case CANDIDATE -> Role.CANDIDATE;
            case FOLLOWER, LISTENER -> Role.FOLLOWER;
            case UNRECOGNIZED -> Role.STOPPED;
        };
    }

    private static String lifeCycle(LifeCycle.State state, String said) {
        return switch (state) {
            case RUNNING -> said;
            case NEW, STARTING -> said.equals("RUNNING") ? "STARTING" : said;
            case PAUSING, PAUSED -> "RECOVERING: taking up a snapshot";
            case EXCEPTION, CLOSING, CLOSED -> said.startsWith("FAILED") ? said : "FAILED: the replica stopped";
        };
    }

    @Override
    public CompletableFuture<Void> whenApplied(long logIndex, Deadline deadline) {
        return applied.reached(logIndex, deadline.left(clock).toNanos());
    }

    @Override
    public Membership membership() {
        var current = running;
        if (current == null) return new Membership(Set.of(), Set.of());
        var configuration = current.division.getRaftConf();
        return new Membership(voters(configuration.getCurrentPeers()), voters(configuration.getPreviousPeers()));
    }

    private static Set<Voter> voters(Collection<RaftPeer> peers) {
        return peers.stream().map(p -> new Voter(node(p.getId()), p.getId().toString())).collect(Collectors.toUnmodifiableSet());
    }

    static NodeId node(RaftPeerId peer) {
        return new NodeId(peer.toString());
    }

    private static Throwable unwrap(Throwable fault) {
        return fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
    }
}
