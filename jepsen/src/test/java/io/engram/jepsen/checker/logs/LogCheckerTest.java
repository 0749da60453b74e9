package io.engram.jepsen.checker.logs;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.HistoryBuilder;
import io.engram.jepsen.history.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogCheckerTest {
    private static final String QUIET = """
            WARNING: Using incubator modules: jdk.incubator.vector
            2026-11-21T15:13:51.091Z INFO  Main [main] starting version=0.1.0 pid=1
            2026-11-21T15:13:53.382Z WARN  GrpcLogAppender [grpc-default-executor-1] n1->n2: Follower failed (request=null, errorCount=3)
            2026-11-21T15:13:54.952Z ERROR RaftServer$Division [grpc-default-executor-2] n1@group-1: Failed appendEntries* n2->n1#7-t3,HEARTBEAT
            """;

    @TempDir
    private Path folder;

    private Finding check(String text, HistoryBuilder history) throws IOException {
        Path file = Files.writeString(folder.resolve("n2.log"), text);
        return LogChecker.ofNodes(List.of(file)).check(history.build(), Limits.usual());
    }

    private Finding check(String line) throws IOException {
        return check(QUIET + line + "\n", aHistory());
    }

    @Test
    void a_log_without_such_lines_is_clean() throws IOException {
        var finding = check(QUIET, aHistory());
        assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        assertThat(Figures.whole(finding, "allowed")).isEqualTo(1);
        assertThat(Figures.whole(finding, "lines")).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Exception in thread \"main\" java.lang.IllegalStateException: no",
        "2026-11-21T15:13:54.952Z ERROR PeerDesk [main] peer question failed",
        "2026-11-21T15:13:54.952+01:00 ERROR Records [io-1] record file damaged shard=1 file=k1.rows what=checksum does not match",
        "java.lang.OutOfMemoryError: Java heap space",
        "java.lang.AssertionError",
        "Caused by: java.lang.StackOverflowError",
        "# A fatal error has been detected by the Java Runtime Environment:",
        "java.lang.NoClassDefFoundError: io/engram/Gone",
        "2026-11-21T15:13:54.952Z WARN  Replica [replica-1] shard 3 has diverged",
        "2026-11-21T15:13:54.952Z WARN  Replica [replica-1] digests differ shard=3",
        "2026-11-21T15:13:54.952Z WARN  Replica [replica-2] replica lost, joining again shard=1 why=the folder of its log is gone",
        "2026-11-21T15:13:54.952Z ERROR SystemTimers [timer] timer task failed"
    })
    void what_no_node_should_say_is_found(String line) throws IOException {
        var finding = check(line);
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).contains("n2.log:5: " + line);
        assertThat(Figures.row(finding, "matches", 0, "line")).hasToString("Whole[value=5]");
    }

    @Test
    void the_exception_below_a_line_is_told_with_it() throws IOException {
        var finding = check("""
                2026-11-21T15:13:54.952Z ERROR RaftStorage [n1@group-1-StateMachineUpdater] Failed writing
                java.nio.file.NoSuchFileException: raft-meta.conf.tmp
                \tat java.base/sun.nio.fs.UnixException.translateToIOException(Unknown Source)
                2026-11-21T15:13:54.953Z INFO  Replica [replica-1] goes on
                no part of it""");
        assertThat(finding.sentence()).contains("Failed writing (java.nio.file.NoSuchFileException: raft-meta.conf.tmp)");
        assertThat(Figures.row(finding, "matches", 0, "trace")).isEqualTo(new Value.Items(List.of(
                Value.of("java.nio.file.NoSuchFileException: raft-meta.conf.tmp"),
                Value.of("\tat java.base/sun.nio.fs.UnixException.translateToIOException(Unknown Source)"))));
    }

    @Nested
    class A_line_that_a_fault_explains {
        @Test
        void is_allowed_under_that_fault() throws IOException {
            String damaged = "2026-11-21T15:13:54.952Z ERROR Records [io-1] record file damaged shard=1 file=k1.rows what=checksum does not match\n";
            assertThat(check(damaged, aHistory().fault(1, "damage", 0, 10, "n2")).verdict()).isEqualTo(Verdict.VALID);
            assertThat(check(damaged, aHistory().fault(1, "kill", 0, 10, "n2")).verdict()).isEqualTo(Verdict.INVALID);
        }

        @Test
        void is_allowed_only_if_the_fault_was_applied() throws IOException {
            String memory = "java.lang.OutOfMemoryError: Java heap space\n";
            assertThat(check(memory, aHistory().fault(1, "memory", 0, 10, "n2")).verdict()).isEqualTo(Verdict.VALID);
            assertThat(check(memory, aHistory().nemesis("inject", 1, "memory").from(0).to(10).failed("no effect")).verdict())
                    .isEqualTo(Verdict.INVALID);
        }

        @Test
        void may_come_from_Hazelcast_under_any_fault_and_under_none_without() throws IOException {
            String left = "2026-11-21T15:13:54.952Z ERROR InternalPartitionService [hz.engram-hot-local-n1.async.thread-2] Member n3 has left cluster!\n";
            assertThat(check(left, aHistory().fault(1, "pause", 0, 10, "n2")).verdict()).isEqualTo(Verdict.VALID);
            // One that was not seen to bite may have killed a node on its way.
            assertThat(check(left, aHistory().nemesis("inject", 1, "damage").from(0).to(10).failed("no such file")).verdict()).isEqualTo(Verdict.VALID);
            assertThat(check(left, aHistory()).verdict()).isEqualTo(Verdict.INVALID);
        }

        @Test
        void may_end_what_sends_to_a_follower_and_never_what_a_follower_takes() throws IOException {
            var partition = aHistory().fault(1, "partition", 0, 10, "n2");
            String sender =
                    "2026-11-21T15:13:54.952Z ERROR LifeCycle [n1@group-1->n2-GrpcLogAppender-LogAppenderDaemon] n1@group-1->n2-GrpcLogAppender-LogAppenderDaemon has failed (RUNNING -> EXCEPTION)\n";
            assertThat(check(sender, partition).verdict()).isEqualTo(Verdict.VALID);
            assertThat(check(sender, aHistory()).verdict()).isEqualTo(Verdict.INVALID);
            // Ratis' replica takes nothing after that (decision 0008).
            String append = "2026-11-21T15:13:54.952Z ERROR RaftLog [n1-server-thread2] n1@group-1-SegmentedRaftLog: Failed to append (t:6, i:690)\n";
            assertThat(check(append, partition).verdict()).isEqualTo(Verdict.INVALID);
        }

        @Test
        void does_not_excuse_replicas_that_differ() throws IOException {
            String diverged = "2026-11-21T15:13:54.952Z ERROR Replica [replica-1] state diverged, checksum 1 and 2\n";
            var history = aHistory().fault(1, "memory", 0, 10).fault(2, "damage", 20, 30).fault(3, "disk-full", 40, 50);
            assertThat(check(diverged, history).verdict()).isEqualTo(Verdict.INVALID);
        }
    }

    @Test
    void many_lines_are_counted_and_few_are_kept() throws IOException {
        var finding = check("java.lang.AssertionError\n".repeat(1_000), aHistory());
        assertThat(finding.sentence()).endsWith("(and 999 more lines)");
        assertThat(Figures.whole(finding, "byPattern", "assertion failed")).isEqualTo(1_000);
    }

    @Test
    void a_line_without_end_does_not_fill_the_memory() throws IOException {
        var finding = check("x".repeat(5_000_000) + "\njava.lang.AssertionError", aHistory());
        assertThat(finding.sentence()).startsWith("assertion failed in n2.log:2");
    }

    @Nested
    class Nothing_can_be_said {
        @Test
        void without_logs() {
            assertThat(LogChecker.ofNodes(List.of()).check(aHistory().build(), Limits.usual()).verdict()).isEqualTo(Verdict.UNKNOWN);
        }

        @Test
        void of_a_log_that_is_not_there() {
            var finding = LogChecker.ofNodes(List.of(folder.resolve("n9.log"))).check(aHistory().build(), Limits.usual());
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).startsWith("n9.log cannot be read");
        }

        @Test
        void of_an_empty_log() throws IOException {
            assertThat(check("", aHistory()).verdict()).isEqualTo(Verdict.UNKNOWN);
        }
    }
}
