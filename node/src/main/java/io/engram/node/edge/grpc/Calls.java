package io.engram.node.edge.grpc;

import com.google.protobuf.MessageLite;
import io.engram.grid.Reason;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.node.config.NodeConfig.LimitsConfig;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs unary calls: so many at once and no more, each with a deadline, each answered exactly once.
///
/// Runs on the thread that gRPC calls it on, which is a virtual one, and blocks it.
final class Calls {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);
    /// The store ends each call by its deadline; this much later the edge no longer believes that it will.
    private static final Duration GRACE = Duration.ofMillis(500);
    /// The client's clock for this call runs as well: an answer that names the reason should arrive before the client gives up.
    private static final Duration WAY_BACK = Duration.ofMillis(20);

    private final Semaphore places;
    private final InFlight inFlight;
    private final long maxAnswerBytes;
    private final Duration defaultDeadline;
    private final Duration maxDeadline;
    private final ScheduledExecutorService timers;

    Calls(LimitsConfig limits, InFlight inFlight, ScheduledExecutorService timers) {
        this.places = new Semaphore(limits.calls());
        this.inFlight = inFlight;
        this.maxAnswerBytes = limits.message().count();
        this.defaultDeadline = limits.defaultDeadline();
        this.maxDeadline = limits.maxDeadline();
        this.timers = timers;
    }

    enum Kind { READ, WRITE }

    @FunctionalInterface
    interface Work<A> {
        A by(Deadline deadline) throws Exception;
    }

    <A extends MessageLite> void answer(Kind kind, MessageLite request, StreamObserver<A> observer, Work<A> work) {
        if (!places.tryAcquire()) {
            observer.onError(Refusal.of(Reason.OVERLOADED, "this node has too many calls at work").toException());
            return;
        }
        int bytes = request.getSerializedSize();
        try {
            if (!inFlight.tryTake(bytes)) {
                observer.onError(Refusal.of(Reason.OVERLOADED, "this node has too many bytes of requests at work").toException());
                return;
            }
            try {
                run(kind, observer, work);
            } finally {
                inFlight.give(bytes);
            }
        } finally {
            places.release();
        }
    }

    private <A extends MessageLite> void run(Kind kind, StreamObserver<A> observer, Work<A> work) {
        Deadline deadline = deadline();
        AtomicBoolean answered = new AtomicBoolean();
        Thread worker = Thread.currentThread();
        ScheduledFuture<?> alarm = schedule(deadline, () -> {
            if (!answered.compareAndSet(false, true)) return;
            observer.onError(late(kind).toException());
            worker.interrupt();
        });
        Executor here = Runnable::run;
        Context.CancellationListener gone = context -> worker.interrupt();
        Context.current().addListener(gone, here);
        try {
            A answer = work.by(deadline);
            if (answer.getSerializedSize() > maxAnswerBytes)
                throw new InvalidFieldException(Reason.MESSAGE_TOO_LARGE, "", "the answer would have "
                        + answer.getSerializedSize() + " bytes, more than " + maxAnswerBytes + ": ask for less");
            if (answered.compareAndSet(false, true)) {
                observer.onNext(answer);
                observer.onCompleted();
            }
        } catch (Exception e) {
            if (!answered.compareAndSet(false, true)) return;
            if (Refusal.isOurFault(e) && !Context.current().isCancelled()) LOG.warn("call failed", e);
            boolean late = deadline.passed(MonotonicClock.SYSTEM) && Refusal.isOurFault(e);
            observer.onError((late ? late(kind) : Refusal.of(e, kind == Kind.WRITE)).toException());
        } finally {
            Context.current().removeListener(gone);
            alarm.cancel(false);
            // An interrupt that came after the work was meant for the work alone.
            Thread.interrupted();
        }
    }

    private static Refusal late(Kind kind) {
        return kind == Kind.WRITE
                ? Refusal.of(Reason.OUTCOME_UNKNOWN, "the write did not end by its deadline")
                : Refusal.of(Reason.DEADLINE_EXCEEDED, "the call did not end by its deadline");
    }

    private ScheduledFuture<?> schedule(Deadline deadline, Runnable alarm) {
        long nanos = deadline.left(MonotonicClock.SYSTEM).plus(GRACE).toNanos();
        try {
            return timers.schedule(alarm, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            throw Refusal.of(Reason.NOT_READY, "this node is stopping").toException();
        }
    }

    /// The client's deadline, cut to the node's; the node's default if it brought none.
    private Deadline deadline() {
        io.grpc.Deadline asked = Context.current().getDeadline();
        Duration allowed = defaultDeadline;
        if (asked != null) {
            Duration left = Duration.ofNanos(Math.max(0, asked.timeRemaining(TimeUnit.NANOSECONDS)));
            Duration way = left.dividedBy(10).compareTo(WAY_BACK) < 0 ? left.dividedBy(10) : WAY_BACK;
            left = left.minus(way);
            allowed = left.compareTo(maxDeadline) < 0 ? left : maxDeadline;
        }
        return Deadline.after(allowed, MonotonicClock.SYSTEM);
    }
}
