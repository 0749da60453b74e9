package io.engram.client;

import io.engram.v1.ClusterServiceGrpc;
import io.engram.v1.GetStatusRequest;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells a node that is slow from one that is gone without a word: paused, cut off, or on a machine that lost its power. Whoever has
/// waited for longer than [#QUIET] has the node asked something that takes no time; one that does not answer that either is *silent*:
/// it is asked last, and sessions leave it, until it answers such a question again.
///
/// For many threads; at most one question to a node at a time.
final class Pulse {
    /// Several times what a loaded node takes for a write, and less than an election takes.
    static final Duration QUIET = Duration.ofMillis(700);

    private static final Logger log = LoggerFactory.getLogger(Pulse.class);
    /// Longer than the pauses of a collector.
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(1);
    /// The machine of a node answers a connection, whatever the node is at: with [#QUIET], this is long for any network.
    private static final Duration CONNECTS_WITHIN = Duration.ofMillis(300);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Nodes nodes;
    private final ScheduledExecutorService timer;
    private final Runnable nodeFailed;

    /// @param nodeFailed called when a node fell silent; must not block
    Pulse(Nodes nodes, ScheduledExecutorService timer, Runnable nodeFailed) {
        this.nodes = nodes;
        this.timer = timer;
        this.nodeFailed = nodeFailed;
    }

    /// Has the node asked, unless it has just been heard, is being asked, or is the only one: then nothing would come of knowing.
    void feel(NodeLink node) {
        if (nodes.doubt(node, QUIET, ANSWERS_WITHIN)) ask(node, FIRST_PAUSE);
    }

    private void ask(NodeLink node, Duration pause) {
        Duration limit = node.connected() ? ANSWERS_WITHIN : CONNECTS_WITHIN;
        var unused = Attempt.make(
                        node, ClusterServiceGrpc.getGetStatusMethod(), GetStatusRequest.newBuilder().setLocalOnly(true).build(), limit)
                .whenComplete((status, failure) -> {
                    if (failure instanceof Attempt.Failed failed && failed.nothingHeard()) {
                        silent(node, pause);
                        return;
                    }
                    nodes.doubtEnded(node);
                    if (failure instanceof Attempt.Failed failed && failed.nodeUnwell()) {
                        nodes.failed(node);
                        nodeFailed.run();
                    } else nodes.answered(node);
                });
    }

    private void silent(NodeLink node, Duration pause) {
        if (nodes.silent(node)) {
            log.debug("node silent node={}", node);
            nodeFailed.run();
        }
        // What was sent into a cut connection is sent again more and more seldom, also after the cut is over.
        if (nodes.worthRedialling(node)) node.redial();
        Duration doubled = pause.multipliedBy(2);
        Duration next = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        try {
            var unused = timer.schedule(() -> ask(node, next), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            // Nobody wants to know any more.
        }
    }
}
