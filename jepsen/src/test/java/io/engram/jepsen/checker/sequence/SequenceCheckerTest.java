package io.engram.jepsen.checker.sequence;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.HistoryBuilder;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Value;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SequenceCheckerTest {
    private static Finding check(HistoryBuilder history) {
        return new SequenceChecker(SequenceChecker.Order.PER_SHARD).check(history.build(), Limits.usual());
    }

    private static Finding checkTotal(HistoryBuilder history) {
        return new SequenceChecker(SequenceChecker.Order.TOTAL).check(history.build(), Limits.usual());
    }

    private static Value range(String session, long from, long to) {
        Map<String, Value> fields = new LinkedHashMap<>();
        fields.put("session", Value.of(session));
        fields.put("from", Value.of(from));
        fields.put("to", Value.of(to));
        return new Value.Fields(fields);
    }

    /// Numbers of session s0, each [number, shard, position].
    private static Value found(long[]... items) {
        Value[] all = Arrays.stream(items).map(i -> Value.items(Value.of(i[0]), Value.of(i[1]), Value.of(i[2]))).toArray(Value[]::new);
        return new Value.Fields(Map.of("s0", Value.items(all)));
    }

    private static long[] at(long number, long shard, long position) {
        return new long[] {number, shard, position};
    }

    /// Acknowledged 1..2 and 3..4, over at 10 and 20.
    private static HistoryBuilder sent() {
        return aHistory().process(0)
                .did("send", null, 2).from(0).to(10).returned(range("s0", 1, 2))
                .did("send", null, 2).from(11).to(20).returned(range("s0", 3, 4))
                .process(1);
    }

    private static HistoryBuilder read(HistoryBuilder history, Value found) {
        return history.did("read", null).from(100).to(110).returned(found);
    }

    @Test
    void all_that_was_acknowledged_is_there_once_and_in_order() {
        var finding = check(read(sent(), found(at(1, 0, 5), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9))));
        assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        assertThat(Figures.whole(finding, "acknowledgedNumbers")).isEqualTo(4);
    }

    @Test
    void an_acknowledged_number_that_is_not_there_is_lost() {
        var finding = check(read(sent(), found(at(1, 0, 5), at(2, 1, 3), at(4, 1, 9))));
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).isEqualTo("session s0: acknowledged, and not there when all was read: 3");
        assertThat(finding.evidence()).extracting(Op::function).containsExactly("send", "send", "read", "read");
        assertThat(finding.evidence().get(1).value()).isEqualTo(range("s0", 3, 4));
    }

    @Test
    void a_whole_session_can_be_lost() {
        var finding = check(read(sent(), new Value.Fields(Map.of())));
        assertThat(finding.sentence()).isEqualTo("session s0: acknowledged, and not there when all was read: 1..4");
    }

    @Test
    void an_acknowledgement_after_the_read_began_counts_for_nothing() {
        var history = sent().process(0).did("send", null, 1).from(90).to(105).returned(range("s0", 5, 5));
        assertThat(check(read(history.process(1), found(at(1, 0, 5), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9)))).verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void what_failed_for_certain_was_not_acknowledged() {
        var failed = sent().process(0).did("send", null, range("s0", 5, 6)).from(21).to(30).failed("SPACE_FULL").process(1);
        assertThat(check(read(failed, found(at(1, 0, 5), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9)))).verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void a_number_that_is_there_twice_is_duplicated() {
        var finding = check(read(sent(), found(at(1, 0, 5), at(1, 0, 9), at(2, 1, 3), at(3, 0, 7), at(4, 1, 9))));
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(Figures.whole(finding, "violations", "duplicated")).isEqualTo(1);
        assertThat(Figures.at(finding, "violations")).as("a second place is not out of order").isEqualTo(new Value.Fields(Map.of("duplicated", Value.of(1))));
    }

    @Test
    void within_a_shard_later_numbers_have_higher_positions() {
        var finding = check(read(sent(), found(at(1, 0, 8), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9))));
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).isEqualTo("session s0: number 1 has position 8, number 3 has position 6 of shard 0");
    }

    @Nested
    class What_was_not_acknowledged {
        private final HistoryBuilder history = sent().process(0).did("send", null, 3).from(21).to(30).returned(range("s0", 5, 7)).unknown()
                .process(1);

        @Test
        void may_be_there_with_holes_where_each_shard_has_its_own_order() {
            var finding = check(read(history, found(at(1, 0, 5), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9), at(6, 1, 10))));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
            assertThat(Figures.whole(finding, "holesAboveAcknowledged")).isEqualTo(1);
            assertThat(Figures.whole(finding, "foundUnacknowledged")).isEqualTo(1);
        }

        @Test
        void leaves_no_gap_where_there_is_one_order_for_all() {
            var finding = checkTotal(read(history, found(at(1, 0, 1), at(2, 0, 2), at(3, 0, 3), at(4, 0, 4), at(6, 0, 5))));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("session s0: not there, though later ones are: 5");
        }

        @Test
        void must_be_there_once_the_session_was_opened_as_durable_through_it() {
            var opened = history.process(2).did("reconnect", null).from(40).to(50)
                    .returned(new Value.Fields(Map.of("session", Value.of("s0"), "durable", Value.of(6))));
            var finding = check(read(opened, found(at(1, 0, 5), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9), at(5, 0, 12))));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("session s0: acknowledged, and not there when all was read: 6");
        }
    }

    @Test
    void a_session_is_never_opened_below_what_was_acknowledged() {
        var opened = sent().did("reconnect", null).from(40).to(50)
                .returned(new Value.Fields(Map.of("session", Value.of("s0"), "durable", Value.of(3))));
        var finding = check(read(opened, found(at(1, 0, 5), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9))));
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).isEqualTo("session s0: opened as durable through 3, after 4 had been acknowledged");
    }

    @Nested
    class A_number_that_nobody_sent {
        @Test
        void is_a_phantom() {
            var finding = check(read(sent(), found(at(1, 0, 5), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9), at(9, 0, 20))));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("session s0: number 9 is there, and nobody sent it");
        }

        @Test
        void is_a_phantom_if_every_attempt_had_failed() {
            var failed = aHistory().did("send", null, range("s0", 1, 1)).from(0).to(1).did("send", null, range("s0", 2, 2)).from(2).to(3)
                    .failed("SPACE_FULL");
            var finding = check(read(failed, found(at(1, 0, 5), at(2, 0, 6))));
            assertThat(finding.sentence()).isEqualTo("session s0: number 2 is there, and every attempt to send it had failed, or had not begun");
        }

        @Test
        void may_be_of_a_send_of_which_nothing_is_known() {
            var pending = sent().process(0).did("send", null, 5).from(30).pending().process(1);
            assertThat(check(read(pending, found(at(1, 0, 5), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9), at(9, 0, 20)))).verdict())
                    .isEqualTo(Verdict.VALID);
        }
    }

    @Test
    void a_range_may_be_sent_again() {
        var again = sent().process(2).did("send", null, range("s0", 3, 4)).from(30).to(40);
        assertThat(check(read(again, found(at(1, 0, 5), at(2, 1, 3), at(3, 0, 6), at(4, 1, 9)))).verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void a_read_of_one_session_is_judged_for_that_one() {
        var history = sent().process(3).did("send", null, range("s1", 1, 1)).from(0).to(5)
                .did("read", "s1").from(100).to(110).returned(Value.items(Value.of(1)));
        assertThat(check(history).verdict()).isEqualTo(Verdict.VALID);
        assertThat(Figures.whole(check(history), "acknowledgedNumbers")).isEqualTo(1);
    }

    @Nested
    class Nothing_can_be_said {
        @Test
        void without_a_read() {
            assertThat(check(sent()).sentence()).isEqualTo("the streams were never read");
        }

        @Test
        void where_nothing_was_acknowledged() {
            var finding = check(read(aHistory().did("send", null, range("s0", 1, 1)).from(0).to(1).unknown().process(1), found()));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
        }

        @Test
        void of_answers_of_another_form() {
            assertThat(check(read(sent(), Value.of("all there"))).verdict()).isEqualTo(Verdict.UNKNOWN);
        }
    }
}
