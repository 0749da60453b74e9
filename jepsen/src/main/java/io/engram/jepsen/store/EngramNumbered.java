package io.engram.jepsen.store;

import io.engram.client.Acknowledgement;
import io.engram.client.EngramException;
import io.engram.client.MemorySpace;
import io.engram.client.ObserveOptions;
import io.engram.client.ObserveSession;
import io.engram.client.Rejection;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// An ingest session of Engram's.
final class EngramNumbered implements Store.Numbered {
    /// A node that owes an answer for longer is left for another one, within the deadline of a send.
    private static final Duration STALL = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final ObserveSession session;
    private final Queue<Rejection> rejected;
    private final long durableAtOpen;

    private EngramNumbered(ObserveSession session, Queue<Rejection> rejected) {
        this.session = session;
        this.rejected = rejected;
        this.durableAtOpen = session.durableThrough();
    }

    static EngramNumbered open(MemorySpace space, String id, long acknowledgedThrough) {
        Queue<Rejection> rejected = new ConcurrentLinkedQueue<>();
        ObserveOptions options = ObserveOptions.defaults()
                .sendTimeout(EngramStores.DEADLINE)
                .stallTimeout(STALL)
                .giveUpAfter(EngramStores.DEADLINE)
                .closeTimeout(CLOSE)
                .acknowledgedThrough(acknowledgedThrough)
                .listener(told -> {
                    if (told instanceof Acknowledgement.Rejected(var rejection)) rejected.add(rejection);
                });
        ObserveSession session = space.observe(id, options);
        return new EngramNumbered(session, rejected);
    }

    @Override
    public long durableThrough() {
        return durableAtOpen;
    }

    @Override
    public void send(long from, List<Store.Note> notes) {
        try {
            long number = from;
            for (Store.Note note : notes) {
                long given = session.send(EngramStore.observation(note.key(), note.text()));
                if (given != number++)
                    throw new IllegalStateException("session " + session.id() + " numbered " + given + " what should have been " + (number - 1));
            }
            session.flush(EngramStores.DEADLINE);
        } catch (EngramException e) {
            throw new StoreException.Unknown(Certainty.of(e).reason(), e);
        }
        Rejection first = rejected.peek();
        if (first != null) throw new StoreException.Unknown("REJECTED_" + first.cause().reason(), first.cause());
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (EngramException notAllDurable) {
            // Of what was sent and not acknowledged, the history says that it is unknown.
        }
    }
}
