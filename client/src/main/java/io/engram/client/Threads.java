package io.engram.client;

import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The client's threads: one that keeps time, and a few that carry answers to their callers. All daemons, named
/// `engram-client-*`.
///
/// The queue before them needs no bound of its own: what stands in it belongs to calls and streams, which are bounded.
final class Threads implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Threads.class);
    private static final int WORKERS = Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors()));
    private static final long IDLE_SECONDS = 30;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor work;

    private Threads() {
        timer = new ScheduledThreadPoolExecutor(1, named("timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        work = new ThreadPoolExecutor(WORKERS, WORKERS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("work"));
        work.allowCoreThreadTimeOut(true);
    }

    static Threads start() {
        return new Threads();
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    Executor work() {
        return work;
    }

    /// Runs tasks on the workers one at a time, in order. After closing, drops them: there is nobody left to tell.
    Executor sequential() {
        return MoreExecutors.newSequentialExecutor(task -> {
            try {
                work.execute(task);
            } catch (RejectedExecutionException closed) {
                log.debug("dropped after closing task={}", task);
            }
        });
    }

    private static ThreadFactory named(String role) {
        return task -> {
            Thread thread = new Thread(task, "engram-client-" + role + "-" + COUNT.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    boolean isClosed() {
        return work.isShutdown();
    }

    /// Lets what is queued run; takes nothing new.
    @Override
    public void close() {
        timer.shutdown();
        work.shutdown();
    }
}
