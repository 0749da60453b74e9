package io.engram.jepsen.checker.set;

import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Every element of one set, with the reads that had it and lacked it. Time and memory grow with the sizes of all reads together.
final class SetFull {
    private final Map<Value, Element> elements = new LinkedHashMap<>();
    private final Map<Value, Operation> duplicated = new LinkedHashMap<>();
    private int reads;
    private int withoutItems;

    private SetFull() {}

    /// @return as much as was read before the deadline; whoever asks must look at it again
    static SetFull of(List<Operation> operations, Deadline deadline) {
        SetFull set = new SetFull();
        List<Operation> reads = new ArrayList<>();
        for (Operation operation : operations) {
            switch (operation.function()) {
                case "add" -> set.element(operation.invocation().value()).added(operation);
                case "read" -> {
                    if (operation.outcome() == OpType.OK) reads.add(operation);
                }
                default -> {}
            }
        }
        set.read(reads, deadline);
        return set;
    }

    /// From the last read to the first, so that the first read which lacks an element is the last of them all: no element is
    /// looked at again after that.
    private void read(List<Operation> all, Deadline deadline) {
        Set<Element> neverAbsent = null;
        for (Operation read : all.reversed()) {
            if (deadline.passed()) return;
            if (!(Objects.requireNonNull(read.completion()).value() instanceof Value.Items items)) {
                withoutItems++;
                continue;
            }
            reads++;
            Set<Value> found = new HashSet<>();
            for (Value value : items.values()) {
                if (found.add(value)) element(value).present(read);
                else duplicated.putIfAbsent(value, read);
            }
            if (neverAbsent == null) neverAbsent = new LinkedHashSet<>(elements.values());
            neverAbsent.removeIf(element -> {
                if (found.contains(element.value)) return false;
                element.absent(read);
                return true;
            });
        }
    }

    private Element element(Value value) {
        return elements.computeIfAbsent(value, Element::new);
    }

    Collection<Element> elements() {
        return elements.values();
    }

    /// Elements that stand in one read more than once, with the last such read.
    Map<Value, Operation> duplicated() {
        return duplicated;
    }

    int reads() {
        return reads;
    }

    /// Successful reads whose result is not a list.
    int withoutItems() {
        return withoutItems;
    }
}
