package io.engram.jepsen.run;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.JsonLines;
import io.engram.jepsen.workload.Completion;
import io.engram.jepsen.workload.Invocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Writes down what happens as it happens: an event is with the operating system before the next thing is done, so that the
/// history outlives the harness however that ends.
///
/// Safe for use by many threads. One clock for all events, read in the order in which they are written.
final class Recorder implements AutoCloseable {
    private final FileChannel file;
    private final LongSupplier nanoTime;
    private final long origin;
    private final List<Op> ops = new ArrayList<>();

    private Recorder(FileChannel file, LongSupplier nanoTime) {
        this.file = file;
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
    }

    /// @param nanoTime monotonic
    static Recorder create(Path path, LongSupplier nanoTime) throws IOException {
        return new Recorder(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), nanoTime);
    }

    Op invoked(int process, Invocation invocation) {
        return record(OpType.INVOKE, process, invocation, invocation.value(), Evidence.NONE, null);
    }

    Op completed(int process, Invocation invocation, Completion completion) {
        return record(completion.type(), process, invocation, completion.value(), completion.evidence(), completion.error());
    }

    /// Of the nemesis, which has no key and no evidence.
    Op nemesis(OpType type, String function, Value value, @Nullable String error) {
        return record(type, Op.NEMESIS, new Invocation(function, null, value), value, Evidence.NONE, error);
    }

    private synchronized Op record(
            OpType type, int process, Invocation invocation, Value value, Evidence evidence, @Nullable String error) {
        long time = Math.max(0, nanoTime.getAsLong() - origin);
        Op op = new Op(ops.size(), type, process, invocation.function(), invocation.key(), value, time, evidence, error);
        write(JsonLines.line(op) + "\n");
        ops.add(op);
        return op;
    }

    private void write(String line) {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) file.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("the history cannot be written", e);
        }
    }

    /// So far.
    synchronized History history() {
        return new History(ops);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
