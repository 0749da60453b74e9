package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.JsonLines;
import io.engram.jepsen.workload.Completion;
import io.engram.jepsen.workload.Invocation;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
    @TempDir
    Path folder;

    private static final Invocation WRITE = new Invocation("write", "k", Value.of(5));

    @Test
    void an_event_is_in_the_file_when_it_was_recorded() throws IOException {
        try (Recorder recorder = Recorder.create(folder.resolve("h"), System::nanoTime)) {
            recorder.invoked(3, WRITE);
            assertThat(Files.readAllLines(folder.resolve("h"))).hasSize(1);
            recorder.completed(3, WRITE, Completion.ok(Value.of(5), new Evidence("n1", "leader", 0, 7L, 7L, Duration.ZERO)));
            assertThat(read()).isEqualTo(recorder.history());
        }
    }

    @Test
    void times_count_from_the_beginning_and_never_go_down_over_all_threads() throws Exception {
        try (Recorder recorder = Recorder.create(folder.resolve("h"), System::nanoTime)) {
            List<Thread> threads = new ArrayList<>();
            for (int process = 0; process < 8; process++) {
                int of = process;
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 200; i++) {
                        recorder.invoked(of, WRITE);
                        recorder.completed(of, WRITE, Completion.ok(Value.NIL, Evidence.NONE));
                    }
                }));
            }
            for (Thread thread : threads) thread.join();
            List<Op> ops = read().ops();
            assertThat(ops).hasSize(3_200).isSortedAccordingTo(java.util.Comparator.comparingLong(Op::time));
            assertThat(ops).extracting(Op::index).containsExactlyElementsOf(java.util.stream.IntStream.range(0, 3_200).boxed().toList());
            assertThat(read().operations()).hasSize(1_600);
        }
    }

    @Test
    void an_older_history_is_never_written_over() throws IOException {
        Recorder.create(folder.resolve("h"), System::nanoTime).close();
        assertThatThrownBy(() -> Recorder.create(folder.resolve("h"), System::nanoTime)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void it_survives_the_kill_of_the_harness() throws Exception {
        Path file = folder.resolve("h");
        Process harness = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx64m", "-cp", System.getProperty("java.class.path"), Endless.class.getName(), file.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("out").toFile()).start();
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(file) && Files.size(file) > 20_000);
        } finally {
            harness.destroyForcibly();
            assertThat(harness.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        List<Op> ops = read().ops();
        assertThat(ops).hasSizeGreaterThan(100);
        // The counter stands in the invocation: none is missing between the first and the last.
        List<Value> numbers = ops.stream().filter(op -> op.type() == OpType.INVOKE).map(Op::value).toList();
        for (int i = 0; i < numbers.size(); i++) assertThat(numbers.get(i)).isEqualTo(Value.of(i));
    }

    private History read() throws IOException {
        try (var reader = Files.newBufferedReader(folder.resolve("h"))) {
            return JsonLines.read(reader);
        }
    }

    /// Records until it is killed.
    static final class Endless {
        private Endless() {}

        public static void main(String[] arguments) throws IOException {
            try (Recorder recorder = Recorder.create(Path.of(arguments[0]), System::nanoTime)) {
                for (long i = 0; i < 10_000_000; i++) {
                    Invocation add = new Invocation("add", null, Value.of(i));
                    recorder.invoked(0, add);
                    recorder.completed(0, add, Completion.ok(add.value(), Evidence.NONE));
                }
            }
        }
    }
}
