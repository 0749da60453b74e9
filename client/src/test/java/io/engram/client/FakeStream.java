package io.engram.client;

import com.google.rpc.ErrorInfo;
import io.engram.v1.Credit;
import io.engram.v1.ObservationBatch;
import io.engram.v1.ObserveRequest;
import io.engram.v1.ObserveResponse;
import io.engram.v1.OpenSession;
import io.engram.v1.Progress;
import io.engram.v1.Rejection;
import io.engram.v1.SessionOpened;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The node's end of an ingest stream. At each step it may be told to break off, or to keep silent.
final class FakeStream implements StreamObserver<ObserveRequest> {
    enum Step { BEFORE_OPENING, BEFORE_TELLING_OPENED, AFTER_OPENED, BATCH_CAME, HALF_OF_BATCH_TAKEN, BEFORE_DURABLE, BEFORE_ACKNOWLEDGING, ACKNOWLEDGED }

    /// @see #NONE
    interface Faults {
        /// @return with what to break off here; null: go on. [#silence()]: say nothing more
        @Nullable StatusRuntimeException at(Step step);
    }

    /// Credit beyond the durable mark.
    record Limits(long window, long bytes) {}

    static final Faults NONE = step -> null;
    private static final String SILENCE = "say nothing more";

    static StatusRuntimeException silence() {
        return Status.CANCELLED.withDescription(SILENCE).asRuntimeException();
    }

    private final FakeCluster cluster;
    private final StreamObserver<ObserveResponse> to;
    private final Faults faults;
    private final Limits limits;
    private final LongSupplier excess;
    private @Nullable FakeSession session;
    private long credit;
    private boolean over;

    FakeStream(FakeCluster cluster, StreamObserver<ObserveResponse> to, Faults faults, Limits limits, LongSupplier excess) {
        this.cluster = cluster;
        this.to = to;
        this.faults = faults;
        this.limits = limits;
        this.excess = excess;
    }

    @Override
    public void onNext(ObserveRequest request) {
        synchronized (cluster) {
            if (over) return;
            if (request.hasOpen()) open(request.getOpen());
            else batch(request.getBatch());
        }
    }

    private void open(OpenSession open) {
        if (broken(Step.BEFORE_OPENING)) return;
        boolean existed = cluster.sessions.containsKey(open.getSession());
        if (!existed && open.getAcknowledgedThrough() > 0) {
            end(FakeCluster.refusal(Status.Code.FAILED_PRECONDITION, "SESSION_EXPIRED"));
            return;
        }
        FakeSession found = cluster.sessions.computeIfAbsent(open.getSession(), id -> new FakeSession());
        if (found.stream != null && found.stream != this) found.stream.end(FakeCluster.refusal(Status.Code.ABORTED, "SESSION_BUSY"));
        found.stream = this;
        found.opened++;
        session = found;
        credit = found.durable + limits.window();
        if (broken(Step.BEFORE_TELLING_OPENED)) return;
        to.onNext(ObserveResponse.newBuilder()
                .setOpened(SessionOpened.newBuilder()
                        .setDurableThrough(found.durable)
                        .setTakenThrough(found.taken())
                        .setResumed(existed)
                        .setCredit(credit())
                        .addAllRejections(found.rejections.tailMap(open.getAcknowledgedThrough(), false).values()))
                .build());
        broken(Step.AFTER_OPENED);
    }

    private void batch(ObservationBatch batch) {
        FakeSession at = session;
        if (at == null) throw new AssertionError("batch before open");
        if (broken(Step.BATCH_CAME)) return;
        long first = batch.getFirstNumber();
        long last = first + batch.getObservationsCount() - 1;
        if (first > at.taken() + 1) at.violations.add("gap: " + first + " after " + at.taken());
        if (last > credit) at.violations.add("over credit: " + last + " > " + credit);
        at.mostInFlight = Math.max(at.mostInFlight, (int) (last - at.durable));
        int taken = 0;
        for (io.engram.v1.Observation observation : batch.getObservationsList()) {
            if (taken == batch.getObservationsCount() / 2 && broken(Step.HALF_OF_BATCH_TAKEN)) return;
            take(at, first + taken++, observation);
        }
        if (broken(Step.BEFORE_DURABLE)) return;
        long before = at.durable;
        at.durable = Math.max(at.durable, last);
        if (broken(Step.BEFORE_ACKNOWLEDGING)) return;
        credit = Math.max(credit, at.durable + limits.window());
        Map<Long, Rejection> rejected = at.rejections.subMap(before, false, at.durable, true);
        to.onNext(ObserveResponse.newBuilder()
                .setProgress(Progress.newBuilder()
                        .setDurableThrough(at.durable + excess.getAsLong())
                        .addAllRejections(rejected.values())
                        .setCredit(credit())
                        .addPositions(FakeCluster.position(cluster.nextPosition())))
                .build());
        broken(Step.ACKNOWLEDGED);
    }

    private static void take(FakeSession at, long number, io.engram.v1.Observation observation) {
        io.engram.v1.@Nullable Observation before = at.recorded.putIfAbsent(number, observation);
        if (before != null) {
            at.resent++;
            if (!before.equals(observation)) at.violations.add("other content on resending " + number);
        }
        if (observation.getText().startsWith("bad"))
            at.rejections.put(number, Rejection.newBuilder()
                    .setNumber(number)
                    .setStatus(FakeCluster.wireStatus(
                            Status.Code.INVALID_ARGUMENT, ErrorInfo.newBuilder().setReason("INVALID_ARGUMENT").build()))
                    .build());
    }

    private Credit credit() {
        return Credit.newBuilder().setThroughNumber(credit).setInFlightBytes(limits.bytes()).build();
    }

    private boolean broken(Step step) {
        StatusRuntimeException fault = faults.at(step);
        if (fault == null) return over;
        if (SILENCE.equals(fault.getStatus().getDescription())) over = true;
        else end(fault);
        return true;
    }

    private void end(StatusRuntimeException with) {
        if (over) return;
        over = true;
        to.onError(with);
    }

    /// The connection breaks.
    void cut(StatusRuntimeException with) {
        synchronized (cluster) {
            end(with);
        }
    }

    boolean isOver() {
        synchronized (cluster) {
            return over;
        }
    }

    @Override
    public void onError(Throwable cancelled) {
        synchronized (cluster) {
            over = true;
        }
    }

    @Override
    public void onCompleted() {
        synchronized (cluster) {
            if (over) return;
            over = true;
            to.onCompleted();
        }
    }
}
