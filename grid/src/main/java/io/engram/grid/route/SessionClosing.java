package io.engram.grid.route;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.shard.ShardReading.Closing;
import io.engram.grid.wire.CloseSession;
import io.engram.grid.wire.Command;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Tells the other shards of a space that home has expired a session, and then home that they know.
///
/// Every step changes nothing the second time. Never blocks; safe for use by many threads.
final class SessionClosing {
    /// Expired sessions may come by the thousand; the rest waits for the next look.
    static final int AT_ONCE = 64;

    private final Submission submission;
    private final Set<Closing> underWay = ConcurrentHashMap.newKeySet();

    SessionClosing(Submission submission) {
        this.submission = submission;
    }

    void look(List<Closing> expired, Deadline deadline) {
        for (Closing closing : expired) {
            if (underWay.size() >= AT_ONCE) return;
            if (underWay.add(closing)) {
                var _ = close(closing, deadline).whenComplete((done, fault) -> underWay.remove(closing));
            }
        }
    }

    private CompletableFuture<?> close(Closing closing, Deadline deadline) {
        var command = Command.newBuilder()
                .setCloseSession(CloseSession.newBuilder()
                        .setSpace(closing.space().id().value())
                        .setSession(closing.session().value())
                        .setIncarnation(closing.incarnation()))
                .build();
        ShardId home = closing.space().homeOf(closing.session());
        var others = closing.space().shards().stream()
                .filter(shard -> !shard.equals(home))
                .map(shard -> submission.submit(shard, command, deadline))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(others).thenCompose(told -> submission.submit(home, command, deadline));
    }
}
