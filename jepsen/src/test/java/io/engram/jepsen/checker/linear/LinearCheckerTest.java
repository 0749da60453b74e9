package io.engram.jepsen.checker.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Whole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LinearCheckerTest {
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(60), 256 << 20, 2);

    private final LinearChecker registers = new LinearChecker(Models.named("cas-register", Reading.OURS));
    private final List<Op> ops = new ArrayList<>();

    private LinearCheckerTest add(OpType type, int process, String function, Value value) {
        ops.add(new Op(ops.size(), type, process, function, "k", value, ops.size(), Evidence.NONE, null));
        return this;
    }

    private LinearCheckerTest did(int process, String function, long value) {
        boolean read = function.equals("read");
        return add(OpType.INVOKE, process, function, read ? Value.NIL : Value.of(value)).add(OpType.OK, process, function, Value.of(value));
    }

    private static long figure(Finding finding, String name) {
        return finding.figures().get(name) instanceof Whole(long value) ? value : -1;
    }

    @Nested
    class Many_writes_of_one_value_that_crashed {
        /// Subsets of the crashed ones would be 2^60.
        @Test
        void are_one_class_of_which_as_many_are_used_as_are_needed() {
            for (int i = 0; i < 60; i++) add(OpType.INVOKE, 100 + i, "write", Value.of(1));
            for (int i = 0; i < 60; i++) did(0, "write", 2).did(0, "read", 1);
            assertThat(registers.check(new History(ops), LIMITS).verdict()).isEqualTo(Verdict.VALID);
            did(0, "write", 2).did(0, "read", 1);
            Finding finding = registers.check(new History(ops), LIMITS);
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(figure(finding, "configurations")).isLessThan(1_000);
        }
    }

    @Nested
    class Many_writes_of_different_values_that_crashed {
        @Test
        void are_not_tried_where_nobody_sees_them() {
            for (int i = 0; i < 60; i++) add(OpType.INVOKE, 100 + i, "write", Value.of(1_000 + i));
            for (int i = 0; i < 60; i++) did(0, "write", i).did(0, "read", i);
            did(0, "read", -1);
            Finding finding = registers.check(new History(ops), LIMITS);
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(figure(finding, "configurations")).isLessThan(1_000);
        }
    }

    @Nested
    class Very_many_crashed_operations_of_few_values {
        /// How many of each were used cannot be told apart in any reasonable time.
        @Test
        void are_refuted_without_counting_them_where_no_number_would_do() {
            History history = new Specimen(1_000, 1, 10, 0.1, 5, true, 1).make();
            Finding finding = registers.check(history, LIMITS);
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).contains("this read returned -1");
        }
    }

    @Test
    void more_clients_at_a_time_than_a_word_has_bits_are_told_apart() {
        for (int i = 0; i < 150; i++) add(OpType.INVOKE, i, "read", Value.NIL);
        add(OpType.INVOKE, 200, "write", Value.of(7));
        for (int i = 0; i < 150; i++) add(OpType.OK, i, "read", i % 2 == 0 ? Value.NIL : Value.of(7));
        add(OpType.OK, 200, "write", Value.of(7));
        assertThat(registers.check(new History(ops), LIMITS).verdict()).isEqualTo(Verdict.VALID);
        for (int i = 0; i < 70; i++) add(OpType.INVOKE, i, "cas", Value.items(Value.of(7 + i), Value.of(8 + i)));
        for (int i = 0; i < 70; i++) add(OpType.OK, i, "cas", Value.items(Value.of(7 + i), Value.of(8 + i)));
        did(0, "read", 77);
        assertThat(registers.check(new History(ops), LIMITS).verdict()).isEqualTo(Verdict.VALID);
        did(0, "read", 76);
        assertThat(registers.check(new History(ops), LIMITS).verdict()).isEqualTo(Verdict.INVALID);
    }

    @Nested
    class A_counterexample {
        @Test
        void keeps_the_last_write_of_what_was_read_and_what_came_after_it() {
            for (int i = 0; i < 200; i++) did(i % 5, i % 3 == 0 ? "write" : "read", i - i % 3);
            did(0, "write", 500).did(1, "write", 501).did(2, "read", 500);
            Finding finding = registers.check(new History(ops), LIMITS);
            assertThat(finding.sentence()).isEqualTo("key k: the register could only be 501 here; this read returned 500 (event 405, process 2)");
            assertThat(finding.evidence()).isEqualTo(ops.subList(400, 406));
            assertThat(registers.check(new History(finding.evidence()), LIMITS).verdict()).isEqualTo(Verdict.INVALID);
        }

        @Test
        void says_every_state_that_was_possible() {
            did(0, "write", 1);
            add(OpType.INVOKE, 1, "write", Value.of(4)).add(OpType.INVOKE, 2, "write", Value.of(5)).add(OpType.INFO, 2, "write", Value.of(5));
            did(0, "read", 3);
            assertThat(registers.check(new History(ops), LIMITS).sentence()).contains("could only be ").contains("1").contains("4").contains("5").contains(
                    "; this read returned 3");
        }
    }

    @Nested
    class What_cannot_be_decided {
        private final History hard = hard();

        /// More is read than all crashed operations could have written: that takes counting them, and there are very many ways to have used some.
        private History hard() {
            List<Op> all = new ArrayList<>(new Specimen(2_000, 1, 12, 0.3, 4, false, 1).make().ops());
            for (int i = 0; i < 4_000; i++) {
                boolean write = i % 2 == 0;
                Value value = Value.of(write ? 9 : i / 2 % 4);
                for (OpType type : List.of(OpType.INVOKE, OpType.OK))
                    all.add(new Op(all.size(), type, 1_000_000, write ? "write" : "read", "k0", !write && type == OpType.INVOKE ? Value.NIL : value, all.size(),
                            Evidence.NONE, null));
            }
            return new History(all);
        }

        @Test
        void within_the_time_is_unknown_and_says_so() {
            Finding finding = registers.check(hard, new Limits(Duration.ofMillis(200), 1L << 30, 1));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).contains("key k0: could not be decided within 200 ms (6000 operations");
        }

        @Test
        void within_the_memory_is_unknown_and_says_so() {
            Finding finding = registers.check(hard, new Limits(Duration.ofSeconds(60), 1 << 20, 1));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).contains("could not be decided within 1 MiB of tables");
        }

        @Test
        void by_a_thread_that_is_interrupted_is_unknown() {
            Thread.currentThread().interrupt();
            Finding finding = registers.check(hard, new Limits(Duration.ofSeconds(60), 256 << 20, 2));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
        }

        @Test
        void beside_a_key_that_has_no_order_is_still_invalid() {
            List<Op> both = new ArrayList<>(hard.ops());
            for (Op op : did(9_000_000, "write", 1).did(9_000_000, "read", 2).ops)
                both.add(new Op(both.size(), op.type(), op.process(), op.function(), op.key(), op.value(), both.size(), op.evidence(), null));
            Finding finding = registers.check(new History(both), new Limits(Duration.ofSeconds(60), 256 << 20, 2));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).startsWith("key k: ");
        }
    }

    @Test
    void an_operation_that_the_model_does_not_know_is_refused_before_anything_is_searched() {
        did(0, "write", 1).did(0, "enqueue", 1);
        assertThatThrownBy(() -> registers.check(new History(ops), LIMITS))
                .isInstanceOf(ModelMismatchException.class)
                .hasMessage("event 2: model cas-register knows read, write (get, put) and cas, not enqueue");
    }
}
