package io.engram.jepsen.run;

import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.generator.Generator.Context;
import io.engram.jepsen.generator.Generator.Next;
import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.workload.Completion;
import io.engram.jepsen.workload.Endpoint;
import io.engram.jepsen.workload.Invocation;
import io.engram.jepsen.workload.Worker;
import io.engram.jepsen.workload.Workload;
import io.engram.jepsen.workload.WorkloadClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Carries out plans with so many processes at a time, and records what they do. Used by one thread.
final class Workers {
    /// A client that does not end within its own deadline by this much has broken its contract.
    private static final Duration STUCK = Duration.ofSeconds(90);

    /// Begins the error of an operation that failed in the harness itself.
    static final String HARNESS = "harness ";

    private final Workload workload;
    private final Supplier<List<Endpoint>> endpoints;
    private final Recorder recorder;
    private final RandomGenerator random;
    private final Worker[] workers;
    private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
    private @Nullable String fault;

    /// @param endpoints of all nodes as they are now
    /// @param random for plans
    Workers(Workload workload, Supplier<List<Endpoint>> endpoints, Recorder recorder, int concurrency, RandomGenerator random) {
        this.workload = workload;
        this.endpoints = endpoints;
        this.recorder = recorder;
        this.random = random;
        this.workers = new Worker[concurrency];
        for (int i = 0; i < concurrency; i++) workers[i] = new Worker(i, i, concurrency);
    }

    /// Returns when the plan is done and nothing is under way.
    ///
    /// @param limit of the plan; beyond it, clients get some time to end
    /// @throws IllegalStateException the harness failed: a client never ended, or the history cannot be written
    void run(Generator generator, Duration limit) throws InterruptedException {
        Plan plan = new Plan(generator, workers.length, random);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < workers.length; i++) {
            int thread = i;
            threads.add(Thread.ofVirtual().name("worker-" + i).start(() -> work(plan, thread)));
        }
        long end = System.nanoTime() + limit.plus(STUCK).toNanos();
        try {
            for (Thread thread : threads)
                if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime()))))
                    broken.compareAndSet(null, new IllegalStateException(thread.getName() + " is stuck in an operation"));
        } finally {
            plan.end();
            threads.forEach(Thread::interrupt);
        }
        Throwable why = broken.get();
        if (why != null) throw new IllegalStateException("the harness failed: " + why, why);
    }

    /// The first exception that a client threw, in words; null if none did: such operations tell nothing of the system.
    synchronized @Nullable String fault() {
        return fault;
    }

    private void work(Plan plan, int thread) {
        try (Connection connection = new Connection()) {
            for (Invocation next = plan.take(workers[thread]); next != null; next = plan.take(workers[thread])) {
                Worker worker = workers[thread];
                WorkloadClient client = connection.of(worker);
                recorder.invoked(worker.process(), next);
                Completion completion = carryOut(client, next);
                recorder.completed(worker.process(), next, completion);
                if (completion.type() == OpType.INFO) {
                    connection.end();
                    workers[thread] = worker.successor();
                } else if (completion.type() == OpType.FAIL) connection.endIfMoved();
                plan.completed();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (Throwable failure) {
            broken.compareAndSet(null, failure);
            plan.end();
        }
    }

    private Completion carryOut(WorkloadClient client, Invocation invocation) {
        try {
            return client.invoke(invocation);
        } catch (Exception e) {
            synchronized (this) {
                if (fault == null) fault = invocation.function() + ": " + e;
            }
            return Completion.info(invocation.value(), Evidence.NONE, HARNESS + e.getClass().getSimpleName());
        }
    }

    /// One thread's client.
    private final class Connection implements AutoCloseable {
        private @Nullable WorkloadClient client;
        private List<Endpoint> to = List.of();

        WorkloadClient of(Worker worker) {
            if (client == null) {
                to = endpoints.get();
                client = workload.connect(to, worker);
            }
            return client;
        }

        /// Closing may take a moment, and the next process need not wait for it.
        void end() {
            WorkloadClient ended = client;
            client = null;
            if (ended != null) Thread.ofVirtual().name("closing").start(ended::close);
        }

        /// Nodes that start again may do so elsewhere.
        void endIfMoved() {
            if (!endpoints.get().equals(to)) end();
        }

        @Override
        public void close() {
            if (client != null) client.close();
        }
    }

    /// The plan that is left, asked by all threads.
    private static final class Plan {
        private final int threads;
        private final RandomGenerator random;
        private final long began = System.nanoTime();
        private Generator left;
        private int open;
        private boolean ended;

        Plan(Generator generator, int threads, RandomGenerator random) {
            this.left = generator;
            this.threads = threads;
            this.random = random;
        }

        /// @return null: there is nothing more to do
        synchronized @Nullable Invocation take(Worker worker) throws InterruptedException {
            while (!ended) {
                Duration now = Duration.ofNanos(System.nanoTime() - began);
                switch (left.next(new Context(now, worker.process(), worker.thread(), threads, open, random))) {
                    case Next.Invoke(var invocation, var rest) -> {
                        left = rest;
                        open++;
                        notifyAll();
                        return invocation;
                    }
                    case Next.Wait(var until, var rest) -> {
                        left = rest;
                        long nanos = until.minus(now).toNanos();
                        wait(nanos / 1_000_000, Math.clamp(nanos % 1_000_000, 1, 999_999));
                    }
                    case Next.Done() -> end();
                }
            }
            return null;
        }

        synchronized void completed() {
            open--;
            notifyAll();
        }

        synchronized void end() {
            ended = true;
            notifyAll();
        }
    }
}
