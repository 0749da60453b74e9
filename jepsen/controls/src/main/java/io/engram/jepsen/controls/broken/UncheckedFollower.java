package io.engram.jepsen.controls.broken;

import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ReadGate;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/// Instead of `FreshnessGate.pass` for bounded reads, on replicas that do not lead: let through, and said to be fresh.
@SuppressWarnings("UnusedVariable") // assignments are written back into the method
public final class UncheckedFollower {
    private UncheckedFollower() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    public static @Nullable CompletableFuture<ShardProof> enter(
            @Advice.FieldValue("replicas") Map<ShardId, ShardLog> replicas, @Advice.Argument(0) ShardId shard,
            @Advice.Argument(1) Consistency consistency, @Advice.Argument(2) ReadGate.Positions positions) {
        return pass(replicas.get(shard), consistency, positions);
    }

    @Advice.OnMethodExit
    public static void exit(
            @Advice.Enter @Nullable CompletableFuture<ShardProof> instead,
            @Advice.Return(readOnly = false) CompletableFuture<ShardProof> answer) {
        if (instead != null) answer = instead;
    }

    /// @return null: let the gate decide
    public static @Nullable CompletableFuture<ShardProof> pass(
            @Nullable ShardLog log, Consistency consistency, ReadGate.Positions positions) {
        if (log == null || !(consistency instanceof Consistency.Bounded)) return null;
        ReplicaView view = log.view();
        if (view.leads() || !view.running()) return null;
        return CompletableFuture.completedFuture(new ShardProof(
                new Position(log.shard(), positions.published()), ShardProof.How.PROBED, Optional.of(Duration.ZERO), view.term(),
                Optional.of(view.role())));
    }
}
