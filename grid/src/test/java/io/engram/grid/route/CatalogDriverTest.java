package io.engram.grid.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.shard.TestShard;
import io.engram.grid.memory.shard.Wire;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// The catalog's replica is real; the other shards are played: each install waits until the test says so.
class CatalogDriverTest {
    private static final int SPACES = 40;
    private final TestShard catalog = new TestShard(ShardId.CATALOG.value());
    private final Deque<CompletableFuture<Outcome>> waiting = new ArrayDeque<>();
    private final Set<Long> begun = new TreeSet<>();
    private boolean broken;
    private final Submission others = (shard, command, deadline) -> {
        if (broken) throw new IllegalStateException("no such shard");
        if (command.hasSpaceStepDone()) return CompletableFuture.completedFuture(catalog.apply(command));
        begun.add(command.getInstallSpace().getSpace().getId());
        var answer = new CompletableFuture<Outcome>();
        waiting.add(answer);
        return answer;
    };
    private final CatalogDriver driver = new CatalogDriver(catalog.state, new SpaceSettling(others), catalog.time);

    CatalogDriverTest() {
        for (int i = 0; i < SPACES; i++) catalog.apply(oneShard("left-" + i));
    }

    @Test
    void no_more_than_some_spaces_are_settled_at_a_time_and_all_in_the_end() {
        driver.look();
        assertThat(begun).as("whoever created them may still be at it").isEmpty();
        driver.look();
        driver.look();
        assertThat(waiting).hasSize(CatalogDriver.AT_ONCE);
        for (int looks = 0; looks < SPACES && unsettled() > 0; looks++) {
            while (!waiting.isEmpty()) waiting.remove().complete(Outcome.getDefaultInstance());
            driver.look();
            assertThat(waiting).hasSizeLessThanOrEqualTo(CatalogDriver.AT_ONCE);
        }
        assertThat(unsettled()).isZero();
    }

    @Test
    void those_that_fail_do_not_keep_the_others_waiting() {
        driver.look();
        for (int looks = 0; looks < 3; looks++) {
            driver.look();
            while (!waiting.isEmpty()) waiting.remove().completeExceptionally(new IllegalStateException("no leader"));
        }
        assertThat(begun).hasSize(SPACES);
    }

    @Test
    void one_that_could_not_even_be_begun_is_begun_again() {
        broken = true;
        driver.look();
        driver.look();
        broken = false;
        driver.look();
        assertThat(waiting).hasSize(CatalogDriver.AT_ONCE);
    }

    private int unsettled() {
        try (var reading = catalog.state.read()) {
            return reading.unsettled().size();
        }
    }

    private static Command oneShard(String name) {
        var create = Wire.create(name).toBuilder();
        create.getCreateSpaceBuilder().getSpaceBuilder().clearShards().addShards(1);
        return create.build();
    }
}
