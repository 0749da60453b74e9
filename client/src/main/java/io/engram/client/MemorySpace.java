package io.engram.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/// One space: remember, look up, recall, forget. For many threads; costs nothing to make.
///
/// Writes return once they are durable on a majority. Reads are linearizable unless their options say otherwise, and
/// their proof has been checked. Failures are [EngramException]s; every call ends by its deadline.
public final class MemorySpace {
    private final String name;
    private final Calls calls;
    private final MemoryCalls make;
    private final SessionOpening opening;
    private final Duration deadline;
    private final Optional<CausalSession> session;

    MemorySpace(String name, Calls calls, SessionOpening opening, Duration deadline, Optional<CausalSession> session) {
        this.name = name;
        this.calls = calls;
        this.make = new MemoryCalls(name, calls.leaders(), deadline, session);
        this.opening = opening;
        this.deadline = deadline;
        this.session = session;
    }

    public String name() {
        return name;
    }

    /// The same space as part of a session: its writes and reads move the session on, and its reads, unless they ask for
    /// something else, see at least what the session has seen.
    public MemorySpace in(CausalSession session) {
        return new MemorySpace(name, calls, opening, deadline, Optional.of(session));
    }

    /// Creates or replaces one memory.
    public Written put(Observation observation) {
        return put(observation, WriteOptions.defaults());
    }

    /// @throws ConflictException if the condition does not hold
    /// @throws OutcomeUnknownException if it may or may not have been made
    public Written put(Observation observation, WriteOptions options) {
        return calls.await(make.put(observation, options));
    }

    public CompletableFuture<Written> putAsync(Observation observation) {
        return putAsync(observation, WriteOptions.defaults());
    }

    public CompletableFuture<Written> putAsync(Observation observation, WriteOptions options) {
        return calls.start(make.put(observation, options));
    }

    /// @throws NotFoundException if there is none; that, too, was proven as fresh as was asked for
    public Answer<Memory> get(String key) {
        return get(key, ReadOptions.defaults());
    }

    public Answer<Memory> get(String key, ReadOptions options) {
        long start = calls.nanoTime();
        try {
            return calls.await(make.get(key, options));
        } catch (NotFoundException unproven) {
            return make.found(find(key, make.afterAbsence(unproven, options, Duration.ofNanos(calls.nanoTime() - start))), unproven);
        }
    }

    public CompletableFuture<Answer<Memory>> getAsync(String key) {
        return getAsync(key, ReadOptions.defaults());
    }

    public CompletableFuture<Answer<Memory>> getAsync(String key, ReadOptions options) {
        long start = calls.nanoTime();
        CompletableFuture<Answer<Memory>> asked = calls.start(make.get(key, options));
        return Calls.cancelling(asked, asked.exceptionallyCompose(failure -> {
            if (!(failure instanceof NotFoundException unproven)) return CompletableFuture.failedFuture(failure);
            ReadOptions rest = make.afterAbsence(unproven, options, Duration.ofNanos(calls.nanoTime() - start));
            return findAsync(key, rest).thenApply(answer -> make.found(answer, unproven));
        }));
    }

    /// A memory, or the proven absence of one.
    public Answer<Optional<Memory>> find(String key) {
        return find(key, ReadOptions.defaults());
    }

    public Answer<Optional<Memory>> find(String key, ReadOptions options) {
        return batchGet(List.of(key), options).map(lookup -> lookup.memories().stream().findFirst());
    }

    public CompletableFuture<Answer<Optional<Memory>>> findAsync(String key, ReadOptions options) {
        CompletableFuture<Answer<Lookup>> asked = batchGetAsync(List.of(key), options);
        return Calls.cancelling(asked, asked.thenApply(answer -> answer.map(lookup -> lookup.memories().stream().findFirst())));
    }

    /// @param keys 1..1,000
    public Answer<Lookup> batchGet(List<String> keys) {
        return batchGet(keys, ReadOptions.defaults());
    }

    public Answer<Lookup> batchGet(List<String> keys, ReadOptions options) {
        return calls.await(make.batchGet(keys, options));
    }

    public CompletableFuture<Answer<Lookup>> batchGetAsync(List<String> keys, ReadOptions options) {
        return calls.start(make.batchGet(keys, options));
    }

    /// @throws NotFoundException if there is none
    public Forgotten forget(String key) {
        return forget(key, WriteOptions.defaults());
    }

    /// @throws ConflictException if the version is another
    public Forgotten forget(String key, WriteOptions options) {
        return calls.await(make.forget(key, options));
    }

    public CompletableFuture<Forgotten> forgetAsync(String key) {
        return forgetAsync(key, WriteOptions.defaults());
    }

    public CompletableFuture<Forgotten> forgetAsync(String key, WriteOptions options) {
        return calls.start(make.forget(key, options));
    }

    /// Pages are fetched as the stream is read, each at the consistency asked for: what is written meanwhile may be
    /// seen or not.
    public Stream<Memory> list(ListQuery query) {
        return list(query, ReadOptions.defaults());
    }

    /// @param options the deadline is for each page
    public Stream<Memory> list(ListQuery query, ReadOptions options) {
        return Pages.stream(token -> page(query, token, options));
    }

    /// @param token of the page before; empty: the first page
    public Answer<Page<Memory>> page(ListQuery query, Optional<String> token, ReadOptions options) {
        return calls.await(make.list(query, token, options));
    }

    public CompletableFuture<Answer<Page<Memory>>> pageAsync(ListQuery query, Optional<String> token, ReadOptions options) {
        return calls.start(make.list(query, token, options));
    }

    /// The `k` memories closest in meaning to a text.
    ///
    /// @throws PreconditionException if the nodes embed no text for this space
    public Answer<Recalled> recall(String text, int k) {
        return recall(RecallQuery.text(text).k(k));
    }

    public Answer<Recalled> recall(Vector vector, int k) {
        return recall(RecallQuery.vector(vector).k(k));
    }

    public Answer<Recalled> recall(RecallQuery query) {
        return recall(query, ReadOptions.defaults());
    }

    public Answer<Recalled> recall(RecallQuery query, ReadOptions options) {
        return calls.await(make.recall(query, options));
    }

    public CompletableFuture<Answer<Recalled>> recallAsync(RecallQuery query) {
        return recallAsync(query, ReadOptions.defaults());
    }

    public CompletableFuture<Answer<Recalled>> recallAsync(RecallQuery query, ReadOptions options) {
        return calls.start(make.recall(query, options));
    }

    /// Opens or resumes an ingest session and returns when a node has taken it.
    ///
    /// @param sessionId 1..128 bytes of printable ASCII; one process at a time may use it
    public ObserveSession observe(String sessionId) {
        return observe(sessionId, ObserveOptions.defaults());
    }

    public ObserveSession observe(String sessionId, ObserveOptions options) {
        return opening.open(name, sessionId, options, session);
    }
}
