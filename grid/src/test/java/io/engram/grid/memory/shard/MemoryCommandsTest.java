package io.engram.grid.memory.shard;

import static io.engram.grid.memory.shard.Wire.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemoryCommandsTest {
    private static final Space SPACE = space(9, 1);
    private final TestShard shard = new TestShard(0);

    private TestShard installed() {
        shard.apply(install(SPACE));
        return shard;
    }

    @Nested
    class A_put {
        @Test
        void has_its_position_as_its_version_and_names_the_one_it_replaced() {
            installed();
            Outcome first = shard.apply(put(SPACE, "a", "one"));
            Outcome second = shard.apply(put(SPACE, "a", "two"));
            assertThat(first.getRecorded().getVersion()).isEqualTo(2).isEqualTo(first.getIndex());
            assertThat(second.getRecorded().getVersion()).isEqualTo(3);
            assertThat(second.getRecorded().getReplacedVersion()).isEqualTo(2);
            assertThat(shard.memories(SPACE)).isEqualTo(Map.of("a", 3L));
            assertThat(shard.news).containsExactly("recorded a 2 2", "recorded a 3 3");
        }

        @Test
        void shows_the_row_with_its_text_and_checksum() {
            installed().apply(put(SPACE, "a", "one"));
            try (ShardReading reading = shard.state.read()) {
                var at = reading.find(SPACE.id(), new MemoryKey("a")).orElseThrow();
                assertThat(reading.rows().shows(at.row())).isTrue();
                assertThat(shard.segments.read(at.row()).observation()).isEqualTo(observation("a", "one"));
                assertThat(shard.segments.read(at.row()).checksum()).isEqualTo(at.checksum());
                assertThat(reading.rows().position()).isEqualTo(reading.position());
            }
        }

        @Test
        void to_a_space_that_is_not_installed_is_refused() {
            assertThat(shard.apply(put(SPACE, "a", "one")).getRefused().getReason()).isEqualTo("SPACE_NOT_FOUND");
        }

        @Test
        void with_another_dimension_is_refused() {
            var put = putOf(SPACE, "a", "one");
            put.getObservationBuilder().setVector(ByteString.copyFrom(new byte[12]));
            Outcome outcome = installed().apply(Command.newBuilder().setPut(put).build());
            assertThat(outcome.getRefused().getReason()).isEqualTo("DIMENSION_MISMATCH");
            assertThat(outcome.getRefused().getMessage()).contains("2 floats, had 3");
        }

        @Test
        void that_no_edge_would_send_is_refused_with_its_field_and_stops_nobody() {
            var put = putOf(SPACE, "a", "one");
            put.getObservationBuilder().setKey("");
            Outcome outcome = installed().apply(Command.newBuilder().setPut(put).build());
            assertThat(outcome.getRefused().getReason()).isEqualTo("INVALID_ARGUMENT");
            assertThat(outcome.getRefused().getMessage()).startsWith("observation.key must be 1..512");
            assertThat(shard.apply(put(SPACE, "a", "one")).hasRecorded()).isTrue();
        }

        @Test
        void of_a_key_of_another_shard_is_refused() {
            Space spread = space(10, 2);
            shard.apply(install(spread));
            String elsewhere = keyOf(spread, 1);
            assertThat(shard.apply(put(spread, elsewhere, "x")).getRefused().getReason()).isEqualTo("INVALID_ARGUMENT");
            assertThat(shard.apply(put(spread, keyOf(spread, 0), "x")).hasRecorded()).isTrue();
        }
    }

    static String keyOf(Space space, int shard) {
        for (int i = 0; ; i++)
            if (space.shardOf(new MemoryKey("key" + i)).value() == shard) return "key" + i;
    }

    @Nested
    class A_condition {
        @Test
        void on_the_version_holds_only_at_that_version() {
            installed().apply(put(SPACE, "a", "one"));
            Command stale = Command.newBuilder().setPut(putOf(SPACE, "a", "x").setExpectedVersion(1)).build();
            Outcome refused = shard.apply(stale);
            assertThat(refused.getRefused().getReason()).isEqualTo("VERSION_CONFLICT");
            assertThat(refused.getRefused().getCurrentVersion()).isEqualTo(2);
            Command right = Command.newBuilder().setPut(putOf(SPACE, "a", "x").setExpectedVersion(2)).build();
            assertThat(shard.apply(right).getRecorded().getReplacedVersion()).isEqualTo(2);
        }

        @Test
        void on_a_version_of_what_is_not_there_does_not_hold() {
            Command put = Command.newBuilder().setPut(putOf(SPACE, "a", "x").setExpectedVersion(2)).build();
            Outcome outcome = installed().apply(put);
            assertThat(outcome.getRefused().getReason()).isEqualTo("VERSION_CONFLICT");
            assertThat(outcome.getRefused().getCurrentVersion()).isZero();
        }

        @Test
        void that_it_must_not_exist_holds_before_and_after_it_did() {
            Command put = Command.newBuilder().setPut(putOf(SPACE, "a", "x").setMustNotExist(true)).build();
            assertThat(installed().apply(put).hasRecorded()).isTrue();
            assertThat(shard.apply(put).getRefused().getReason()).isEqualTo("VERSION_CONFLICT");
            shard.apply(forget(SPACE, "a"));
            assertThat(shard.apply(put).hasRecorded()).isTrue();
        }
    }

    @Nested
    class Forgetting {
        @Test
        void takes_the_memory_away_and_tells_its_version() {
            installed().apply(put(SPACE, "a", "one"));
            assertThat(shard.apply(forget(SPACE, "a")).getForgotten().getVersion()).isEqualTo(2);
            assertThat(shard.memories(SPACE)).isEmpty();
            assertThat(shard.segments.figures().liveRows()).isZero();
            assertThat(shard.news).contains("forgotten a 2");
        }

        @Test
        void what_is_not_there_is_refused() {
            assertThat(installed().apply(forget(SPACE, "a")).getRefused().getReason()).isEqualTo("MEMORY_NOT_FOUND");
        }

        @Test
        void another_version_is_refused() {
            installed().apply(put(SPACE, "a", "one"));
            var forget = forget(SPACE, "a").toBuilder();
            forget.getForgetBuilder().setExpectedVersion(1);
            assertThat(shard.apply(forget.build()).getRefused().getCurrentVersion()).isEqualTo(2);
        }
    }

    @Nested
    class The_limit_of_memories {
        @Test
        void is_shared_by_the_shards_in_equal_parts_rounded_up() {
            Space two = space(11, 2, new SpaceLimits(Duration.ofHours(1), 3, 1));
            shard.apply(install(two));
            int recorded = 0;
            String refused = "";
            for (int i = 0; i < 20; i++) {
                String key = "k" + i;
                if (two.shardOf(new MemoryKey(key)).value() != 0) continue;
                Outcome outcome = shard.apply(put(two, key, "x"));
                if (outcome.hasRecorded()) recorded++;
                else refused = outcome.getRefused().getReason();
            }
            assertThat(recorded).isEqualTo(2);
            assertThat(refused).isEqualTo("SPACE_FULL");
            assertThat(shard.apply(put(two, shard.memories(two).firstKey(), "replaced")).hasRecorded()).isTrue();
            shard.apply(forget(two, shard.memories(two).firstKey()));
            assertThat(shard.apply(put(two, keyOf(two, 0), "x")).hasRecorded()).isTrue();
        }
    }

    @Nested
    class An_idempotency_key {
        @Test
        void has_the_first_outcome_at_the_first_position() {
            installed();
            Outcome first = shard.apply(put(SPACE, "a", "one", "k1"));
            shard.apply(put(SPACE, "a", "two"));
            Outcome again = shard.apply(put(SPACE, "a", "one", "k1"));
            assertThat(again.getReplayed()).isTrue();
            assertThat(again.toBuilder().clearReplayed().build()).isEqualTo(first);
            assertThat(shard.memories(SPACE)).isEqualTo(Map.of("a", 3L));
        }

        @Test
        void in_the_same_entry_counts_too() {
            installed();
            var outcomes = shard.apply(Duration.ZERO, put(SPACE, "a", "one", "k1"), put(SPACE, "a", "one", "k1"));
            assertThat(outcomes.get(1).getReplayed()).isTrue();
            assertThat(outcomes.get(1).getIndex()).isEqualTo(outcomes.get(0).getIndex());
        }

        @Test
        void for_another_request_is_refused() {
            installed().apply(put(SPACE, "a", "one", "k1"));
            assertThat(shard.apply(put(SPACE, "a", "two", "k1")).getRefused().getReason()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        }

        @Test
        void counts_for_its_space_and_memory_only() {
            installed().apply(put(SPACE, "a", "one", "k1"));
            assertThat(shard.apply(put(SPACE, "b", "two", "k1")).hasRecorded()).isTrue();
        }

        @Test
        void keeps_refusals_but_not_that_the_space_is_not_there() {
            Command put = put(SPACE, "a", "one", "k1");
            assertThat(shard.apply(put).getRefused().getReason()).isEqualTo("SPACE_NOT_FOUND");
            installed();
            assertThat(shard.apply(put).hasRecorded()).isTrue();
            var conflict = put(SPACE, "a", "two", "k2").toBuilder();
            conflict.getPutBuilder().setMustNotExist(true);
            shard.apply(conflict.build());
            shard.apply(forget(SPACE, "a"));
            Outcome again = shard.apply(conflict.build());
            assertThat(again.getReplayed()).isTrue();
            assertThat(again.getRefused().getReason()).isEqualTo("VERSION_CONFLICT");
        }

        @Test
        void is_forgotten_after_the_window_of_log_time_and_not_before() {
            Command put = put(SPACE, "a", "one", "k1");
            installed().apply(put);
            shard.pass(Duration.ofMinutes(10));
            assertThat(shard.apply(put).getReplayed()).isTrue();
            shard.pass(Duration.ofMillis(1));
            assertThat(shard.apply(put).getReplayed()).isFalse();
        }

        @Test
        void is_refused_when_its_command_comes_too_late() {
            Command put = put(SPACE, "a", "one", "k1").toBuilder().setNotAfterMs(1_000).build();
            installed();
            shard.pass(Duration.ofMillis(1_001));
            assertThat(shard.apply(put).getRefused().getReason()).isEqualTo("DEADLINE_EXCEEDED");
            assertThat(shard.memories(SPACE)).isEmpty();
        }

        @Test
        void cannot_be_applied_a_second_time_by_a_command_that_was_stuck_for_the_window() {
            installed();
            long windowMs = MemoryConfig.DEFAULT.idempotencyWindow().toMillis();
            Command put = put(SPACE, "a", "one", "k1").toBuilder().setNotAfterMs(windowMs).build();
            shard.apply(put);
            shard.pass(Duration.ofMillis(windowMs - 1));
            for (int ms = 0; ms < 3; ms++) {
                shard.apply(put);
                shard.pass(Duration.ofMillis(1));
            }
            assertThat(shard.memories(SPACE)).isEqualTo(Map.of("a", 2L));
        }
    }

    @Nested
    class The_idempotency_table {
        private final TestShard small = new TestShard(0, new MemoryConfig(Duration.ofMinutes(1), 17, 10));

        @Test
        void refuses_rather_than_forget_early() {
            small.apply(install(SPACE));
            int kept = fill(SPACE);
            assertThat(kept).isEqualTo(16);
            for (int i = 0; i < kept; i++) assertThat(small.apply(put(SPACE, "k" + i, "x", "i" + i)).getReplayed()).isTrue();
            assertThat(small.apply(put(SPACE, "other", "x")).hasRecorded()).isTrue();
            small.pass(Duration.ofMillis(60_001));
            assertThat(fill(SPACE)).isEqualTo(16);
        }

        @Test
        void leaves_room_for_other_spaces() {
            Space other = space(10, 1);
            small.apply(Duration.ZERO, install(SPACE), install(other));
            assertThat(fill(SPACE)).isEqualTo(16);
            assertThat(fill(other)).isEqualTo(1);
        }

        private int fill(Space space) {
            for (int i = 0; ; i++) {
                Outcome outcome = small.apply(put(space, "k" + i, "x", "i" + i));
                if (outcome.hasRefused()) {
                    assertThat(outcome.getRefused().getReason()).isEqualTo("IDEMPOTENCY_TABLE_FULL");
                    return i;
                }
            }
        }
    }

    @Nested
    class When_applying_fails {
        @Test
        void nothing_of_the_entry_shows_and_nothing_more_is_applied() {
            installed().apply(put(SPACE, "a", "one"));
            long digest = shard.digest();
            long applied = shard.state.applied();
            shard.news.clear();
            shard.segments.failAfter(1);
            assertThatThrownBy(() -> shard.apply(Duration.ZERO, put(SPACE, "a", "two"), put(SPACE, "b", "two")))
                    .isInstanceOf(UncheckedIOException.class);
            assertThat(shard.digest()).isEqualTo(digest);
            assertThat(shard.state.applied()).isEqualTo(applied);
            assertThat(shard.state.published()).isEqualTo(2);
            assertThat(shard.news).isEmpty();
            assertThatThrownBy(() -> shard.apply(tick())).hasMessageContaining("frozen");
            assertThatThrownBy(() -> shard.state.snapshot(Path.of("nowhere"))).hasMessageContaining("frozen");
        }

        @Test
        void in_the_last_step_nothing_shows_either() {
            installed();
            shard.segments.failNextPublish();
            assertThatThrownBy(() -> shard.apply(put(SPACE, "a", "one"))).isInstanceOf(UncheckedIOException.class);
            assertThat(shard.memories(SPACE)).isEmpty();
            assertThat(shard.state.applied()).isEqualTo(0);
        }

        @Test
        void restoring_brings_it_back() throws Exception {
            installed();
            shard.segments.failAfter(0);
            assertThatThrownBy(() -> shard.apply(put(SPACE, "a", "one"))).isInstanceOf(UncheckedIOException.class);
            shard.state.restore(Path.of("unused"), List.of());
            assertThat(shard.state.applied()).isEqualTo(-1);
            installed();
            assertThat(shard.apply(put(SPACE, "a", "one")).getRecorded().getVersion()).isEqualTo(2);
        }

        @Test
        void a_command_that_cannot_be_read_freezes_it() {
            Command unknown = Command.getDefaultInstance();
            assertThatThrownBy(() -> shard.apply(unknown)).hasMessageContaining("not known");
            assertThatThrownBy(() -> shard.apply(tick())).hasMessageContaining("frozen");
        }
    }

    @Nested
    class A_reading {
        @Test
        void stays_at_its_position_whatever_comes() {
            installed().apply(put(SPACE, "a", "one"));
            ShardReading reading = shard.state.read();
            shard.apply(Duration.ZERO, put(SPACE, "a", "two"), put(SPACE, "b", "x"), forget(SPACE, "a"));
            shard.apply(drop(SPACE));
            assertThat(TestShard.memories(reading, SPACE)).isEqualTo(Map.of("a", 2L));
            assertThat(reading.space(SPACE.id())).contains(SPACE);
            assertThat(reading.rows().shows(reading.find(SPACE.id(), new MemoryKey("a")).orElseThrow().row())).isTrue();
            assertThat(shard.segments.openViews()).isEqualTo(2);
            reading.close();
            reading.close();
            assertThat(shard.segments.openViews()).isEqualTo(1);
            assertThat(shard.news).contains("dropped 9");
        }

        @Test
        void scans_keys_in_the_order_of_their_utf8_from_a_key_and_by_prefix() {
            installed();
            for (String key : new String[] {"b", "a", "aa", "ab", "\uFFFD", "\uD83D\uDE00", "é"}) shard.apply(put(SPACE, key, "x"));
            try (ShardReading reading = shard.state.read()) {
                assertThat(scan(reading, Optional.empty(), "")).containsExactly("a", "aa", "ab", "b", "é", "\uFFFD", "\uD83D\uDE00");
                assertThat(scan(reading, Optional.empty(), "a")).containsExactly("a", "aa", "ab");
                assertThat(scan(reading, Optional.of("aa"), "a")).containsExactly("aa", "ab");
                assertThat(scan(reading, Optional.of("b"), "")).containsExactly("b", "é", "\uFFFD", "\uD83D\uDE00");
                assertThat(scan(reading, Optional.of("b"), "a")).isEmpty();
                assertThat(reading.memories(SPACE.id())).isEqualTo(7);
            }
        }

        private static List<String> scan(ShardReading reading, Optional<String> from, String prefix) {
            return reading.scan(SPACE.id(), from.map(MemoryKey::new), prefix).map(at -> at.key().value()).toList();
        }
    }

    @Nested
    class Waiting_for_a_position {
        @Test
        void ends_when_it_is_published() {
            var waiting = shard.state.whenPublished(2, shard.time.in(Duration.ofSeconds(1)));
            shard.apply(tick());
            assertThat(waiting).isNotDone();
            shard.apply(tick());
            assertThat(waiting).isCompleted();
        }

        @Test
        void ends_at_the_deadline() {
            var waiting = shard.state.whenPublished(2, shard.time.in(Duration.ofSeconds(1)));
            shard.time.advance(Duration.ofSeconds(2));
            assertThat(waiting).isCompletedExceptionally();
            assertThat(waiting.exceptionNow()).isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void log_time_adds_what_elapsed_but_never_more_than_ten_seconds_an_entry() {
        shard.apply(Duration.ofSeconds(3), tick());
        shard.apply(Duration.ofDays(300), tick());
        shard.apply(Duration.ofSeconds(-5), tick());
        try (ShardReading reading = shard.state.read()) {
            assertThat(reading.logTime()).isEqualTo(Duration.ofSeconds(13));
        }
    }
}
