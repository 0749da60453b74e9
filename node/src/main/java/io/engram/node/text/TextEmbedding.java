package io.engram.node.text;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.memory.Embedder;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Space;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's one embedding thread and the texts that wait for it.
///
/// Two queues: texts of calls, for which somebody waits, go before texts of streams. Both are bounded: a call that finds no room is refused with
/// `OVERLOADED`, a stream waits, and takes nothing more from its client meanwhile. Safe for use by many threads.
public final class TextEmbedding implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TextEmbedding.class);
    /// A call waits for one such batch at most before its own is taken: about 50 ms of short texts.
    private static final int BATCH = 16;
    /// Half a second of short texts, and more makes calls miss their deadline anyway.
    private static final int CALLS = 256;
    /// Some 6 s of short texts. Their bytes are within the streams' bytes in flight.
    private static final int STREAM_TEXTS = 2048;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private record Waiting(String text, CompletableFuture<Embedding> vector) {}

    private final Optional<Embedder> embedder;
    private final Thread worker;
    private final Semaphore callPlaces = new Semaphore(CALLS);
    /// Fair: a stream with a large batch must not starve behind many small ones.
    private final Semaphore streamPlaces = new Semaphore(STREAM_TEXTS, true);
    private final Queue<Waiting> calls = new ArrayDeque<>();
    private final Queue<Waiting> streams = new ArrayDeque<>();
    private boolean closed;

    private TextEmbedding(Optional<Embedder> embedder) {
        this.embedder = embedder;
        this.worker = Thread.ofPlatform().name("embedding").daemon().unstarted(this::work);
    }

    /// Begins to load the model and returns at once: texts that come sooner wait for it.
    ///
    /// @param embedder closed with this; empty: texts are refused
    public static TextEmbedding start(Optional<Embedder> embedder) {
        TextEmbedding started = new TextEmbedding(embedder);
        if (embedder.isPresent()) started.worker.start();
        return started;
    }

    /// Name of the model; empty: there is none.
    public String model() {
        return embedder.map(Embedder::model).orElse("");
    }

    /// Of the model; 0: there is none.
    public int dimension() {
        return embedder.map(Embedder::dimension).orElse(0);
    }

    public boolean isPresent() {
        return embedder.isPresent();
    }

    public boolean serves(Space space) {
        return space.dimension() == dimension();
    }

    /// How full the streams' queue is, 0..1.
    public double fill() {
        return 1 - (double) streamPlaces.availablePermits() / STREAM_TEXTS;
    }

    /// For a call. Blocks.
    ///
    /// @throws RefusedException `OVERLOADED`, `DEADLINE_EXCEEDED`, `INTERNAL`
    public Embedding now(String text, Deadline deadline) throws InterruptedException {
        if (!callPlaces.tryAcquire()) throw new RefusedException(Reason.OVERLOADED, "too many texts wait for the embedding model");
        CompletableFuture<Embedding> vector = new CompletableFuture<>();
        var _ = vector.whenComplete((v, failure) -> callPlaces.release());
        offer(calls, List.of(new Waiting(text, vector)));
        try {
            return await(vector, deadline);
        } finally {
            vector.cancel(false); // nobody waits for it any more
        }
    }

    /// For a stream. Blocks while there is no room, then until all are embedded.
    ///
    /// @param wanted any number up to what a batch of a stream may hold
    /// @return in order
    public List<Embedding> inTurn(List<String> wanted, Deadline deadline) throws InterruptedException {
        List<Embedding> vectors = new ArrayList<>(wanted.size());
        // In parts, so that batches of several streams take turns.
        for (int from = 0; from < wanted.size(); from += BATCH)
            vectors.addAll(part(wanted.subList(from, Math.min(wanted.size(), from + BATCH)), deadline));
        return vectors;
    }

    private List<Embedding> part(List<String> texts, Deadline deadline) throws InterruptedException {
        long left = deadline.left(MonotonicClock.SYSTEM).toNanos();
        if (!streamPlaces.tryAcquire(texts.size(), Math.max(0, left), TimeUnit.NANOSECONDS))
            throw new RefusedException(Reason.OVERLOADED, "too many texts wait for the embedding model");
        List<Waiting> waiting = new ArrayList<>(texts.size());
        for (String text : texts) {
            CompletableFuture<Embedding> vector = new CompletableFuture<>();
            var _ = vector.whenComplete((v, failure) -> streamPlaces.release());
            waiting.add(new Waiting(text, vector));
        }
        offer(streams, waiting);
        try {
            List<Embedding> vectors = new ArrayList<>(texts.size());
            for (Waiting one : waiting) vectors.add(await(one.vector(), deadline));
            return vectors;
        } finally {
            waiting.forEach(one -> one.vector().cancel(false));
        }
    }

    private static Embedding await(CompletableFuture<Embedding> vector, Deadline deadline) throws InterruptedException {
        try {
            return vector.get(Math.max(0, deadline.left(MonotonicClock.SYSTEM).toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RefusedException(Reason.DEADLINE_EXCEEDED, "the embedding model did not get to the text in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException refused) throw refused;
            throw new RefusedException(Reason.INTERNAL, "the embedding model failed", e);
        }
    }

    private synchronized void offer(Queue<Waiting> queue, List<Waiting> texts) {
        if (closed || embedder.isEmpty()) {
            texts.forEach(one -> one.vector().completeExceptionally(stopping()));
            return;
        }
        queue.addAll(texts);
        notifyAll();
    }

    private static RefusedException stopping() {
        return new RefusedException(Reason.NOT_READY, "this node embeds no text now");
    }

    private void work() {
        Embedder model = embedder.orElseThrow();
        long start = System.nanoTime();
        try {
            model.embed(List.of("ready"));
            LOG.info("embedding ready model={} dimension={} ms={}", model.model(), model.dimension(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        } catch (RuntimeException e) {
            LOG.error("embedding failed to start model={}", model.model(), e);
        }
        for (List<Waiting> batch = next(); !batch.isEmpty(); batch = next()) embed(model, batch);
    }

    /// @return empty once closed
    private synchronized List<Waiting> next() {
        List<Waiting> batch = new ArrayList<>(BATCH);
        try {
            while (batch.isEmpty() && !closed) {
                take(calls, batch);
                take(streams, batch);
                if (batch.isEmpty()) wait();
            }
        } catch (InterruptedException e) {
            closed = true;
        }
        return closed ? List.of() : batch;
    }

    private static void take(Queue<Waiting> queue, List<Waiting> batch) {
        while (batch.size() < BATCH && !queue.isEmpty()) {
            Waiting one = queue.remove();
            if (!one.vector().isDone()) batch.add(one);
        }
    }

    private static void embed(Embedder model, List<Waiting> batch) {
        // Texts of like length beside one another: what a model allocates for one serves the next.
        List<Waiting> sorted = batch.stream().sorted(Comparator.comparingInt(one -> one.text().length())).toList();
        try {
            List<Embedding> vectors = model.embed(sorted.stream().map(Waiting::text).toList());
            for (int i = 0; i < sorted.size(); i++) sorted.get(i).vector().complete(vectors.get(i));
        } catch (RuntimeException | Error e) {
            LOG.warn("embedding failed texts={}", sorted.size(), e);
            sorted.forEach(one -> one.vector().completeExceptionally(e));
        }
    }

    /// Refuses what waits, ends the thread, closes the model.
    @Override
    public void close() {
        List<Waiting> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            left.addAll(calls);
            left.addAll(streams);
            calls.clear();
            streams.clear();
            notifyAll();
        }
        left.forEach(one -> one.vector().completeExceptionally(stopping()));
        try {
            if (worker.isAlive() && !worker.join(CLOSE)) {
                LOG.warn("embedding did not end in time, its model stays open");
                return;
            }
            embedder.ifPresent(Embedder::close);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
