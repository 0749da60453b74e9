package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.JsonLines;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.nemesis.Target;
import io.engram.jepsen.report.Results;
import io.engram.jepsen.workload.Completion;
import io.engram.jepsen.workload.Endpoint;
import io.engram.jepsen.workload.Invocation;
import io.engram.jepsen.workload.Worker;
import io.engram.jepsen.workload.Workload;
import io.engram.jepsen.workload.WorkloadClient;
import io.engram.jepsen.workload.Workloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Whole runs against a system in memory: a correct one is valid, a wrong one is found out by the checker that is there for it.
class RunTest {
    private static final Duration MIXED = Duration.ofMillis(1_300);
    private static final Planned CUT = new Planned(0, Duration.ofMillis(200), Duration.ofMillis(500), new Target.Named(Set.of("n2")),
            new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.ALL));
    private static final Planned KILL = new Planned(1, Duration.ofMillis(800), Duration.ofMillis(200), new Target.Leader(), new Fault.Kill());

    @TempDir
    Path folder;

    private MemoryCluster cluster = new MemoryCluster(new MemoryGrid(MemoryGrid.Wrong.NOTHING));

    static List<String> workloads() {
        return Workloads.names();
    }

    private Results run(String workload, MemoryGrid.Wrong wrong, Planned... faults) throws Exception {
        return run(workload, wrong, made -> made, faults);
    }

    private Results run(String workload, MemoryGrid.Wrong wrong, UnaryOperator<Workload> change, Planned... faults) throws Exception {
        return run(workload, wrong, change, Duration.ZERO, faults);
    }

    private Results run(String workload, MemoryGrid.Wrong wrong, UnaryOperator<Workload> change, Duration healing, Planned... faults) throws Exception {
        MemoryGrid grid = new MemoryGrid(wrong);
        cluster = new MemoryCluster(grid).healingIn(healing);
        Workload made = change.apply(Workloads.named(workload, grid, new Workloads.Size("t", 2, Duration.ofMillis(200), 6)));
        RunSpec spec = new RunSpec(List.of(), new Schedule(1, List.of(faults)), MIXED, 6, 1_500, 1, Map.of("keys", "2"), folder.resolve("run"), "again");
        Probe probe = new Probe() {
            @Override
            public Optional<Digests> digests() {
                return Optional.of(grid.digests());
            }

            @Override
            public String version() {
                return "memory";
            }
        };
        return new Run(spec, made, () -> cluster, c -> probe, line -> {}).go();
    }

    private History history() throws IOException {
        try (var reader = Files.newBufferedReader(folder.resolve("run/history.jsonl"))) {
            return JsonLines.read(reader);
        }
    }

    private static Finding finding(Results results, String checker) {
        return results.findings().stream().filter(f -> f.checker().equals(checker)).findFirst()
                .orElseThrow(() -> new AssertionError("no " + checker + " among " + results.findings().stream().map(Finding::checker).toList()));
    }

    @Nested
    class A_correct_system {
        @ParameterizedTest
        @MethodSource("io.engram.jepsen.run.RunTest#workloads")
        void is_valid_under_faults(String workload) throws Exception {
            Results results = run(workload, MemoryGrid.Wrong.NOTHING, CUT, KILL);
            assertThat(results.findings()).as(workload).allSatisfy(f -> assertThat(f.verdict()).as(f.checker() + ": " + f.sentence()).isEqualTo(Verdict.VALID));
            assertThat(results.counts()).containsEntry("faults", 2L).containsEntry("faultsApplied", 2L);
            assertThat(results.counts().get("ok")).isGreaterThan(200);
        }
    }

    @Nested
    class Faults_that_take_long_to_heal {
        @Test
        void leave_their_time_to_those_that_come_later_and_to_who_uses_the_cluster() throws Exception {
            Results results = run("register", MemoryGrid.Wrong.NOTHING, made -> made, MIXED, CUT, KILL);
            assertThat(results.counts()).containsEntry("faultsApplied", 2L);
            FaultWindow second = FaultWindow.in(history()).getLast();
            assertThat(history().operations()).anyMatch(o -> o.invoked() > second.injectDone() && o.invoked() < second.healBegan());
        }

        @Test
        void end_a_run_that_would_last_more_than_twice_its_time() throws Exception {
            Results results = run("register", MemoryGrid.Wrong.NOTHING, made -> made, MIXED.multipliedBy(3), CUT, KILL);
            assertThat(results.counts()).containsEntry("faultsApplied", 1L);
            assertThat(cluster.broken).isEmpty();
        }
    }

    @Nested
    class A_wrong_system {
        @ParameterizedTest
        @CsvSource({
            "set, LOSES_WRITES, set",
            "register, LOSES_WRITES, linear",
            "register, ANSWERS_WHEN_CUT_OFF, linear",
            "register, IGNORES_VERSIONS, linear",
            "register-lulls, ANSWERS_WHEN_CUT_OFF, linear",
            "bounded-staleness, ANSWERS_WHEN_CUT_OFF, staleness",
            "monotonic, ANSWERS_WHEN_CUT_OFF, session",
            "monotonic, LOSES_WRITES, session",
            "recall-after-observe, RESURRECTS, recall",
            "recall-after-observe, LOSES_WRITES, recall",
            "spaces, MIXES_SPACES, spaces",
            "session-stream, SKIPS_IN_SESSIONS, sequence",
        })
        void is_found_out_by_the_checker_that_is_there_for_it(String workload, MemoryGrid.Wrong wrong, String checker) throws Exception {
            Results results = run(workload, wrong, CUT);
            assertThat(results.verdict()).as(results.sentence()).isEqualTo(Verdict.INVALID);
            assertThat(results.findings()).filteredOn(f -> f.verdict() == Verdict.INVALID).extracting(Finding::checker)
                    .as(results.findings().toString()).anyMatch(name -> name.startsWith(checker));
        }
    }

    @Nested
    class A_run_that_shows_nothing {
        @Test
        void is_unknown_if_no_fault_bit() throws Exception {
            Results results = run("register", MemoryGrid.Wrong.NOTHING, new Planned(0, Duration.ofMillis(100), Duration.ofMillis(100), new Target.One(), new Fault.Pause()));
            assertThat(results.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding(results, "statistics").sentence()).contains("none was seen to bite");
            assertThat(history().ops()).filteredOn(op -> op.function().equals("inject") && op.type() == OpType.INFO).singleElement()
                    .satisfies(op -> assertThat(op.error()).isEqualTo("no effect was seen"));
        }

        @Test
        void is_unknown_if_too_little_was_done() throws Exception {
            Results results = run("register", MemoryGrid.Wrong.NOTHING, made -> planned(made, made.generator().limit(10)));
            assertThat(results.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding(results, "statistics").sentence()).contains("only");
        }

        @Test
        void is_unknown_if_a_client_of_ours_failed() throws Exception {
            Results results = run("register", MemoryGrid.Wrong.NOTHING, made -> clients(made, invocation -> {
                throw new IllegalStateException("a bug of the harness");
            }));
            assertThat(results.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding(results, "answers").sentence()).contains("harness");
        }

        @Test
        void is_unknown_if_a_checker_failed() throws Exception {
            Results results = run("register", MemoryGrid.Wrong.NOTHING, made -> judged(made, new Checker() {
                @Override
                public String name() {
                    return "broken";
                }

                @Override
                public Finding check(History history, io.engram.jepsen.checker.Limits limits) {
                    throw new IllegalStateException("a bug of the checker");
                }
            }));
            assertThat(results.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(results.sentence()).contains("the checker itself failed");
        }
    }

    @Nested
    class Processes {
        @Test
        void that_lost_track_are_followed_by_one_with_a_higher_number_on_the_same_thread() throws Exception {
            run("register", MemoryGrid.Wrong.NOTHING);
            List<Operation> unknown = history().operations().stream().filter(o -> o.outcome() == OpType.INFO).toList();
            assertThat(unknown).isNotEmpty();
            for (Operation operation : unknown) {
                int process = operation.invocation().process();
                assertThat(history().ops()).filteredOn(op -> op.process() == process).last().satisfies(op -> assertThat(op.type()).isEqualTo(OpType.INFO));
            }
            assertThat(history().ops().stream().mapToInt(Op::process).max().orElseThrow()).isGreaterThanOrEqualTo(6);
        }
    }

    @Nested
    class Afterwards {
        @Test
        void nothing_is_broken_and_the_cluster_is_closed_even_if_the_run_ended_before_the_faults() throws Exception {
            Planned late = new Planned(0, Duration.ofMillis(900), Duration.ofMinutes(5), new Target.One(), new Fault.Kill());
            Planned never = new Planned(1, Duration.ofMinutes(5), Duration.ofSeconds(1), new Target.One(), new Fault.Kill());
            Results results = run("register", MemoryGrid.Wrong.NOTHING, late, never);
            assertThat(results.verdict()).as(results.sentence()).isEqualTo(Verdict.VALID);
            assertThat(cluster.broken).isEmpty();
            assertThat(cluster.closed).isTrue();
            assertThat(FaultWindow.in(history())).singleElement().satisfies(w -> assertThat(w.healDone()).isNotEqualTo(FaultWindow.NEVER));
        }

        @Test
        void nothing_is_broken_even_if_the_harness_failed() {
            assertThatThrownBy(() -> run("register", MemoryGrid.Wrong.NOTHING, made -> clients(made, invocation -> {
                if (cluster.broken.isEmpty()) return Completion.fail(invocation.value(), io.engram.jepsen.history.Evidence.NONE, "WAITING");
                throw new AssertionError("worse than an exception");
            }), new Planned(0, Duration.ZERO, Duration.ofMinutes(1), new Target.All(), new Fault.Kill()))).hasMessageContaining("worse than an exception");
            assertThat(cluster.broken).isEmpty();
            assertThat(cluster.closed).isTrue();
        }

        @Test
        void the_folder_has_everything() throws Exception {
            run("register", MemoryGrid.Wrong.NOTHING, CUT);
            assertThat(folder.resolve("run")).isDirectoryContaining("glob:**history.jsonl").isDirectoryContaining("glob:**history.edn")
                    .isDirectoryContaining("glob:**schedule.json").isDirectoryContaining("glob:**run.json").isDirectoryContaining("glob:**results.json")
                    .isDirectoryContaining("glob:**digests.json");
            assertThat(history().ops()).filteredOn(op -> op.function().equals("phase")).extracting(Op::value)
                    .containsExactly(Value.of("mixed"), Value.of("healing"), Value.of("quiet"), Value.of("closing"));
        }

        @Test
        void a_folder_with_something_in_it_is_refused() throws IOException {
            Files.createDirectories(folder.resolve("run"));
            Files.writeString(folder.resolve("run/history.jsonl"), "precious");
            assertThatThrownBy(() -> run("register", MemoryGrid.Wrong.NOTHING)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("must be empty");
        }
    }

    private static Workload planned(Workload made, Generator generator) {
        return changed(made, generator, null, null);
    }

    private static Workload clients(Workload made, WorkloadInvoke invoke) {
        return changed(made, null, invoke, null);
    }

    private static Workload judged(Workload made, Checker checker) {
        return changed(made, null, null, checker);
    }

    private interface WorkloadInvoke {
        Completion invoke(Invocation invocation);
    }

    private static Workload changed(Workload made, @Nullable Generator generator, @Nullable WorkloadInvoke invoke, @Nullable Checker checker) {
        return new Workload() {
            @Override
            public String name() {
                return made.name();
            }

            @Override
            public void prepare(List<Endpoint> endpoints) throws Exception {
                made.prepare(endpoints);
            }

            @Override
            public WorkloadClient connect(List<Endpoint> endpoints, Worker worker) {
                if (invoke == null) return made.connect(endpoints, worker);
                return new WorkloadClient() {
                    @Override
                    public Completion invoke(Invocation invocation) {
                        return invoke.invoke(invocation);
                    }

                    @Override
                    public void close() {}
                };
            }

            @Override
            public Generator generator() {
                return generator == null ? made.generator() : generator;
            }

            @Override
            public Generator closing() {
                return made.closing();
            }

            @Override
            public List<Checker> checkers() {
                return checker == null ? made.checkers() : List.of(checker);
            }
        };
    }
}
