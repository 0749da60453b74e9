package io.engram.grid.tier.cold;

import static io.engram.grid.tier.cold.Watchdog.Advice.RESTART;
import static io.engram.grid.tier.cold.Watchdog.Advice.STAY;
import static io.engram.grid.tier.cold.Watchdog.Advice.YIELD;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.tier.cold.Watchdog.Advice;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final Duration STEP = Duration.ofMillis(250);

    private final Watchdog first = new Watchdog(new Majority(3), 0);
    private long now;

    /// Looks for `time`; the advice of the first look that is not STAY.
    private Advice look(Watchdog watchdog, Duration time, int members, boolean active, boolean answers) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(STEP)) {
            Advice advice = watchdog.look(now, members, active, answers);
            now += STEP.toNanos();
            if (advice != STAY) return advice;
        }
        return STAY;
    }

    @Nested
    class In_a_majority {
        @Test
        void nothing_is_done_whoever_answers() {
            assertThat(look(first, Duration.ofMinutes(5), 2, true, true)).isEqualTo(STAY);
            assertThat(look(first, Duration.ofMinutes(5), 3, false, true)).isEqualTo(STAY);
        }

        @Test
        void a_single_node_is_a_majority_of_itself() {
            assertThat(look(new Watchdog(new Majority(1), 0), Duration.ofMinutes(5), 1, true, false)).isEqualTo(STAY);
        }
    }

    @Nested
    class In_a_minority {
        @Test
        void it_stays_while_nobody_answers() {
            assertThat(look(first, Duration.ofHours(1), 1, true, false)).isEqualTo(STAY);
        }

        @Test
        void it_restarts_once_somebody_has_answered_for_two_seconds() {
            assertThat(look(first, Duration.ofSeconds(2), 1, true, true)).isEqualTo(STAY);
            assertThat(look(first, STEP, 1, true, true)).isEqualTo(RESTART);
        }

        @Test
        void an_answer_that_breaks_off_counts_from_the_start() {
            assertThat(look(first, Duration.ofMillis(1_750), 1, true, true)).isEqualTo(STAY);
            assertThat(look(first, STEP, 1, true, false)).isEqualTo(STAY);
            assertThat(look(first, Duration.ofSeconds(2), 1, true, true)).isEqualTo(STAY);
            assertThat(look(first, STEP, 1, true, true)).isEqualTo(RESTART);
        }

        @Test
        void a_member_that_comes_in_meanwhile_starts_the_count_again() {
            Watchdog of5 = new Watchdog(new Majority(5), 0);
            assertThat(look(of5, Duration.ofMillis(1_750), 1, true, true)).isEqualTo(STAY);
            assertThat(look(of5, Duration.ofSeconds(2), 2, true, true)).isEqualTo(STAY);
            assertThat(look(of5, STEP, 2, true, true)).isEqualTo(RESTART);
        }

        @Test
        void members_act_one_after_another() {
            Watchdog third = new Watchdog(new Majority(3), 2);
            assertThat(look(third, Duration.ofSeconds(5), 1, true, true)).isEqualTo(STAY);
            assertThat(look(third, STEP, 1, true, true)).isEqualTo(RESTART);
        }

        @Test
        void an_inactive_one_stands_aside_when_a_restart_has_not_helped() {
            assertThat(look(first, Duration.ofSeconds(3), 1, true, true)).isEqualTo(RESTART);
            assertThat(look(first, Duration.ofSeconds(3), 1, false, true)).isEqualTo(YIELD);
            assertThat(look(first, Duration.ofSeconds(3), 1, false, true)).isEqualTo(RESTART);
            assertThat(look(first, STEP, 2, true, true)).isEqualTo(STAY);
            assertThat(look(first, Duration.ofSeconds(3), 1, false, true)).isEqualTo(RESTART);
        }

        @Test
        void half_is_a_minority() {
            assertThat(look(new Watchdog(new Majority(4), 0), Duration.ofSeconds(3), 2, true, true)).isEqualTo(RESTART);
        }
    }

    @Nested
    class When_others_come_up_and_vanish_again {
        private Advice look(boolean active, int times) {
            Advice advice = STAY;
            for (int i = 0; i < times && advice == STAY; i++) {
                advice = WatchdogTest.this.look(first, Duration.ofSeconds(1), 1, active, true);
                if (advice == STAY) advice = WatchdogTest.this.look(first, Duration.ofSeconds(4), 1, active, false);
            }
            return advice;
        }

        @Test
        void an_inactive_minority_stands_aside_after_a_while() {
            assertThat(look(false, 3)).isEqualTo(STAY);
            assertThat(look(false, 1)).isEqualTo(YIELD);
        }

        @Test
        void an_active_one_does_not() {
            assertThat(look(true, 50)).isEqualTo(STAY);
        }

        @Test
        void once_is_not_enough() {
            assertThat(look(false, 1)).isEqualTo(STAY);
            assertThat(WatchdogTest.this.look(first, Duration.ofHours(1), 1, false, false)).isEqualTo(STAY);
        }
    }
}
