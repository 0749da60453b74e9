package io.engram.grid.memory.segment;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/// Which published states readers still look at, without a lock on their side.
final class Pins {
    private static final int RETIRED = -1;
    private static final int SWEEP_FROM = 64;

    /// One published state.
    static final class Pin {
        private final long sequence;
        private final long position;
        private final ShardRows rows;
        private final AtomicInteger readers = new AtomicInteger();

        private Pin(long sequence, long position, ShardRows rows) {
            this.sequence = sequence;
            this.position = position;
            this.rows = rows;
        }

        long sequence() {
            return sequence;
        }

        long position() {
            return position;
        }

        ShardRows rows() {
            return rows;
        }

        void release() {
            readers.decrementAndGet();
        }

        private boolean acquire() {
            for (int n = readers.get(); n != RETIRED; n = readers.get())
                if (readers.compareAndSet(n, n + 1)) return true;
            return false;
        }

        private boolean retire() {
            return readers.compareAndSet(0, RETIRED);
        }
    }

    private final ArrayDeque<Pin> open = new ArrayDeque<>();
    private volatile Pin current;
    private int sweepAt = SWEEP_FROM;

    Pins(ShardRows rows) {
        current = new Pin(0, 0, rows);
        open.add(current);
    }

    /// From any thread.
    Pin acquire() {
        for (;;) {
            Pin pin = current;
            // A pin is only retired once another is current.
            if (pin.acquire()) return pin;
        }
    }

    Pin current() {
        return current;
    }

    /// The writer: everything written so far is visible to views acquired from now on.
    void advance(long position, ShardRows rows) {
        Pin next = new Pin(current.sequence + 1, position, rows);
        open.add(next);
        current = next;
        if (open.size() > sweepAt) {
            // One view held for long must not make the queue of those after it grow.
            open.removeIf(pin -> pin != next && pin.retire());
            sweepAt = Math.max(SWEEP_FROM, 2 * open.size());
        }
    }

    /// The writer: no reader looks, or will ever look, at anything older.
    Pin oldest() {
        for (Pin pin = open.getFirst(); pin != current && pin.retire(); pin = open.getFirst()) open.removeFirst();
        return open.getFirst();
    }
}
