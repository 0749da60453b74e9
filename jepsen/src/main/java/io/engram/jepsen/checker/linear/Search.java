package io.engram.jepsen.checker.linear;

import io.engram.jepsen.checker.linear.GaveUpException.Reason;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Looks for an order of a problem's completed operations, depth first with a stack of its own.
///
/// A configuration is: the first completed operation that is not placed, the mask of those placed beyond it, the state, and
/// how many crashed operations of each class were used. What keeps the number of configurations small:
///
/// - Acts that change nothing are placed as soon as they can be: moving one earlier never hurts.
/// - The search ends when all completed operations are placed. That a crashed one did not happen is never a branch: it is
///   simply not used.
/// - A crashed operation is used only right before something that it makes a difference to: in a shortest order none can
///   be left out.
/// - A configuration is dropped if one was seen that is the same but used no more of any class of crashed operations.
///
/// For one thread, once.
final class Search {
    /// What the search is for.
    enum Aim {
        /// Whether there is an order.
        DECIDE,
        /// Whether there would be one if each crashed operation could take effect as often as it liked. There are far fewer
        /// configurations, since nothing has to be counted, and where there is no order even then, there is none at all.
        REFUTE,
        /// Also the states that lead nowhere: for explaining, not for deciding.
        EXPLAIN
    }

    /// Counting crashed operations costs nothing up to here, as a rule: a fraction of a second.
    private static final long QUICK_STEPS = 200_000;

    /// What is not refuted by then is better decided.
    private static final long REFUTING_STEPS = 5_000_000;

    private final Problem<?, ?> problem;
    private final Transitions<?, ?> transitions;
    private final Budget budget;
    private final Aim aim;
    private final long maxSteps;

    private final int maskWords;
    private final Tally tally;
    private final int tallyAt;
    /// Longs of a frame: head, mask, tally, cursor.
    private final int frame;
    private final Visited visited;
    private long[] stack;

    private long steps;
    private long nextLook;
    private long transitionBytes;
    private int furthest;
    private final BitSet furthestStates = new BitSet();

    /// @param furthest number of the first completed operation that no order could place; `count` if there is an order
    /// @param states in which the object could be when only that operation was left to place of those completed so far
    /// @param configurations kept
    /// @param steps tried
    /// @param gaveUp the limit that was reached before there was an answer; null if there is one
    record Outcome(boolean linearizable, int furthest, int[] states, long configurations, long steps, @Nullable Reason gaveUp) {
        boolean impossible() {
            return gaveUp == null && !linearizable;
        }
    }

    /// Whether there is an order.
    ///
    /// @throws GaveUpException there is not even memory to begin with
    static Outcome decide(Problem<?, ?> problem, Budget budget) {
        if (problem.crashedAct.length == 0 || !problem.transitions().recurs()) return run(problem, budget, Aim.DECIDE, Long.MAX_VALUE);
        Outcome quick = run(problem, budget, Aim.DECIDE, QUICK_STEPS);
        if (quick.gaveUp() != Reason.STEPS && quick.gaveUp() != Reason.MEMORY) return quick;
        Outcome refuted = run(problem, budget, Aim.REFUTE, REFUTING_STEPS);
        if (refuted.impossible()) return refuted;
        return quick.gaveUp() == Reason.MEMORY ? quick : run(problem, budget, Aim.DECIDE, Long.MAX_VALUE);
    }

    /// @throws GaveUpException there is not even memory to begin with
    static Outcome run(Problem<?, ?> problem, Budget budget, Aim aim, long maxSteps) {
        Search search = new Search(problem, budget, aim, maxSteps);
        try {
            return search.outcome(search.search(), null);
        } catch (GaveUpException e) {
            return search.outcome(false, e.reason());
        } finally {
            search.visited.release();
            budget.give(8L * search.stack.length + search.transitionBytes + problem.bytes());
        }
    }

    private Search(Problem<?, ?> problem, Budget budget, Aim aim, long maxSteps) {
        this.problem = problem;
        this.transitions = problem.transitions();
        this.budget = budget;
        this.aim = aim;
        this.maxSteps = maxSteps;
        maskWords = (problem.slots + Long.SIZE - 1) / Long.SIZE;
        tally = new Tally(Arrays.stream(problem.crashedBegin).mapToInt(c -> c.length).toArray());
        tallyAt = 1 + maskWords;
        frame = tallyAt + tally.words() + 1;
        stack = new long[64 * frame];
        visited = new Visited(maskWords, tally.guards(), budget);
        if (!budget.take(8L * stack.length + problem.bytes())) {
            visited.release();
            throw new GaveUpException(Reason.MEMORY);
        }
    }

    private Outcome outcome(boolean found, @Nullable Reason gaveUp) {
        return new Outcome(found, furthest, furthestStates.stream().toArray(), visited.size(), steps, gaveUp);
    }

    private boolean search() {
        stack[0] = transitions.initial();
        if (settle(0)) return true;
        visited.add(stack, 0);
        for (int top = 0; top >= 0; ) {
            if (descend(top)) {
                if (first(top + frame) == problem.count) return true;
                top += frame;
            } else {
                top -= frame;
            }
        }
        return false;
    }

    /// Builds the next configuration after that of the frame at `top`, in the frame above it.
    ///
    /// @return false if there are no more
    private boolean descend(int top) {
        if (top + 2 * frame > stack.length) growStack();
        int child = top + frame;
        int first = first(top);
        int state = state(top);
        int from = problem.openAt[first];
        int candidates = problem.openAt[first + 1] - from;
        int all = candidates + problem.crashedAct.length;
        for (int cursor = (int) stack[child - 1]; cursor < all; cursor++) {
            if (cursor < candidates) {
                int number = problem.open[from + cursor];
                // A pure act that is still there could not be placed in this state.
                if (problem.pure[number] || placed(top, number)) continue;
                int next = transitions.next(state, problem.act[number]);
                if (next == Transitions.IMPOSSIBLE) continue;
                System.arraycopy(stack, top, stack, child, frame - 1);
                place(child, number, next);
            } else {
                int kind = cursor - candidates;
                if (!available(top, first, kind, 0)) continue;
                int next = transitions.next(state, problem.crashedAct[kind]);
                if (next == Transitions.IMPOSSIBLE || next == state) continue;
                if (aim != Aim.EXPLAIN && !matters(top, kind, next)) continue;
                System.arraycopy(stack, top, stack, child, frame - 1);
                if (aim != Aim.REFUTE) tally.use(stack, child + tallyAt, kind);
                stack[child] = head(first, next);
            }
            steps++;
            lookUp();
            if (settle(child) || visited.add(stack, child)) {
                stack[child - 1] = cursor + 1L;
                stack[child + frame - 1] = 0;
                return true;
            }
        }
        return false;
    }

    /// Places pure acts as long as one can be.
    ///
    /// @return whether everything is placed
    private boolean settle(int at) {
        while (first(at) < problem.count) {
            int first = first(at);
            int state = state(at);
            for (int i = problem.openAt[first] + 1; i < problem.openAt[first + 1]; i++) {
                int number = problem.open[i];
                if (problem.pure[number] && !placed(at, number) && transitions.next(state, problem.act[number]) != Transitions.IMPOSSIBLE)
                    place(at, number, state);
            }
            // The first one last: placing it brings new ones within reach.
            if (!problem.pure[first] || transitions.next(state, problem.act[first]) == Transitions.IMPOSSIBLE) {
                note(first, state);
                return false;
            }
            place(at, first, state);
        }
        furthest = problem.count;
        return true;
    }

    private void note(int first, int state) {
        if (first < furthest) return;
        if (first > furthest) furthestStates.clear();
        furthest = first;
        if (aim == Aim.EXPLAIN) furthestStates.set(state);
    }

    /// Whether using a crashed operation now changes what comes of anything that could follow at once.
    private boolean matters(int at, int kind, int after) {
        int first = first(at);
        int before = state(at);
        for (int i = problem.openAt[first]; i < problem.openAt[first + 1]; i++) {
            int number = problem.open[i];
            if (!placed(at, number) && differs(before, after, problem.act[number])) return true;
        }
        for (int other = 0; other < problem.crashedAct.length; other++) {
            if (available(at, first, other, other == kind ? 1 : 0) && differs(before, after, problem.crashedAct[other])) return true;
        }
        return false;
    }

    private boolean differs(int before, int after, int act) {
        int next = transitions.next(after, act);
        return next != Transitions.IMPOSSIBLE && next != transitions.next(before, act);
    }

    /// Whether one more of a class may come next, besides those used and `more`.
    private boolean available(int at, int first, int kind, int more) {
        int[] begins = problem.crashedBegin[kind];
        int used = aim == Aim.REFUTE ? 0 : tally.used(stack, at + tallyAt, kind) + more;
        return used < begins.length && begins[used] < problem.end[first];
    }

    private void place(int at, int number, int state) {
        int first = first(at);
        if (number != first) {
            stack[at + 1 + (problem.slot[number] >>> 6)] |= 1L << problem.slot[number];
        } else {
            first++;
            while (first < problem.count && placed(at, first)) {
                stack[at + 1 + (problem.slot[first] >>> 6)] &= ~(1L << problem.slot[first]);
                first++;
            }
        }
        stack[at] = head(first, state);
    }

    private boolean placed(int at, int number) {
        return (stack[at + 1 + (problem.slot[number] >>> 6)] >>> problem.slot[number] & 1) != 0;
    }

    private static long head(int first, int state) {
        return (long) first << Integer.SIZE | state;
    }

    private int first(int at) {
        return (int) (stack[at] >>> Integer.SIZE);
    }

    private int state(int at) {
        return (int) stack[at];
    }

    private void growStack() {
        long more = stack.length;
        if (stack.length * 2L > Integer.MAX_VALUE - 8 || !budget.take(8 * more)) throw new GaveUpException(Reason.MEMORY);
        stack = Arrays.copyOf(stack, stack.length * 2);
    }

    /// Now and then: is there time left, and memory?
    private void lookUp() {
        if (steps > maxSteps) throw new GaveUpException(Reason.STEPS);
        long work = steps + (visited.probes() >>> 3);
        if (work < nextLook) return;
        nextLook = work + 1024;
        if (budget.overtime()) throw new GaveUpException(Reason.TIME);
        if (budget.stopped() || Thread.currentThread().isInterrupted()) throw new GaveUpException(Reason.STOPPED);
        long bytes = transitions.bytes();
        if (!budget.take(bytes - transitionBytes)) throw new GaveUpException(Reason.MEMORY);
        transitionBytes = bytes;
    }
}
