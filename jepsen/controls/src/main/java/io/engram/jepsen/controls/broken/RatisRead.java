package io.engram.jepsen.controls.broken;

import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ReadGate;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/// Instead of `FreshnessGate.pass` for linearizable reads: whatever Ratis says.
@SuppressWarnings("UnusedVariable") // assignments are written back into the method
public final class RatisRead {
    private RatisRead() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    public static @Nullable CompletableFuture<ShardProof> enter(
            @Advice.FieldValue("replicas") Map<ShardId, ShardLog> replicas, @Advice.Argument(0) ShardId shard,
            @Advice.Argument(1) Consistency consistency, @Advice.Argument(2) ReadGate.Positions positions,
            @Advice.Argument(3) Deadline deadline) {
        return RatisReads.pass(replicas.get(shard), consistency, positions, deadline);
    }

    @Advice.OnMethodExit
    public static void exit(
            @Advice.Enter @Nullable CompletableFuture<ShardProof> instead,
            @Advice.Return(readOnly = false) CompletableFuture<ShardProof> answer) {
        if (instead != null) answer = instead;
    }
}
