package io.engram.grid.memory.shard;

import static io.engram.grid.memory.shard.Wire.batch;
import static io.engram.grid.memory.shard.Wire.close;
import static io.engram.grid.memory.shard.Wire.install;
import static io.engram.grid.memory.shard.Wire.item;
import static io.engram.grid.memory.shard.Wire.openGuest;
import static io.engram.grid.memory.shard.Wire.openHome;
import static io.engram.grid.memory.shard.Wire.rejection;
import static io.engram.grid.memory.shard.Wire.settle;
import static io.engram.grid.memory.shard.Wire.space;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.NumberedRejection;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.SessionBatch;
import io.engram.grid.wire.SessionState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SessionCommandsTest {
    private static final Space SPACE = space(9, 2, new SpaceLimits(Duration.ofMinutes(1), 0, 2));
    private final String session = sessionOf(0, 0);
    private final TestShard home = installed(0);
    private final TestShard guest = installed(1);

    private static TestShard installed(int shard) {
        TestShard installed = new TestShard(shard);
        installed.apply(install(SPACE));
        return installed;
    }

    private static String sessionOf(int homeShard, int skip) {
        int left = skip;
        for (int i = 0; ; i++)
            if (SPACE.homeOf(new SessionId("s" + i)).value() == homeShard && left-- == 0) return "s" + i;
    }

    private static String key(int shard, int skip) {
        int left = skip;
        for (int i = 0; ; i++)
            if (SPACE.shardOf(new MemoryKey("k" + i)).value() == shard && left-- == 0) return "k" + i;
    }

    private static String reason(Outcome outcome) {
        return outcome.getRefused().getReason();
    }

    /// Opened on both shards and settled.
    private SessionState opened() {
        SessionState state = home.apply(openHome(SPACE, session, 0)).getSession();
        guest.apply(openGuest(SPACE, session, state.getIncarnation(), state.getStream(), state.getSettled()));
        return home.apply(settle(SPACE, session, state.getIncarnation(), state.getStream())).getSession();
    }

    private SessionBatch.Builder range(SessionState state, long from, long through) {
        return batch(SPACE, session, state.getIncarnation(), state.getStream(), from, through);
    }

    @Nested
    class Opening_at_home {
        @Test
        void gives_the_position_as_incarnation_and_stream() {
            Outcome outcome = home.apply(openHome(SPACE, session, 0));
            assertThat(outcome.getSession().getIncarnation()).isEqualTo(outcome.getIndex());
            assertThat(outcome.getSession().getStream()).isEqualTo(outcome.getIndex());
            assertThat(outcome.getSession().getExisted()).isFalse();
        }

        @Test
        void again_keeps_the_incarnation_once_it_is_settled() {
            SessionState first = opened();
            Outcome again = home.apply(openHome(SPACE, session, 0));
            assertThat(again.getSession().getExisted()).isTrue();
            assertThat(again.getSession().getIncarnation()).isEqualTo(first.getIncarnation());
            assertThat(again.getSession().getStream()).isEqualTo(again.getIndex());
        }

        @Test
        void again_before_it_is_settled_makes_a_new_incarnation_so_that_the_old_opening_comes_to_nothing() {
            SessionState first = home.apply(openHome(SPACE, session, 0)).getSession();
            SessionState second = home.apply(openHome(SPACE, session, 0)).getSession();
            assertThat(second.getIncarnation()).isGreaterThan(first.getIncarnation());
            assertThat(reason(home.apply(settle(SPACE, session, first.getIncarnation(), first.getStream())))).isEqualTo("SESSION_BUSY");
        }

        @Test
        void is_refused_on_any_other_shard() {
            assertThat(reason(guest.apply(openHome(SPACE, session, 0)))).isEqualTo("INVALID_ARGUMENT");
        }

        @Test
        void with_acknowledgements_that_home_does_not_know_of_has_expired() {
            assertThat(reason(home.apply(openHome(SPACE, session, 1)))).isEqualTo("SESSION_EXPIRED");
            opened();
            assertThat(reason(home.apply(openHome(SPACE, session, 1)))).isEqualTo("SESSION_EXPIRED");
        }

        @Test
        void is_refused_above_the_limit_until_one_has_expired_and_is_closed_everywhere() {
            home.apply(openHome(SPACE, sessionOf(0, 1), 0));
            SessionState state = opened();
            assertThat(reason(home.apply(openHome(SPACE, sessionOf(0, 2), 0)))).isEqualTo("TOO_MANY_SESSIONS");
            home.pass(Duration.ofMillis(60_001));
            assertThat(reason(home.apply(openHome(SPACE, sessionOf(0, 2), 0)))).isEqualTo("TOO_MANY_SESSIONS");
            home.apply(close(SPACE, session, state.getIncarnation()));
            assertThat(home.apply(openHome(SPACE, sessionOf(0, 2), 0)).hasSession()).isTrue();
        }
    }

    @Nested
    class Opening_elsewhere {
        @Test
        void an_older_stream_is_busy() {
            guest.apply(openGuest(SPACE, session, 5, 8, false));
            assertThat(reason(guest.apply(openGuest(SPACE, session, 5, 7, true)))).isEqualTo("SESSION_BUSY");
        }

        @Test
        void a_settled_incarnation_is_not_created_anew() {
            assertThat(reason(guest.apply(openGuest(SPACE, session, 5, 7, true)))).isEqualTo("SESSION_EXPIRED");
        }

        @Test
        void a_later_incarnation_starts_from_nothing() {
            SessionState state = opened();
            guest.apply(Wire.of(range(state, 0, 10)));
            SessionState later = guest.apply(openGuest(SPACE, session, 90, 90, false)).getSession();
            assertThat(later.getCoveredThrough()).isZero();
            assertThat(reason(guest.apply(Wire.of(range(state, 10, 20))))).isEqualTo("SESSION_EXPIRED");
            assertThat(reason(guest.apply(openGuest(SPACE, session, state.getIncarnation(), 99, false)))).isEqualTo("SESSION_BUSY");
        }

        @Test
        void what_home_has_closed_is_not_created_again_by_a_late_command() {
            SessionState state = opened();
            Command late = openGuest(SPACE, session, state.getIncarnation(), state.getStream(), false);
            guest.apply(Wire.of(range(state, 0, 1).addItems(item(1, key(1, 0)))));
            guest.apply(close(SPACE, session, state.getIncarnation()));
            assertThat(guest.apply(late).hasRefused()).isTrue();
            assertThat(reason(guest.apply(Wire.of(range(state, 0, 1).addItems(item(1, key(1, 0))))))).isEqualTo("SESSION_EXPIRED");
            assertThat(guest.recordedTexts).hasSize(1);
        }

        @Test
        void closing_an_older_incarnation_leaves_the_newer_one() {
            guest.apply(openGuest(SPACE, session, 5, 5, false));
            guest.apply(close(SPACE, session, 4));
            assertThat(guest.apply(openGuest(SPACE, session, 5, 6, true)).hasSession()).isTrue();
        }
    }

    @Nested
    class A_batch {
        @Test
        void takes_a_position_for_each_item_it_records_and_covers_its_range() {
            SessionState state = opened();
            long before = guest.state.published();
            Outcome outcome = guest.apply(Wire.of(range(state, 0, 9).addItems(item(2, key(1, 0))).addItems(item(5, key(1, 1)))));
            assertThat(outcome.getSession().getCoveredThrough()).isEqualTo(9);
            assertThat(outcome.getIndex()).isEqualTo(before + 2);
            assertThat(guest.memories(SPACE).values()).containsExactlyInAnyOrder(before + 1, before + 2);
        }

        @Test
        void of_nothing_for_this_shard_takes_one_position() {
            SessionState state = opened();
            assertThat(guest.apply(Wire.of(range(state, 0, 9))).getIndex()).isEqualTo(guest.state.published()).isEqualTo(3);
        }

        @Test
        void sent_again_records_nothing_again() {
            SessionState state = opened();
            Command batch = Wire.of(range(state, 0, 2).addItems(item(1, key(1, 0))).addItems(item(2, key(1, 0))));
            guest.apply(batch);
            assertThat(guest.apply(batch).getSession().getCoveredThrough()).isEqualTo(2);
            assertThat(guest.recordedTexts).containsExactly("text 1", "text 2");
        }

        @Test
        void that_overlaps_records_only_what_is_new() {
            SessionState state = opened();
            guest.apply(Wire.of(range(state, 0, 2).addItems(item(1, key(1, 0)))));
            guest.apply(Wire.of(range(state, 0, 4).addItems(item(1, key(1, 0))).addItems(item(3, key(1, 0)))));
            assertThat(guest.recordedTexts).containsExactly("text 1", "text 3");
        }

        @Test
        void that_leaves_a_gap_is_refused() {
            assertThat(reason(guest.apply(Wire.of(range(opened(), 1, 2))))).isEqualTo("SESSION_GAP");
        }

        @Test
        void of_a_stream_that_was_taken_over_is_busy() {
            SessionState old = opened();
            SessionState fresh = home.apply(openHome(SPACE, session, 0)).getSession();
            assertThat(reason(home.apply(Wire.of(range(old, 0, 1))))).isEqualTo("SESSION_BUSY");
            guest.apply(openGuest(SPACE, session, fresh.getIncarnation(), fresh.getStream(), true));
            assertThat(reason(guest.apply(Wire.of(range(old, 0, 1))))).isEqualTo("SESSION_BUSY");
        }

        @Test
        void before_home_is_settled_is_refused() {
            SessionState state = home.apply(openHome(SPACE, session, 0)).getSession();
            assertThat(reason(home.apply(Wire.of(range(state, 0, 1))))).isEqualTo("INVALID_ARGUMENT");
        }

        @Test
        void with_numbers_out_of_order_or_out_of_range_is_refused_whole() {
            SessionState state = opened();
            String key = key(1, 0);
            for (var bad : List.of(
                    range(state, 0, 2).addItems(item(2, key)).addItems(item(1, key)), range(state, 0, 2).addItems(item(3, key)),
                    range(state, 0, 2).addItems(item(0, key)), range(state, 0, 2).addItems(item(1, key)).addItems(item(1, key)),
                    range(state, 2, 1), range(state, 0, 2).addRejections(rejection(1))))
                assertThat(reason(guest.apply(Wire.of(bad)))).isEqualTo("INVALID_ARGUMENT");
            assertThat(guest.recordedTexts).isEmpty();
        }
    }

    @Nested
    class Rejections {
        private List<Long> numbers(SessionState state) {
            return state.getRejectionsList().stream().map(NumberedRejection::getNumber).toList();
        }

        @Test
        void are_kept_at_home_until_acknowledged() {
            SessionState state = opened();
            home.apply(Wire.of(range(state, 0, 9).addRejections(rejection(3)).addRejections(rejection(7))));
            assertThat(numbers(home.apply(openHome(SPACE, session, 0)).getSession())).containsExactly(3L, 7L);
            assertThat(numbers(home.apply(openHome(SPACE, session, 3)).getSession())).containsExactly(7L);
        }

        @Test
        void of_the_shard_itself_are_kept_there_and_the_good_items_go_through() {
            SessionState state = opened();
            var bad = item(2, key(1, 0)).toBuilder();
            bad.getObservationBuilder().clearVector();
            Outcome outcome = guest.apply(Wire.of(range(state, 0, 3).addItems(item(1, key(1, 0))).addItems(bad).addItems(item(3, key(1, 1)))));
            assertThat(outcome.getSession().getRejections(0).getReason()).isEqualTo("DIMENSION_MISMATCH");
            assertThat(guest.recordedTexts).containsExactly("text 1", "text 3");
            assertThat(numbers(guest.apply(openGuest(SPACE, session, state.getIncarnation(), state.getStream(), true)).getSession()))
                    .containsExactly(2L);
        }

        @Test
        void are_told_again_to_who_sends_again() {
            SessionState state = opened();
            Command batch = Wire.of(range(state, 0, 9).addRejections(rejection(3)));
            home.apply(batch);
            assertThat(numbers(home.apply(batch).getSession())).containsExactly(3L);
            assertThat(numbers(home.apply(Wire.of(range(state, 9, 10))).getSession())).isEmpty();
        }

        @Test
        void that_nobody_acknowledges_hold_the_session_up() {
            SessionState state = opened();
            SessionBatch.Builder many = range(state, 0, Session.MAX_REJECTIONS);
            for (int i = 1; i <= Session.MAX_REJECTIONS; i++) many.addRejections(rejection(i));
            assertThat(home.apply(Wire.of(many)).hasSession()).isTrue();
            SessionBatch.Builder next = range(state, Session.MAX_REJECTIONS, Session.MAX_REJECTIONS + 1);
            assertThat(reason(home.apply(Wire.of(next)))).isEqualTo("OVERLOADED");
            assertThat(home.apply(Wire.of(next.setAcknowledgedThrough(1))).hasSession()).isTrue();
        }
    }

    @Nested
    class An_idle_session {
        @Test
        void expires_at_home_by_log_time_and_is_listed_until_it_is_closed_everywhere() {
            SessionState state = opened();
            home.pass(Duration.ofSeconds(59));
            home.apply(Wire.of(range(state, 0, 1)));
            home.pass(Duration.ofMinutes(1));
            assertThat(home.apply(Wire.of(range(state, 1, 2))).hasSession()).isTrue();
            home.pass(Duration.ofMillis(60_001));
            assertThat(reason(home.apply(Wire.of(range(state, 2, 3))))).isEqualTo("SESSION_EXPIRED");
            assertThat(closing()).isEqualTo(1);
            home.apply(close(SPACE, session, state.getIncarnation()));
            assertThat(closing()).isZero();
        }

        @Test
        void does_not_expire_elsewhere() {
            SessionState state = opened();
            guest.pass(Duration.ofHours(1));
            assertThat(guest.apply(Wire.of(range(state, 0, 1))).hasSession()).isTrue();
        }

        @Test
        void expires_sooner_when_the_limit_is_lowered() {
            opened();
            home.pass(Duration.ofSeconds(30));
            home.apply(install(Wire.revised(SPACE, new SpaceLimits(Duration.ofSeconds(10), 0, 2))));
            home.pass(Duration.ofMillis(1));
            assertThat(closing()).isEqualTo(1);
        }

        private int closing() {
            try (ShardReading reading = home.state.read()) {
                return reading.closing().size();
            }
        }
    }
}
