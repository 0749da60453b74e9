package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Few operations of one object that have no order, and a sentence that says why.
///
/// @param events as recorded; an operation whose completion came after the failure shows its invocation only
/// @param operations in the events
/// @param checks that confirmed it on the way: after every reduction that was kept, it was still invalid
record Counterexample(List<Op> events, String sentence, int operations, int checks) {
    /// More states than this are counted, not listed.
    private static final int LISTED = 6;

    /// Looking at every state of a long history may take longer than deciding it.
    private static final Duration EXPLAINING = Duration.ofSeconds(1);

    /// @param outcome of searching all operations of the object
    static <S, A> Counterexample of(Model<S, A> model, List<Operation> operations, Problem<S, A> problem, Search.Outcome outcome, Budget budget) {
        Shrinking<S, A> shrinking = new Shrinking<>(model, budget);
        List<Operation> prefix = until(problem.end[outcome.furthest()], operations);
        if (!shrinking.impossible(prefix)) prefix = operations;
        List<Operation> few = shrinking.shrink(prefix);
        // Once more from the events alone: what is shown is what was judged.
        if (!shrinking.impossible(new History(events(few)).operations())) few = prefix;
        List<Op> events = events(few);
        // Where the object really could be is said by all that happened; the few operations left are the second choice.
        String sentence = explain(model, prefix, events, budget.part(EXPLAINING));
        if (sentence == null) sentence = explain(model, few, events, budget);
        if (sentence == null) sentence = "no order of these operations is one that " + model.noun() + " could go through";
        return new Counterexample(events, sentence, few.size(), shrinking.checks());
    }

    /// What had begun by then; what ended later was still pending.
    private static List<Operation> until(int end, List<Operation> operations) {
        return operations.stream()
                .filter(o -> o.invocation().index() < end)
                .map(o -> o.completion() != null && o.completion().index() > end ? new Operation(o.invocation(), null) : o)
                .toList();
    }

    private static List<Op> events(List<Operation> operations) {
        List<Op> events = new ArrayList<>();
        for (Operation operation : operations) {
            events.add(operation.invocation());
            if (operation.completion() != null) events.add(operation.completion());
        }
        events.sort(Comparator.comparingInt(Op::index));
        return events;
    }

    /// "the register could only be 1 or 4 here; this read returned 3 (event 17, process 2)"
    ///
    /// @return null if it could not be worked out, or would speak of an operation that is not shown
    private static <S, A> @Nullable String explain(Model<S, A> model, List<Operation> operations, List<Op> shown, Budget budget) {
        Problem<S, A> problem;
        Search.Outcome outcome;
        try {
            problem = new Problem<>(model, operations, budget);
            outcome = Search.run(problem, budget, Search.Aim.EXPLAIN, Long.MAX_VALUE);
        } catch (GaveUpException e) {
            return null;
        }
        if (!outcome.impossible()) return null;
        Op completion = Objects.requireNonNull(problem.operation(outcome.furthest()).completion());
        if (!shown.contains(completion)) return null;
        A act = problem.transitions().act(problem.act[outcome.furthest()]);
        List<String> states = Arrays.stream(outcome.states())
                .mapToObj(s -> model.show(problem.transitions().state(s)))
                .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .toList();
        return model.noun() + " could only be " + either(states) + " here; " + model.tell(act) + " (event " + completion.index() + ", process "
                + completion.process() + ")";
    }

    private static String either(List<String> states) {
        if (states.size() == 1) return states.getFirst();
        if (states.size() > LISTED)
            return states.stream().limit(LISTED).collect(Collectors.joining(", ")) + " or one of " + (states.size() - LISTED) + " others";
        return String.join(", ", states.subList(0, states.size() - 1)) + " or " + states.getLast();
    }
}
