package io.engram.jepsen.run;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes a list that fails smaller as long as it still fails.
///
/// Delta debugging by complements, after Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input* (2002): drop ever smaller
/// pieces, begin again whenever one could be dropped. What is left fails, and would not with any one element less, as far as the
/// trials could tell.
final class Shrinking<T> {
    /// Tries a list.
    interface Trial<T> {
        /// @return whether it still fails
        boolean fails(List<T> candidate) throws Exception;
    }

    private final Trial<T> trial;
    private final int mostTrials;
    private int trials;

    /// @param mostTrials after so many, what has been reached stands
    Shrinking(Trial<T> trial, int mostTrials) {
        this.trial = trial;
        this.mostTrials = mostTrials;
    }

    /// @param failing is known to fail
    List<T> shrink(List<T> failing) throws Exception {
        List<T> left = List.copyOf(failing);
        if (!left.isEmpty() && fails(List.of())) return List.of();
        int pieces = 2;
        while (left.size() >= 2) {
            List<T> smaller = dropOne(left, Math.min(pieces, left.size()));
            if (smaller != null) {
                left = smaller;
                pieces = Math.max(pieces - 1, 2);
            } else if (pieces < left.size()) pieces = Math.min(left.size(), pieces * 2);
            else break;
        }
        return left;
    }

    int trials() {
        return trials;
    }

    private @Nullable List<T> dropOne(List<T> list, int pieces) throws Exception {
        for (int piece = 0; piece < pieces; piece++) {
            int from = list.size() * piece / pieces;
            int to = list.size() * (piece + 1) / pieces;
            List<T> rest = new ArrayList<>(list.subList(0, from));
            rest.addAll(list.subList(to, list.size()));
            if (!rest.isEmpty() && fails(rest)) return rest;
        }
        return null;
    }

    private boolean fails(List<T> candidate) throws Exception {
        if (trials >= mostTrials) return false;
        trials++;
        return trial.fails(candidate);
    }
}
