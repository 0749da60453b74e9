package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.store.Stores;
import io.engram.jepsen.history.Value;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/// Numbered ingest: each thread streams 1, 2, 3, ... into a session of its own, over processes that end and connections that are
/// taken over by the next. Nothing acknowledged is lost, nothing is recorded twice, and the order is kept.
///
/// `send` carries how many, and returns the range that is durable: {session, from, to}; unknown, the range of which any part may be.
/// `reconnect` opens the session anew on another node while the old stream is still there: {session, durable}. The closing `read`
/// returns for each session its numbers with the position of each: {session: [[number shard position] ...]}.
final class SessionStreamWorkload extends OneSpaceWorkload {
    static final String NAME = "session-stream";
    private static final int MOST_AT_ONCE = 40;
    private static final int MAX_THREADS = 1_000;

    /// By thread: how far its session was acknowledged, to whichever process.
    private final AtomicLongArray acknowledged = new AtomicLongArray(MAX_THREADS);

    SessionStreamWorkload(Stores stores, String space, List<Checker> checkers) {
        super(NAME, stores, space, checkers);
    }

    @Override
    public WorkloadClient connect(List<Endpoint> endpoints, Worker worker) {
        if (worker.threads() > MAX_THREADS) throw new IllegalArgumentException("concurrency must be at most " + MAX_THREADS + ", was " + worker.threads());
        return new SessionStreamClient(new SessionStreamClient.Ground(stores, space, acknowledged), endpoints, worker);
    }

    @Override
    public Generator generator() {
        Generator sends = Generator.drawn(random -> new Invocation("send", null, Value.of(1 + random.nextInt(MOST_AT_ONCE))));
        Generator reconnects = Generator.drawn(random -> new Invocation("reconnect", null, Value.NIL));
        return Generator.mix(List.of(Generator.share(40, sends), Generator.share(1, reconnects)));
    }

    @Override
    public Generator closing() {
        return Generator.on(thread -> thread < 3, Generator.eachThread(Generator.once(new Invocation("read", null, Value.NIL)))).limit(3);
    }
}
