package io.engram.jepsen.report;

import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Operations out of a few events: a finding may name only an answer, or only what was asked; the rest stands in the history.
final class Pairs {
    private Pairs() {}

    /// In order of invocation. Events of the nemesis are left out.
    static List<Operation> of(List<Op> events, History history) {
        Map<Integer, Operation> byEvent = new HashMap<>();
        for (Operation operation : history.operations()) {
            byEvent.put(operation.invocation().index(), operation);
            if (operation.completion() != null) byEvent.put(operation.completion().index(), operation);
        }
        Map<Integer, Operation> found = new LinkedHashMap<>();
        Map<Integer, Op> asked = new HashMap<>();
        List<Operation> own = new ArrayList<>();
        for (Op event : events) {
            if (!event.ofClient()) continue;
            Operation known = byEvent.get(event.index());
            if (known != null && (known.invocation().equals(event) || event.equals(known.completion()))) {
                found.putIfAbsent(known.invocation().index(), known);
            } else if (event.type() == OpType.INVOKE) {
                asked.put(event.process(), event);
            } else {
                // Without its invocation it is drawn as a moment.
                Op invocation = asked.remove(event.process());
                own.add(new Operation(invocation == null ? event : invocation, event));
            }
        }
        asked.values().forEach(invocation -> own.add(new Operation(invocation, null)));
        List<Operation> all = new ArrayList<>(found.values());
        all.addAll(own);
        all.sort((a, b) -> a.invoked() != b.invoked() ? Long.compare(a.invoked(), b.invoked()) : Integer.compare(a.invocation().index(), b.invocation().index()));
        return all;
    }

    /// The one that the others contradict: the last to be answered for certain, since before that answer there was no
    /// contradiction yet.
    static Operation failing(List<Operation> operations, List<Op> evidence) {
        int last = evidence.stream().filter(e -> e.ofClient() && (e.type() == OpType.OK || e.type() == OpType.FAIL)).mapToInt(Op::index).max().orElse(-1);
        return operations.stream()
                .filter(o -> o.completion() != null && o.completion().index() == last)
                .findFirst()
                .orElse(operations.getLast());
    }
}
