package io.engram.jepsen.checker.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// States and acts as numbers, and what leads where, worked out once each. For one thread.
final class Transitions<S, A> {
    static final int IMPOSSIBLE = -1;

    /// A state with its entries in both maps, roughly: what the model keeps inside it is not seen from here.
    static final long BYTES_A_STATE = 160;

    private static final long FREE = -1;

    private final Model<S, A> model;
    private final Map<S, Integer> stateNumbers = new HashMap<>();
    private final List<S> states = new ArrayList<>();
    private final Map<A, Integer> actNumbers = new HashMap<>();
    private final List<A> acts = new ArrayList<>();

    // Open addressing: (state, act) to the next state.
    private long[] from = new long[256];
    private int[] to = new int[256];
    private int known;

    Transitions(Model<S, A> model) {
        this.model = model;
        Arrays.fill(from, FREE);
    }

    int initial() {
        return numberOf(model.initial());
    }

    int number(A act) {
        Integer number = actNumbers.putIfAbsent(act, acts.size());
        if (number != null) return number;
        acts.add(act);
        return acts.size() - 1;
    }

    A act(int number) {
        return acts.get(number);
    }

    S state(int number) {
        return states.get(number);
    }

    int states() {
        return states.size();
    }

    boolean pure(int act) {
        return model.pure(acts.get(act));
    }

    boolean recurs() {
        return model.recurs();
    }

    /// @return the next state, or [#IMPOSSIBLE]
    int next(int state, int act) {
        long key = (long) state << 32 | act;
        int mask = from.length - 1;
        int at = (int) mix(key) & mask;
        while (from[at] != FREE) {
            if (from[at] == key) return to[at];
            at = at + 1 & mask;
        }
        S next = model.next(states.get(state), acts.get(act));
        int number = next == null ? IMPOSSIBLE : numberOf(next);
        from[at] = key;
        to[at] = number;
        if (++known * 2 > from.length) grow();
        return number;
    }

    private int numberOf(S state) {
        Integer number = stateNumbers.putIfAbsent(state, states.size());
        if (number != null) return number;
        states.add(state);
        return states.size() - 1;
    }

    private void grow() {
        long[] oldFrom = from;
        int[] oldTo = to;
        from = new long[oldFrom.length * 2];
        to = new int[from.length];
        Arrays.fill(from, FREE);
        int mask = from.length - 1;
        for (int i = 0; i < oldFrom.length; i++) {
            if (oldFrom[i] == FREE) continue;
            int at = (int) mix(oldFrom[i]) & mask;
            while (from[at] != FREE) at = at + 1 & mask;
            from[at] = oldFrom[i];
            to[at] = oldTo[i];
        }
    }

    /// The finalizer of splitmix64: every bit of the key moves every bit of the hash.
    static long mix(long key) {
        long z = (key ^ key >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    long bytes() {
        return 12L * from.length + BYTES_A_STATE * states.size();
    }
}
