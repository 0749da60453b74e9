package io.engram.jepsen.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What the report derives from a history by itself.
class DerivedTest {
    private final List<Op> ops = new ArrayList<>();

    private void op(OpType type, int process, String f, long time, Evidence evidence) {
        ops.add(new Op(ops.size(), type, process, f, "k", f.equals("read") ? Value.NIL : Value.of(1), time, evidence, null));
    }

    private static Evidence version(long version) {
        return new Evidence("n1", "follower", 0, version, version, null);
    }

    @Nested
    class Proven_staleness {
        @Test
        void counts_from_the_first_answer_that_shows_a_later_version() {
            op(OpType.INVOKE, 0, "write", 0, Evidence.NONE);
            op(OpType.INVOKE, 1, "write", 5, Evidence.NONE);
            op(OpType.OK, 0, "write", 10, version(1));
            op(OpType.INVOKE, 2, "read", 15, Evidence.NONE);
            op(OpType.OK, 2, "read", 20, version(2)); // shows 2 before its write is answered
            op(OpType.OK, 1, "write", 90, version(2));
            op(OpType.INVOKE, 3, "read", 50, Evidence.NONE);
            op(OpType.OK, 3, "read", 95, version(1));
            List<Operation> operations = new History(ops).operations();
            assertThat(Staleness.proven(operations)).containsExactly(-1, -1, 0, 30);
        }

        @Test
        void of_random_histories_is_what_the_definition_says() {
            for (long seed = 0; seed < 500; seed++) {
                Random random = new Random(seed);
                ops.clear();
                long time = 0;
                int[] open = new int[6];
                for (int i = 0; i < 60; i++) {
                    int process = random.nextInt(6);
                    time += random.nextInt(4);
                    if (open[process] == 0) {
                        open[process] = 1 + random.nextInt(2);
                        op(OpType.INVOKE, process, open[process] == 1 ? "write" : "read", time, Evidence.NONE);
                    } else {
                        op(random.nextInt(5) == 0 ? OpType.FAIL : OpType.OK, process, open[process] == 1 ? "write" : "read", time, version(random.nextInt(8)));
                        open[process] = 0;
                    }
                }
                List<Operation> operations = new History(ops).operations();
                assertThat(Staleness.proven(operations)).as("seed %d", seed).containsExactly(naive(operations));
            }
        }

        private static long[] naive(List<Operation> operations) {
            return operations.stream().mapToLong(read -> {
                if (!read.function().equals("read") || read.outcome() != OpType.OK) return -1;
                return operations.stream()
                        .filter(o -> o.outcome() == OpType.OK && told(o) > told(read))
                        .mapToLong(o -> Math.max(0, read.invoked() - o.completed()))
                        .max()
                        .orElse(0);
            }).toArray();
        }

        private static long told(Operation operation) {
            return Objects.requireNonNull(Objects.requireNonNull(operation.completion()).evidence().version());
        }
    }

    @Test
    void a_process_that_takes_over_goes_on_in_the_row_of_the_one_that_ended() {
        op(OpType.INVOKE, 0, "write", 0, Evidence.NONE);
        op(OpType.INVOKE, 1, "write", 1, Evidence.NONE);
        op(OpType.INFO, 0, "write", 2, Evidence.NONE);
        op(OpType.INVOKE, 7, "write", 3, Evidence.NONE);
        op(OpType.INVOKE, 8, "write", 4, Evidence.NONE);
        Lanes lanes = Lanes.of(new History(ops).operations());
        assertThat(lanes.count()).isEqualTo(3);
        assertThat(List.of(lanes.lane(0), lanes.lane(1), lanes.lane(7), lanes.lane(8))).containsExactly(0, 1, 0, 2);
    }

    @Test
    void a_shard_is_led_by_who_last_answered_for_it_as_its_leader() {
        lead("n1", 0, 10);
        lead("n1", 1, 20);
        lead("n2", 1, 30);
        lead("n2", 0, 40);
        lead("n2", 0, 50);
        Leading leading = Leading.of(new History(ops), 100);
        assertThat(leading.shards()).isEqualTo(2);
        assertThat(leading.byNode().get("n1")).containsExactly(new Leading.Span(10, 20, 1), new Leading.Span(20, 30, 2), new Leading.Span(30, 40, 1));
        assertThat(leading.byNode().get("n2")).containsExactly(new Leading.Span(30, 40, 1), new Leading.Span(40, 100, 2));
    }

    @Test
    void a_stale_answer_of_one_that_thinks_it_leads_makes_it_no_leader() {
        lead("n1", 0, 10);
        lead("n2", 0, 20);
        op(OpType.INVOKE, 0, "read", 30, Evidence.NONE);
        op(OpType.OK, 0, "read", 30, new Evidence("n1", "leader", 0, 1L, 1L, Duration.ofMillis(1)));
        assertThat(Leading.of(new History(ops), 100).byNode().get("n2")).containsExactly(new Leading.Span(20, 100, 1));
    }

    private void lead(String node, int shard, long time) {
        op(OpType.INVOKE, 0, "read", time, Evidence.NONE);
        op(OpType.OK, 0, "read", time, new Evidence(node, "leader", shard, 1L, 1L, null));
    }

    @Test
    void faults_that_overlap_on_a_node_have_rows_of_their_own() {
        List<FaultWindow> windows = List.of(window(1, "kill", "n1", 0, 10), window(2, "partition", "n1", 5, 20), window(3, "pause", "n2", 5, 20), window(4, "pause", "n1", 12, 15), failed());
        assertThat(NodeStates.of("n1", windows, 100)).containsExactly(
                new NodeStates("killed", 0, 10, 0, 0, 2), new NodeStates("cut", 5, 20, 1, 1, 2), new NodeStates("paused", 12, 15, 3, 0, 2));
    }

    private static FaultWindow window(int id, String kind, String node, long from, long to) {
        return new FaultWindow(id, kind, List.of(node), from, from + 1, to - 1, to, "", "", null);
    }

    /// One that did not bite.
    private static FaultWindow failed() {
        return new FaultWindow(9, "clock", List.of("n1"), 30, FaultWindow.NEVER, 31, 31, "", "", "did not move");
    }

    @Test
    void the_longest_time_without_a_success_counts_the_edges_too() {
        long[] successes = {10, 20, 50};
        assertThat(AvailabilitySection.longestGap(successes, 0, 60)).isEqualTo(30);
        assertThat(AvailabilitySection.longestGap(successes, 25, 40)).isEqualTo(15);
        assertThat(AvailabilitySection.longestGap(successes, 50, 100)).isEqualTo(50);
        assertThat(AvailabilitySection.longestGap(new long[0], 5, 9)).isEqualTo(4);
    }

    @Nested
    class The_failing_operation {
        @Test
        void is_the_last_that_was_answered_for_certain_and_its_invocation_is_found_in_the_history() {
            op(OpType.INVOKE, 0, "write", 0, Evidence.NONE);
            op(OpType.INVOKE, 1, "read", 1, Evidence.NONE);
            op(OpType.OK, 1, "read", 2, version(3));
            op(OpType.INFO, 0, "write", 9, Evidence.NONE);
            History history = new History(ops);
            List<Op> evidence = List.of(ops.get(2), ops.get(3));
            List<Operation> operations = Pairs.of(evidence, history);
            assertThat(operations).isEqualTo(history.operations());
            assertThat(Pairs.failing(operations, evidence)).isEqualTo(history.operations().get(1));
        }

        @Test
        void is_drawn_from_the_evidence_alone_if_that_is_not_of_this_history() {
            op(OpType.INVOKE, 0, "write", 0, Evidence.NONE);
            op(OpType.OK, 0, "write", 5, version(1));
            List<Operation> operations = Pairs.of(ops, new History(List.of()));
            assertThat(operations).containsExactly(new Operation(ops.get(0), ops.get(1)));
        }
    }

    @Test
    void what_was_answered_after_the_contradiction_is_drawn_as_open() {
        op(OpType.INVOKE, 0, "write", 0, Evidence.NONE);
        op(OpType.INVOKE, 1, "read", 1, Evidence.NONE);
        op(OpType.OK, 1, "read", 2, version(1));
        op(OpType.OK, 0, "write", 3, version(2));
        List<Operation> operations = new History(ops).operations();
        double[] open = bars(new Drawing(operations, operations.get(1)).svg(List.of(), "why")).getFirst();
        double[] over = bars(new Drawing(operations, operations.get(0)).svg(List.of(), "why")).getFirst();
        assertThat(open[1]).as("reaches to the edge").isGreaterThan(over[1] + 100);
    }

    private static List<double[]> bars(String svg) {
        return Pattern.compile("<rect class=\"bar[^>]* x=\"([0-9.]+)\" y=\"[0-9.]+\" width=\"([0-9.]+)\"").matcher(svg).results()
                .map(m -> new double[] {Double.parseDouble(m.group(1)), Double.parseDouble(m.group(1)) + Double.parseDouble(m.group(2))})
                .toList();
    }

    @Test
    void bars_overlap_in_the_drawing_as_the_operations_did() {
        op(OpType.INVOKE, 0, "write", 0, Evidence.NONE);
        op(OpType.INVOKE, 1, "read", 1_000_000, Evidence.NONE);
        op(OpType.OK, 0, "write", 1_000_001, version(1));
        op(OpType.OK, 1, "read", 1_000_002, version(1));
        op(OpType.INVOKE, 0, "read", 9_000_000_000L, Evidence.NONE);
        op(OpType.OK, 0, "read", 9_000_000_001L, version(1));
        List<Operation> operations = new History(ops).operations();
        String svg = new Drawing(operations, operations.getLast()).svg(List.of(), "why");
        List<double[]> bars = bars(svg);
        assertThat(bars).hasSize(3);
        assertThat(bars.get(1)[0]).as("the first read begins before the write ends").isLessThan(bars.get(0)[1]);
        assertThat(bars.get(2)[0]).as("the last read begins after both have ended").isGreaterThan(Math.max(bars.get(0)[1], bars.get(1)[1]));
    }
}
