package io.engram.client;

import io.engram.v1.ObserveRequest;
import io.engram.v1.ObserveResponse;
import io.engram.v1.OpenSession;
import io.engram.v1.Progress;
import io.engram.v1.SessionOpened;
import io.github.resilience4j.core.IntervalFunction;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps a session connected: opens a stream, opens another elsewhere when it breaks or stalls, gives up when that goes on for
/// too long. Guarded by the session's lock, under which it calls the session.
final class SessionConnection implements SessionStream.Events {
    /// What the session does with what comes; called under its lock.
    interface Session {
        OpenSession hello();

        /// Like `progressed`: the session calls [#askForNext] when it has delivered this.
        void opened(SessionOpened opened);

        void progressed(Progress progress);

        void ready();

        /// The node owes progress.
        boolean owed();

        void failed(EngramException failure);
    }

    private static final Set<String> PASSING = Set.of(
            "NO_LEADER", "NOT_READY", "OVERLOADED", "OUTCOME_UNKNOWN", "STALE", "DISK_FULL", "REPLICA_NOT_HERE", "DEADLINE_EXCEEDED",
            "INTERNAL", "SESSION_GAP", "SESSION_BUSY", "IDEMPOTENCY_TABLE_FULL");
    /// Another client that uses the session takes it over each time it is opened; so do our own streams that a node has not missed yet.
    private static final int BUSY_AT_MOST = 8;
    /// How soon silence is seen, at most.
    private static final Duration WATCH = Duration.ofMillis(200);

    private final Nodes nodes;
    private final Threads threads;
    private final Pulse pulse;
    private final Runnable nodeFailed;
    private final ReentrantLock lock;
    private final Session session;
    private final Duration stallTimeout;
    private final Duration giveUpAfter;
    private final IntervalFunction backoff;
    private final List<NodeLink> tried = new ArrayList<>();
    private final Future<?> watch;

    private @Nullable SessionStream stream;
    private boolean open;
    private boolean stopped;
    /// A message has been asked for: silence is the node's.
    private boolean listening;
    private long heardAt;
    private boolean inTrouble = true;
    private long troubleSince = System.nanoTime();
    private int failuresInRow;
    private int busyInRow;

    SessionConnection(
            Nodes nodes, Threads threads, RetryPolicy retry, Pulse pulse, Runnable nodeFailed, ObserveSession.Connecting wanted) {
        this.nodes = nodes;
        this.threads = threads;
        this.pulse = pulse;
        this.nodeFailed = nodeFailed;
        this.lock = wanted.lock();
        this.session = wanted.session();
        this.stallTimeout = wanted.options().stallTimeout();
        this.giveUpAfter = wanted.options().giveUpAfter();
        this.backoff = IntervalFunction.ofExponentialRandomBackoff(retry.firstBackoff(), 2, 0.5, retry.longestBackoff());
        long every = Math.max(20, Math.min(WATCH.toMillis(), Math.min(stallTimeout.toMillis(), giveUpAfter.toMillis()) / 4));
        this.watch = threads.timer().scheduleWithFixedDelay(this::watch, every, every, TimeUnit.MILLISECONDS);
    }

    void connect() {
        lock.lock();
        try {
            if (stopped || stream != null) return;
            NodeLink node = nodes.choose(java.util.Optional.empty(), tried);
            tried.add(node);
            open = false;
            listening = true;
            heardAt = System.nanoTime();
            stream = SessionStream.open(node, this);
            stream.send(ObserveRequest.newBuilder().setOpen(session.hello()).build());
        } catch (EngramException closed) {
            giveUp(closed);
        } finally {
            lock.unlock();
        }
    }

    boolean canSend() {
        return open && stream != null && stream.isReady();
    }

    /// @param first nothing was owed before: silence counts from now
    void send(ObserveRequest request, boolean first) {
        if (first) heardAt = System.nanoTime();
        if (stream != null) stream.send(request);
    }

    /// Asks for the next message, once what came before has been delivered.
    void askForNext(SessionStream from) {
        if (from != stream) return;
        listening = true;
        heardAt = System.nanoTime();
        from.askForNext();
    }

    @Nullable SessionStream current() {
        return stream;
    }

    /// Something became durable, or nothing is owed: whatever was wrong is over.
    void well() {
        inTrouble = false;
        failuresInRow = 0;
        busyInRow = 0;
    }

    @Override
    public void heard(SessionStream from, ObserveResponse response) {
        lock.lock();
        try {
            if (from != stream || stopped) return;
            listening = false;
            nodes.answered(from.node());
            switch (response.getMessageCase()) {
                case OPENED -> {
                    open = true;
                    tried.clear();
                    session.opened(response.getOpened());
                }
                case PROGRESS -> session.progressed(response.getProgress());
                // From a newer node: not for us.
                case MESSAGE_NOT_SET -> askForNext(from);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ready(SessionStream from) {
        lock.lock();
        try {
            if (from == stream && open) session.ready();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ended(SessionStream from, Fault fault) {
        lock.lock();
        try {
            if (from == stream && !stopped) lost(fault);
        } finally {
            lock.unlock();
        }
    }

    /// The present stream is of no use any more.
    void lost(Fault fault) {
        SessionStream ended = stream;
        if (ended == null) return;
        stream = null;
        open = false;
        ended.cancel("left for another"); // of no effect on a stream that the node has ended
        if (!passing(fault)) {
            giveUp(Faults.exception(fault, null));
            return;
        }
        if (fault.reason().isEmpty() || fault.reason().equals("NOT_READY")) {
            nodes.failed(ended.node());
            nodeFailed.run();
        }
        if (!inTrouble) troubleSince = System.nanoTime();
        inTrouble = true;
        failuresInRow++;
        boolean another = nodes.another(tried);
        if (!another) tried.clear();
        // At once elsewhere, but only at first: a fault that travels with us must not make us spin through the nodes.
        boolean atOnce = another && failuresInRow <= 2 && Attempt.elsewhereMayDo(fault);
        long asked = fault.retryAfter().map(Duration::toMillis).orElse(0L);
        long wait = atOnce ? 0 : Math.max(asked, backoff.apply(failuresInRow));
        try {
            var unused = threads.timer().schedule(this::connect, wait, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            giveUp(Closed.exception());
        }
    }

    private boolean passing(Fault fault) {
        if (fault.reason().equals("SESSION_BUSY") && ++busyInRow > BUSY_AT_MOST) return false;
        if (!fault.reason().isEmpty()) return PASSING.contains(fault.reason());
        return switch (fault.code()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL, ABORTED, RESOURCE_EXHAUSTED -> true;
            default -> false;
        };
    }

    private void watch() {
        lock.lock();
        try {
            if (stopped) return;
            long now = System.nanoTime();
            if (inTrouble && now - troubleSince > giveUpAfter.toNanos()) {
                Fault fault = Fault.local(Status.Code.UNAVAILABLE, "", "no node took the session for " + giveUpAfter);
                giveUp(new UnavailableException(fault, null));
                return;
            }
            SessionStream present = stream;
            if (present == null || !listening || (open && !session.owed())) return;
            long quiet = now - heardAt;
            if (quiet > stallTimeout.toNanos()) lost(Fault.local(Status.Code.UNAVAILABLE, "", "the node was silent for " + stallTimeout));
            else if (quiet > Pulse.QUIET.toNanos()) leaveIfSilent(present.node());
        } finally {
            lock.unlock();
        }
    }

    /// A node that is slow says something once a second. One that answers no other question either is left for one that does, if
    /// there is one: the stall timeout need not pass.
    private void leaveIfSilent(NodeLink node) {
        if (nodes.isSilent(node) && nodes.another(List.of(node)))
            lost(Fault.local(Status.Code.UNAVAILABLE, "", "the node answers nothing any more"));
        else pulse.feel(node);
    }

    private void giveUp(EngramException failure) {
        if (stopped) return;
        stop(false);
        session.failed(failure);
    }

    /// @param politely everything has been said: let the node end the stream, and do not wait for it
    void stop(boolean politely) {
        stopped = true;
        watch.cancel(false);
        SessionStream last = stream;
        stream = null;
        if (last == null) return;
        if (!politely || !open) {
            last.cancel("session closed");
            return;
        }
        last.halfClose();
        try {
            var unused = threads.timer().schedule(() -> last.cancel("session closed"), stallTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            last.cancel("session closed");
        }
    }
}
