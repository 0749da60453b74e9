package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The operations of one object as numbers, laid out for the search.
///
/// Completed operations are numbered by the order of their completions. When all before number *i* are placed, those that
/// may come next are the ones that were invoked before *i* completed: `open[i]`. Each has a slot that no other has
/// meanwhile, so that what is placed of them is a mask as wide as the object's greatest concurrency, however long the
/// history is or an operation takes.
///
/// Crashed operations (pending for ever) never have to be placed. Equal ones are interchangeable, and using the one
/// invoked first loses nothing: for each class there is only the number of those used.
final class Problem<S, A> {
    private final Transitions<S, A> transitions;
    /// The operation that each completed number stands for.
    private final List<Operation> completed;

    final int count;
    /// Act of each completed operation.
    final int[] act;
    final int[] slot;
    final int slots;
    /// Completion's place in the history.
    final int[] end;
    /// Numbers that may come next while `i` is the first not placed: `open[openAt[i] .. openAt[i + 1])`, `i` itself first.
    final int[] openAt;
    final int[] open;
    final boolean[] pure;

    /// Act of each class of crashed operations, in the order in which they first appear.
    final int[] crashedAct;
    /// Where the operations of each class were invoked, ascending.
    final int[][] crashedBegin;

    private record Entry(Operation operation, int act, int begin, int end) {}

    /// @throws GaveUpException the layout does not fit the memory that is left
    Problem(Model<S, A> model, List<Operation> operations, Budget budget) {
        transitions = new Transitions<>(model);
        List<Entry> finished = new ArrayList<>();
        Map<Integer, List<Integer>> crashed = new LinkedHashMap<>();
        for (Operation operation : operations) {
            A what = model.act(operation);
            if (what == null) continue;
            int begin = operation.invocation().index();
            if (operation.completion() != null && operation.outcome() != OpType.INFO)
                finished.add(new Entry(operation, transitions.number(what), begin, operation.completion().index()));
            // An act that changes nothing and need not have happened says nothing.
            else if (!model.pure(what)) crashed.computeIfAbsent(transitions.number(what), _ -> new ArrayList<>()).add(begin);
        }
        finished.sort(Comparator.comparingInt(Entry::end));
        completed = finished.stream().map(Entry::operation).toList();
        count = finished.size();
        act = finished.stream().mapToInt(Entry::act).toArray();
        end = finished.stream().mapToInt(Entry::end).toArray();
        pure = new boolean[count];
        for (int i = 0; i < count; i++) pure[i] = transitions.pure(act[i]);
        crashedAct = crashed.keySet().stream().mapToInt(Integer::intValue).toArray();
        crashedBegin = crashed.values().stream()
                .map(begins -> begins.stream().mapToInt(Integer::intValue).sorted().toArray())
                .toArray(int[][]::new);

        int[] begin = finished.stream().mapToInt(Entry::begin).toArray();
        Overlap overlap = new Overlap(begin, end, budget.left());
        slot = overlap.slot;
        slots = overlap.slots;
        openAt = overlap.openAt;
        open = overlap.open;
    }

    Transitions<S, A> transitions() {
        return transitions;
    }

    Operation operation(int number) {
        return completed.get(number);
    }

    int crashed() {
        return Arrays.stream(crashedBegin).mapToInt(c -> c.length).sum();
    }

    /// Of the arrays, roughly.
    long bytes() {
        return 4L * open.length + 24L * count + 16L * crashedAct.length + 4L * crashed();
    }

    /// Which completed operations are open together.
    private static final class Overlap {
        final int[] slot;
        final int slots;
        final int[] openAt;
        final int[] open;

        Overlap(int[] begin, int[] end, long bytesLeft) {
            int count = end.length;
            Integer[] byBegin = new Integer[count];
            for (int i = 0; i < count; i++) byBegin[i] = i;
            Arrays.sort(byBegin, Comparator.comparingInt(i -> begin[i]));
            slot = new int[count];
            openAt = new int[count + 1];
            int[] found = new int[Math.max(16, count * 2)];
            int size = 0;
            // Numbers of what is open now, ascending; the slots that are free.
            List<Integer> now = new ArrayList<>();
            BitSet taken = new BitSet();
            int widest = 0;
            int next = 0;
            for (int i = 0; i < count; i++) {
                for (; next < count && begin[byBegin[next]] < end[i]; next++) {
                    int opened = byBegin[next];
                    slot[opened] = taken.nextClearBit(0);
                    taken.set(slot[opened]);
                    widest = Math.max(widest, slot[opened] + 1);
                    int at = -Collections.binarySearch(now, opened) - 1;
                    now.add(at, opened);
                }
                openAt[i] = size;
                if (size + now.size() > found.length) {
                    // Operations times concurrency: with thousands of clients on one key it is this that is large.
                    long larger = Math.max(found.length * 2L, size + now.size());
                    if (larger > Integer.MAX_VALUE - 8 || larger * Integer.BYTES > bytesLeft) throw new GaveUpException(GaveUpException.Reason.MEMORY);
                    found = Arrays.copyOf(found, (int) larger);
                }
                for (int opened : now) found[size++] = opened;
                now.removeFirst();
                taken.clear(slot[i]);
            }
            openAt[count] = size;
            open = Arrays.copyOf(found, size);
            slots = widest;
        }
    }
}
