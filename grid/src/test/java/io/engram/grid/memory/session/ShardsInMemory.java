package io.engram.grid.memory.session;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.TestShard;
import io.engram.grid.memory.shard.Wire;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// All shards of a space, one replica each, and a way to them that loses, repeats, delays and reorders as a seed says.
final class ShardsInMemory implements Submission {
    /// Chances in percent, of each command.
    record Faults(int refused, int lost, int answerLost, int twice, int late) {
        static final Faults NONE = new Faults(0, 0, 0, 0, 0);
        static final Faults MANY = new Faults(5, 3, 3, 8, 3);
    }

    final ManualTime time = new ManualTime();
    final List<TestShard> shards = new ArrayList<>();
    final List<Command> landed = new ArrayList<>();
    private final Space space;
    private final Random random;
    Faults faults = Faults.NONE;
    private final long[] lastNanos;

    ShardsInMemory(Space space, long seed) {
        this.space = space;
        random = new Random(seed);
        lastNanos = new long[space.shards().size()];
        for (int i = 0; i < space.shards().size(); i++) {
            TestShard shard = new TestShard(i);
            shard.apply(Wire.install(space));
            shards.add(shard);
        }
    }

    @Override
    public CompletableFuture<Outcome> submit(ShardId shard, Command command, Deadline deadline) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        if (hits(faults.refused())) {
            later(5, () -> answer.completeExceptionally(new RefusedException(Reason.NO_LEADER, "between two leaders")));
            return answer;
        }
        time.after(deadline.left(time), () ->
                answer.completeExceptionally(new RefusedException(Reason.OUTCOME_UNKNOWN, "no answer at the deadline")));
        if (hits(faults.lost())) {
            fails(answer);
            return answer;
        }
        if (hits(faults.twice())) later(3_000, () -> land(shard, command));
        if (hits(faults.late())) {
            fails(answer);
            later(20_000, () -> land(shard, command));
            return answer;
        }
        boolean answerLost = hits(faults.answerLost());
        later(20, () -> {
            Outcome outcome = land(shard, command);
            if (answerLost) fails(answer);
            else later(10, () -> answer.complete(outcome));
        });
        return answer;
    }

    private void fails(CompletableFuture<Outcome> answer) {
        later(500, () -> answer.completeExceptionally(new RefusedException(Reason.OUTCOME_UNKNOWN, "connection lost")));
    }

    private Outcome land(ShardId shard, Command command) {
        landed.add(command);
        Duration elapsed = Duration.ofNanos(time.nanos() - lastNanos[shard.value()]);
        lastNanos[shard.value()] = time.nanos();
        return shards.get(shard.value()).apply(elapsed, command).getFirst();
    }

    private void later(int mostMillis, Runnable task) {
        time.after(Duration.ofMillis(1 + random.nextInt(mostMillis)), task);
    }

    private boolean hits(int percent) {
        return random.nextInt(100) < percent;
    }

    /// Number of the observation that the memory holds; 0: none.
    long numberAt(String key) {
        TestShard shard = shards.get(space.shardOf(new MemoryKey(key)).value());
        try (ShardReading reading = shard.state.read()) {
            return reading.find(space.id(), new MemoryKey(key))
                    .map(at -> Long.parseLong(shard.segments.read(at.row()).observation().text()))
                    .orElse(0L);
        }
    }
}
