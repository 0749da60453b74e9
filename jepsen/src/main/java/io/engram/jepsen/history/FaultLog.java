package io.engram.jepsen.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Folds the nemesis' events into windows.
final class FaultLog {
    private final Map<Integer, Draft> drafts = new LinkedHashMap<>();

    static List<FaultWindow> windows(History history) {
        FaultLog log = new FaultLog();
        for (Op op : history.ops()) if (!op.ofClient()) log.take(op);
        return log.drafts.values().stream().map(Draft::window).toList();
    }

    private void take(Op op) {
        switch (op.function()) {
            case "inject" -> injected(op);
            case "heal" -> healed(op);
            default -> {} // phases, and the nemeses of other harnesses
        }
    }

    private void injected(Op op) {
        Integer id = id(op);
        if (id == null) throw new IllegalArgumentException("op " + op.index() + ": inject must carry a whole number 'id'");
        if (op.type() == OpType.INVOKE) {
            if (drafts.putIfAbsent(id, new Draft(id, op)) != null)
                throw new IllegalArgumentException("op " + op.index() + ": fault " + id + " is injected a second time");
            return;
        }
        Draft draft = drafts.get(id);
        if (draft == null) throw new IllegalArgumentException("op " + op.index() + ": fault " + id + " completes what was not injected");
        draft.injected(op);
    }

    private void healed(Op op) {
        Integer id = id(op);
        if (id == null) drafts.values().forEach(draft -> draft.healed(op));
        else {
            Draft draft = drafts.get(id);
            if (draft == null) throw new IllegalArgumentException("op " + op.index() + ": fault " + id + " is healed but was never injected");
            draft.healed(op);
        }
    }

    private static @Nullable Integer id(Op op) {
        return field(op, "id") instanceof Value.Whole whole ? Math.toIntExact(whole.value()) : null;
    }

    private static Value field(Op op, String name) {
        return op.value() instanceof Value.Fields fields ? fields.entries().getOrDefault(name, Value.NIL) : Value.NIL;
    }

    private static final class Draft {
        private final int id;
        private final long injectBegan;
        private String fault;
        private List<String> nodes;
        private long injectDone = FaultWindow.NEVER;
        private long healBegan = FaultWindow.NEVER;
        private long healDone = FaultWindow.NEVER;
        private String seen = "";
        private String tool = "";
        private @Nullable String error;

        Draft(int id, Op op) {
            this.id = id;
            injectBegan = op.time();
            fault = kind(field(op, "fault"));
            nodes = texts(field(op, "nodes"));
        }

        void injected(Op op) {
            if (op.error() != null) {
                // What was done of it has been taken back by now (the nemesis' contract).
                error = op.error();
                healBegan = op.time();
                healDone = op.time();
                return;
            }
            injectDone = op.time();
            String named = kind(field(op, "fault"));
            if (!named.isEmpty()) fault = named;
            List<String> hit = texts(field(op, "nodes"));
            if (!hit.isEmpty()) nodes = hit;
            seen = text(field(op, "seen"));
            tool = text(field(op, "tool"));
        }

        /// The first success counts: healing again does nothing.
        void healed(Op op) {
            if (healDone != FaultWindow.NEVER) return;
            if (op.type() == OpType.INVOKE) healBegan = Math.min(healBegan, op.time());
            else if (op.error() != null) error = op.error();
            else {
                healBegan = Math.min(healBegan, op.time());
                healDone = op.time();
                error = null;
            }
        }

        FaultWindow window() {
            return new FaultWindow(id, fault, nodes, injectBegan, injectDone, healBegan, healDone, seen, tool, error);
        }

        /// A fault is named by its kind alone, or is a table of its settings with the kind among them.
        private static String kind(Value value) {
            if (!(value instanceof Value.Fields fields)) return text(value);
            return text(fields.entries().getOrDefault("kind", Value.NIL));
        }

        private static String text(Value value) {
            return value instanceof Value.Text text ? text.value() : "";
        }

        private static List<String> texts(Value value) {
            if (!(value instanceof Value.Items items)) return List.of();
            List<String> all = new ArrayList<>();
            for (Value item : items.values()) if (item instanceof Value.Text text) all.add(text.value());
            return all;
        }
    }
}
