package io.engram.grid.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {
    private final History history = new History();

    @Test
    void a_read_after_a_write_shows_it() {
        wrote("a", 1, 0, 10);
        read(1, "a", 11, 12);
        assertThat(Linearizability.check(history)).isEmpty();
    }

    @Test
    void a_read_during_a_write_may_show_either() {
        wrote("a", 1, 0, 10);
        wrote("b", 2, 20, 30);
        read(1, "a", 21, 29);
        read(2, "b", 22, 29);
        assertThat(Linearizability.check(history)).isEmpty();
    }

    @Test
    void a_read_that_misses_an_acknowledged_write_is_found() {
        wrote("a", 1, 0, 10);
        wrote("b", 2, 20, 30);
        read(1, "a", 31, 32);
        assertThat(Linearizability.check(history)).isPresent();
    }

    @Test
    void two_reads_that_go_back_in_time_are_found() {
        wrote("a", 1, 0, 10);
        wrote("b", 2, 20, 90);
        read(2, "b", 30, 40);
        read(1, "a", 41, 50);
        assertThat(Linearizability.check(history)).isPresent();
    }

    @Test
    void a_write_that_nobody_was_told_of_may_show_up_late_or_never() {
        wrote("a", 1, 0, 10);
        History.Write lost = new History.Write(0, "k0", "b", false, 0, 20);
        history.writes.add(lost);
        read(1, "a", 30, 40);
        assertThat(Linearizability.check(history)).isEmpty();
        read(2, "b", 50, 60);
        assertThat(Linearizability.check(history)).isEmpty();
        read(1, "a", 70, 80);
        assertThat(Linearizability.check(history)).isPresent();
    }

    @Test
    void two_swaps_of_one_version_are_found() {
        wrote("a", 1, 0, 10);
        swapped("b", 1, 2, 20, 30);
        assertThat(Linearizability.check(history)).isEmpty();
        swapped("c", 1, 3, 20, 30);
        assertThat(Linearizability.check(history)).isPresent();
    }

    @Test
    void a_bounded_read_may_be_old_by_what_it_says_and_no_more() {
        wrote("a", 1, 0, 10);
        wrote("b", 2, 20, 30);
        bounded(1, "a", 100, Duration.ofNanos(71));
        assertThat(Freshness.check(history)).isEmpty();
        bounded(1, "a", 100, Duration.ofNanos(69));
        assertThat(Freshness.check(history)).hasSize(1);
    }

    private void wrote(String text, long version, long invoked, long returned) {
        recorded(new History.Write(0, "k0", text, false, 0, invoked), version, returned);
    }

    private void swapped(String text, long expected, long version, long invoked, long returned) {
        recorded(new History.Write(0, "k0", text, true, expected, invoked), version, returned);
    }

    private void recorded(History.Write write, long version, long returned) {
        write.returned = returned;
        write.acknowledged = returned;
        write.outcome = History.Write.Outcome.RECORDED;
        write.version = version;
        history.writes.add(write);
    }

    private void read(long version, String text, long invoked, long returned) {
        add(new Consistency.Linearizable(), version, text, invoked, returned, Duration.ZERO);
    }

    private void bounded(long version, String text, long began, Duration staleness) {
        add(new Consistency.Bounded(Duration.ofSeconds(1)), version, text, began, began + 1, staleness);
    }

    private void add(Consistency consistency, long version, String text, long invoked, long returned, Duration staleness) {
        ShardProof proof = new ShardProof(
                new Position(new ShardId(0), version), ShardProof.How.FENCED_LEADER, Optional.of(staleness), 1, Optional.empty());
        history.reads.add(new History.Read(
                0, new NodeId("n1"), new ShardId(0), "k0", consistency, invoked, invoked, returned, version, text, proof));
    }
}
