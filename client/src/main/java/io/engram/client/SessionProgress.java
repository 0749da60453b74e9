package io.engram.client;

import io.engram.v1.Progress;
import io.engram.v1.SessionOpened;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the nodes have said about a session: durable mark, credit, rejections, pressure. Turns it into news of each observation, in
/// order of number, each once, however often the connection breaks. Guarded by the session's lock.
final class SessionProgress {
    /// To whom news goes.
    interface Outlet {
        void recorded(SendBuffer.Item item);

        void rejected(Rejection rejection, Optional<SendBuffer.Item> item);

        void durable(long through, List<Position> positions);
    }

    private final SendBuffer buffer;
    private final long acknowledgedBefore;
    private final Optional<CausalSession> causal;
    private final Outlet outlet;
    /// Named by a node, and not yet passed by the durable mark.
    private final TreeMap<Long, Fault> rejections = new TreeMap<>();
    private final List<Rejection> earlier = new ArrayList<>();
    private boolean opened;
    private boolean resumed;
    private boolean advanced;
    private long takenThrough;
    private long creditThrough;
    private long creditBytes;
    private Optional<Pressure> pressure = Optional.empty();

    SessionProgress(SendBuffer buffer, ObserveOptions options, Optional<CausalSession> causal, Outlet outlet) {
        this.buffer = buffer;
        this.acknowledgedBefore = options.acknowledgedThrough();
        this.causal = causal;
        this.outlet = outlet;
    }

    /// @return why the session cannot go on; empty: it does
    Optional<EngramException> opened(SessionOpened told) {
        long durable = told.getDurableThrough();
        if (!opened) begin(told);
        else if (!told.getResumed())
            return Optional.of(new SessionExpiredException(
                    Fault.local(Status.Code.FAILED_PRECONDITION, "SESSION_EXPIRED", "the cluster has forgotten the session"), null));
        else if (durable < buffer.durableThrough())
            return Optional.of(new InternalException(
                    Fault.local(Status.Code.DATA_LOSS, "SESSION_WENT_BACK",
                            "was durable through " + buffer.durableThrough() + ", a node now says " + durable), null));
        else if (durable > buffer.lastNumber())
            return Optional.of(new ConflictException(
                    Fault.local(Status.Code.ABORTED, "SESSION_BUSY",
                            "another client uses the session: durable through " + durable + ", sent " + buffer.lastNumber()), null));
        note(told.getRejectionsList());
        advance(durable, List.of());
        buffer.rewind();
        // A new stream's credit replaces the old one's, and may be less.
        creditThrough = told.getCredit().getThroughNumber();
        creditBytes = told.getCredit().getInFlightBytes();
        return Optional.empty();
    }

    private void begin(SessionOpened told) {
        opened = true;
        resumed = told.getResumed();
        takenThrough = Math.max(told.getTakenThrough(), told.getDurableThrough());
        buffer.startAt(told.getDurableThrough());
        for (io.engram.v1.Rejection wire : told.getRejectionsList()) {
            if (wire.getNumber() <= told.getDurableThrough())
                earlier.add(rejection(wire.getNumber(), Optional.empty(), Faults.of(wire.getStatus())));
        }
    }

    /// @return how the node broke the protocol; empty: it did not
    Optional<Fault> progressed(Progress told) {
        long durable = told.getDurableThrough();
        if (durable > buffer.sentThrough() || durable < buffer.durableThrough())
            return Optional.of(Fault.local(
                    Status.Code.INTERNAL, "",
                    "acknowledged through " + durable + ", sent " + buffer.sentThrough() + ", durable " + buffer.durableThrough()));
        note(told.getRejectionsList());
        advance(durable, told.getPositionsList().stream().map(Wire::position).toList());
        if (told.hasCredit()) {
            creditThrough = Math.max(creditThrough, told.getCredit().getThroughNumber());
            creditBytes = told.getCredit().getInFlightBytes();
        }
        pressure = told.hasPressure() ? Optional.of(pressure(told.getPressure())) : Optional.empty();
        return Optional.empty();
    }

    /// A node may tell rejections of what is durable already a little late, after it has opened a session anew.
    private void note(List<io.engram.v1.Rejection> told) {
        for (io.engram.v1.Rejection rejection : told) {
            Fault fault = Faults.of(rejection.getStatus());
            if (rejection.getNumber() > buffer.durableThrough()) rejections.put(rejection.getNumber(), fault);
            else outlet.rejected(rejection(rejection.getNumber(), Optional.empty(), fault), Optional.empty());
        }
    }

    private void advance(long durable, List<Position> positions) {
        boolean moves = durable > buffer.durableThrough();
        for (SendBuffer.Item item : buffer.acknowledge(durable)) {
            Fault fault = rejections.remove(item.number);
            if (fault == null) outlet.recorded(item);
            else outlet.rejected(rejection(item.number, Optional.of(item.observation), fault), Optional.of(item));
        }
        rejections.headMap(durable, true).clear();
        causal.ifPresent(session -> positions.forEach(session::saw));
        if (!moves) return;
        advanced = true;
        outlet.durable(durable, positions);
    }

    private static Rejection rejection(long number, Optional<Observation> observation, Fault fault) {
        return new Rejection(number, observation, Faults.exception(fault, null));
    }

    private static Pressure pressure(io.engram.v1.Pressure wire) {
        Pressure.Cause cause = switch (wire.getCause()) {
            case PRESSURE_CAUSE_LOG -> Pressure.Cause.LOG;
            case PRESSURE_CAUSE_EMBEDDING -> Pressure.Cause.EMBEDDING;
            case PRESSURE_CAUSE_MEMORY -> Pressure.Cause.MEMORY;
            case PRESSURE_CAUSE_UNSPECIFIED, UNRECOGNIZED -> Pressure.Cause.UNKNOWN;
        };
        return new Pressure(cause, wire.getSuggestedRate());
    }

    /// What the client has seen acknowledged; a node need not tell rejections up to here again.
    long acknowledgedThrough() {
        return opened ? buffer.durableThrough() : acknowledgedBefore;
    }

    /// Whether the durable mark has moved since this was asked last.
    boolean takeAdvanced() {
        boolean did = advanced;
        advanced = false;
        return did;
    }

    boolean isOpened() {
        return opened;
    }

    boolean resumed() {
        return resumed;
    }

    long takenThrough() {
        return takenThrough;
    }

    List<Rejection> earlierRejections() {
        return List.copyOf(earlier);
    }

    long creditThrough() {
        return creditThrough;
    }

    long creditBytes() {
        return creditBytes;
    }

    Optional<Pressure> pressure() {
        return pressure;
    }
}
