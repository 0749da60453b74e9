package io.engram.jepsen.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnerTest {
    @Test
    void what_a_process_that_runs_has_made_stays() {
        assertThat(Owner.parse(Owner.self().label())).contains(Owner.self());
        assertThat(Owner.self().isGone()).isFalse();
    }

    @Test
    void what_a_process_left_that_is_gone_goes() {
        Owner self = Owner.self();
        // The same number, used again by another process: this one began later.
        assertThat(new Owner(self.host(), self.pid(), self.started() - 3_600_000).isGone()).isTrue();
        assertThat(new Owner(self.host(), Integer.MAX_VALUE, self.started()).isGone()).isTrue();
    }

    @Test
    void what_a_process_that_runs_has_made_stays_when_the_wall_clock_was_set() {
        Owner self = Owner.self();
        assertThat(new Owner(self.host(), self.pid(), self.started() - 2_000).isGone()).isFalse();
        assertThat(new Owner(self.host(), self.pid(), self.started() + 2_000).isGone()).isFalse();
    }

    @Test
    void what_another_machine_made_is_not_ours_to_judge() {
        Owner self = Owner.self();
        assertThat(new Owner("elsewhere", self.pid(), self.started() - 3_600_000).isGone()).isFalse();
    }

    @Test
    void a_label_of_somebody_else_says_nothing() {
        assertThat(Owner.parse("")).isEmpty();
        assertThat(Owner.parse("a/b/c")).isEmpty();
        assertThat(Owner.parse("a/1/2/3")).isEmpty();
    }
}
