package io.engram.grid.memory.shard;

import static io.engram.grid.memory.shard.Wire.delete;
import static io.engram.grid.memory.shard.Wire.drop;
import static io.engram.grid.memory.shard.Wire.install;
import static io.engram.grid.memory.shard.Wire.put;
import static io.engram.grid.memory.shard.Wire.revised;
import static io.engram.grid.memory.shard.Wire.space;
import static io.engram.grid.memory.shard.Wire.stepDone;
import static io.engram.grid.memory.shard.Wire.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CatalogCommandsTest {
    private final TestShard shard = new TestShard(0, new MemoryConfig(Duration.ofMinutes(1), 100, 2));

    private String reason(Command command) {
        return shard.apply(command).getRefused().getReason();
    }

    private List<String> visible() {
        try (ShardReading reading = shard.state.read()) {
            return reading.catalog(Optional.empty()).map(space -> space.name().value()).toList();
        }
    }

    private int unsettled() {
        try (ShardReading reading = shard.state.read()) {
            return reading.unsettled().size();
        }
    }

    private static Command keyed(Command command) {
        return command.toBuilder().setIdempotencyKey(ByteString.copyFromUtf8("k")).setFingerprint(1).build();
    }

    @Nested
    class Creating {
        @Test
        void has_its_position_as_the_id_and_shows_only_once_it_is_settled() {
            Outcome outcome = shard.apply(Wire.create("a"));
            assertThat(outcome.getSpace().getSpace().getId()).isEqualTo(outcome.getIndex()).isEqualTo(1);
            assertThat(outcome.getSpace().getSpace().getRevision()).isEqualTo(1);
            assertThat(outcome.getSpace().getSettled()).isFalse();
            assertThat(visible()).isEmpty();
            assertThat(unsettled()).isEqualTo(1);
            assertThat(reason(update("a", 0, 7))).isEqualTo("SPACE_NOT_FOUND");
            shard.apply(stepDone(1, 1));
            assertThat(visible()).containsExactly("a");
            assertThat(unsettled()).isZero();
        }

        @Test
        void a_name_that_is_taken_is_refused_even_before_it_is_settled() {
            shard.apply(Wire.create("a"));
            assertThat(reason(Wire.create("a"))).isEqualTo("SPACE_EXISTS");
        }

        @Test
        void more_spaces_than_allowed_is_refused() {
            shard.apply(Wire.create("a"));
            shard.apply(Wire.create("b"));
            assertThat(reason(Wire.create("c"))).isEqualTo("TOO_MANY_SPACES");
        }

        @Test
        void again_with_the_same_key_has_the_same_space_and_tells_whether_it_is_settled_now() {
            shard.apply(keyed(Wire.create("a")));
            assertThat(shard.apply(keyed(Wire.create("a"))).getSpace().getSettled()).isFalse();
            shard.apply(stepDone(1, 1));
            Outcome again = shard.apply(keyed(Wire.create("a")));
            assertThat(again.getReplayed()).isTrue();
            assertThat(again.getSpace().getSpace().getId()).isEqualTo(1);
            assertThat(again.getSpace().getSettled()).isTrue();
        }

        @Test
        void on_another_shard_is_refused() {
            assertThat(new TestShard(1).apply(Wire.create("a")).getRefused().getReason()).isEqualTo("INVALID_ARGUMENT");
        }

        @Test
        void what_is_no_space_is_refused_with_its_field() {
            Command.Builder bad = Wire.create("a").toBuilder();
            bad.getCreateSpaceBuilder().getSpaceBuilder().setDimension(0);
            assertThat(shard.apply(bad.build()).getRefused().getMessage()).isEqualTo("space.dimension must be 1..4096, was 0");
        }
    }

    @Nested
    class Updating {
        @Test
        void raises_the_revision_and_is_settled_only_by_a_step_of_that_revision() {
            shard.apply(Wire.create("a"));
            shard.apply(stepDone(1, 1));
            Outcome updated = shard.apply(update("a", 1, 7));
            assertThat(updated.getSpace().getSpace().getRevision()).isEqualTo(2);
            assertThat(updated.getSpace().getSpace().getMaxMemories()).isEqualTo(7);
            assertThat(visible()).containsExactly("a");
            shard.apply(stepDone(1, 1));
            assertThat(unsettled()).isEqualTo(1);
            shard.apply(stepDone(1, 2));
            assertThat(unsettled()).isZero();
        }

        @Test
        void another_revision_is_refused_with_the_present_one() {
            shard.apply(Wire.create("a"));
            shard.apply(stepDone(1, 1));
            Outcome outcome = shard.apply(update("a", 2, 7));
            assertThat(outcome.getRefused().getReason()).isEqualTo("REVISION_CONFLICT");
            assertThat(outcome.getRefused().getCurrentVersion()).isEqualTo(1);
        }
    }

    @Nested
    class Deleting {
        @Test
        void hides_it_at_once_and_frees_the_name_when_settled() {
            shard.apply(Wire.create("a"));
            shard.apply(stepDone(1, 1));
            Outcome deleted = shard.apply(keyed(delete("a")));
            assertThat(deleted.getSpace().getSpace().getRevision()).isEqualTo(2);
            assertThat(visible()).isEmpty();
            assertThat(reason(Wire.create("a"))).isEqualTo("SPACE_EXISTS");
            assertThat(reason(update("a", 0, 7))).isEqualTo("SPACE_NOT_FOUND");
            assertThat(shard.apply(delete("a")).getSpace().getSettled()).isFalse();
            shard.apply(stepDone(1, 1));
            try (ShardReading reading = shard.state.read()) {
                assertThat(reading.cataloged(new SpaceName("a")).orElseThrow().dropping()).isTrue();
            }
            shard.apply(stepDone(1, 2));
            assertThat(shard.apply(keyed(delete("a"))).getSpace().getSettled()).isTrue();
            assertThat(reason(delete("a"))).isEqualTo("SPACE_NOT_FOUND");
            assertThat(shard.apply(Wire.create("a")).getSpace().getSpace().getId()).isGreaterThan(1);
        }
    }

    @Nested
    class On_the_shards {
        private final Space first = space(7, 1);

        @Test
        void an_older_revision_changes_nothing() {
            Space second = revised(first, new SpaceLimits(Duration.ofSeconds(9), 1, 1));
            shard.apply(install(second));
            shard.apply(install(first));
            try (ShardReading reading = shard.state.read()) {
                assertThat(reading.space(first.id())).contains(second);
            }
        }

        @Test
        void a_newer_revision_keeps_the_memories() {
            shard.apply(install(first));
            shard.apply(put(first, "a", "x"));
            shard.apply(install(revised(first, new SpaceLimits(Duration.ofSeconds(9), 1, 1))));
            assertThat(shard.memories(first)).hasSize(1);
            assertThat(reason(put(first, "b", "x"))).isEqualTo("SPACE_FULL");
        }

        @Test
        void a_dropped_space_never_comes_back_whether_it_was_there_or_not() {
            shard.apply(install(first));
            shard.apply(put(first, "a", "x"));
            shard.apply(drop(first));
            assertThat(shard.segments.figures().liveRows()).isZero();
            assertThat(reason(install(first))).isEqualTo("SPACE_NOT_FOUND");
            assertThat(reason(put(first, "a", "x"))).isEqualTo("SPACE_NOT_FOUND");
            shard.apply(drop(space(8, 1)));
            assertThat(reason(install(space(8, 1)))).isEqualTo("SPACE_NOT_FOUND");
        }

        @Test
        void a_space_that_is_not_for_this_shard_is_refused() {
            assertThat(new TestShard(3).apply(install(first)).getRefused().getReason()).isEqualTo("INVALID_ARGUMENT");
        }
    }
}
