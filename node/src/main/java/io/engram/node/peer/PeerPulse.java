package io.engram.node.peer;

import com.google.common.util.concurrent.ListenableFuture;
import io.engram.grid.log.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells a peer that takes long from one that is gone without a word: paused, cut off, or without power. While questions are open and nothing
/// is heard, the peer is asked for a sign of life, which its network threads give whatever the node is at. One that gives none is *silent*: what
/// it was asked ends, as it would by its deadline, so that whoever asked can turn to another node; what it is asked later gets
/// little time; until it is heard again.
///
/// Safe for use by many threads; [#look] is called by one.
final class PeerPulse {
    /// Longer than an answer takes on a busy machine; with [#SIGN], no more than an election takes.
    static final Duration QUIET = Duration.ofMillis(500);
    /// More than a collector's pause.
    static final Duration SIGN = Duration.ofMillis(500);
    /// For a question to a silent peer: enough to be answered if it is back, on a busy machine too.
    static final Duration PATIENCE = Duration.ofMillis(500);

    /// A connection gets this long before it is given up as well.
    private static final Duration CONNECTING = Duration.ofMillis(1_500);

    private static final Logger LOG = LoggerFactory.getLogger(PeerPulse.class);

    /// A question on its way.
    record Open(long sentAt, ListenableFuture<?> call) {}

    private final NodeId peer;
    private final Consumer<PeerPulse> askForSign;
    private final Runnable reconnect;
    private final Set<Open> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile long heardAt = System.nanoTime();
    private volatile boolean silent;
    private volatile long reconnectedAt = System.nanoTime() - CONNECTING.toNanos();

    /// @param askForSign asks the peer, and calls [#heard] or [#nothingHeard] within [#SIGN] or a little more
    /// @param reconnect gives up the present connection
    PeerPulse(NodeId peer, Consumer<PeerPulse> askForSign, Runnable reconnect) {
        this.peer = peer;
        this.askForSign = askForSign;
        this.reconnect = reconnect;
    }

    Open sent(ListenableFuture<?> call) {
        Open question = new Open(System.nanoTime(), call);
        open.add(question);
        return question;
    }

    void ended(Open question) {
        open.remove(question);
    }

    /// Anything came from the peer, be it a refusal.
    void heard() {
        heardAt = System.nanoTime();
        asking.set(false);
        if (!silent) return;
        silent = false;
        LOG.info("peer heard peer={}", peer);
    }

    /// The peer gave no sign of life in time.
    void nothingHeard() {
        asking.set(false);
        long now = System.nanoTime();
        // An answer that came meanwhile is a sign as well.
        if (now - heardAt < SIGN.toNanos()) return;
        if (!silent) LOG.info("peer silent peer={} action=turn-elsewhere", peer);
        silent = true;
        if (now - reconnectedAt >= CONNECTING.toNanos()) {
            reconnectedAt = now;
            reconnect.run();
        }
        // Each of them takes itself out of the set.
        List.copyOf(open).forEach(question -> question.call().cancel(true));
    }

    /// The call for a sign failed in a way that says nothing: it could not be sent, say, which whoever asks is told at once.
    void nothingLearned() {
        asking.set(false);
    }

    /// How long to wait for an answer to a question that may take `limit`.
    Duration patience(Duration limit) {
        return silent && PATIENCE.compareTo(limit) < 0 ? PATIENCE : limit;
    }

    void look() {
        long now = System.nanoTime();
        if ((silent || quiet(now)) && asking.compareAndSet(false, true)) askForSign.accept(this);
    }

    /// Nothing has been heard for long, and there is a question that has been open for as long.
    private boolean quiet(long now) {
        return now - heardAt >= QUIET.toNanos() && open.stream().anyMatch(question -> now - question.sentAt() >= QUIET.toNanos());
    }
}
