package io.engram.jepsen.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the page's script draws from: see `js/data.js`, which reads it. Times are in µs.
record PageData(ObjectNode json, Drawn drawn, boolean cut, boolean stale) {
    private static final List<String> COLUMNS = List.of(
            "at", "took", "outcome", "f", "process", "lane", "node", "role", "key", "argument", "result", "error", "index", "answer", "shard",
            "position", "version", "claimed", "proven");

    static PageData of(RunRecord run, List<Faulted> faults) {
        History history = run.history();
        List<Operation> operations = history.operations();
        Set<Integer> evidence = evidence(run.results().findings(), operations);
        Drawn drawn = Drawn.of(operations, evidence, Drawn.LIMIT);
        boolean stale = run.results().findings().stream().anyMatch(f -> f.checker().contains("staleness"))
                || history.ops().stream().anyMatch(o -> o.evidence().staleness() != null && o.evidence().staleness().isPositive());
        long start = history.ops().isEmpty() ? 0 : history.ops().getFirst().time();
        long end = Math.max(start + 1_000, history.ops().isEmpty() ? 0 : history.ops().getLast().time());
        Lanes lanes = Lanes.of(operations);
        Tables tables = new Tables(run.facts().nodes());
        Columns columns = columns(operations, drawn, stale ? Staleness.proven(operations) : null, lanes, tables);

        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("n", drawn.operations().size()).put("stride", drawn.stride()).put("start", micros(start)).put("end", micros(end));
        json.put("lanes", lanes.count());
        tables.into(json);
        json.set("columns", columns.json());
        ArrayNode marked = json.putArray("evidence");
        evidence.forEach(marked::add);
        bound(run.results().findings(), json);
        windows(json, faults, tables.nodes, end, history);
        return new PageData(json, drawn, tables.texts.cut() || tables.keys.cut(), stale);
    }

    /// Escaped so that no text in it can end the element that it stands in.
    String text() {
        return json.toString().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
    }

    private static final class Tables {
        final Names nodes;
        final Names functions = new Names();
        final Names roles = new Names();
        final Texts keys = new Texts(60, 1_200_000);
        final Texts texts = new Texts(80, 1_500_000);
        final Texts errors = new Texts(200, 200_000);

        Tables(List<String> nodes) {
            this.nodes = new Names();
            nodes.forEach(this.nodes::place);
        }

        void into(ObjectNode json) {
            json.set("nodes", nodes.json());
            json.set("functions", functions.json());
            json.set("roles", roles.json());
            json.set("keys", keys.json());
            json.set("texts", texts.json());
            json.set("errors", errors.json());
        }
    }

    private static Columns columns(List<Operation> all, Drawn drawn, long @Nullable [] proven, Lanes lanes, Tables tables) {
        Columns columns = new Columns();
        columns.declare(COLUMNS);
        long time = 0;
        long index = 0;
        int at = 0;
        for (Operation operation : drawn.operations()) {
            while (!all.get(at).equals(operation)) at++;
            Op invocation = operation.invocation();
            Op completion = operation.completion();
            Evidence evidence = completion == null ? invocation.evidence() : completion.evidence();
            columns.add("at", micros(invocation.time()) - time);
            time = micros(invocation.time());
            columns.add("took", completion == null ? 0 : 1 + micros(completion.time() - invocation.time()));
            columns.add("outcome", switch (operation.outcome()) {
                case OK -> 0;
                case FAIL -> 1;
                case INFO -> 2;
                case INVOKE -> throw new IllegalStateException("an operation cannot come out as an invocation");
            });
            // The page keeps functions in a byte.
            columns.add("f", Math.min(255, tables.functions.place(operation.function()) - 1));
            columns.add("process", invocation.process());
            columns.add("lane", lanes.lane(invocation.process()));
            columns.add("node", name(tables.nodes, evidence.node() == null ? invocation.evidence().node() : evidence.node()));
            columns.add("role", name(tables.roles, evidence.role()));
            columns.add("key", operation.key() == null ? 0 : tables.keys.place(operation.key()));
            columns.add("argument", value(tables.texts, invocation.value()));
            columns.add("result", result(operation, tables.texts));
            columns.add("error", completion == null || completion.error() == null ? 0 : tables.errors.place(completion.error()));
            columns.add("index", invocation.index() - index);
            index = invocation.index();
            columns.add("answer", completion == null ? 0 : completion.index() - invocation.index());
            columns.add("shard", evidence.shard() == null ? 0 : 1 + evidence.shard());
            columns.add("position", number(evidence.position()));
            columns.add("version", number(evidence.version()));
            columns.add("claimed", evidence.staleness() == null ? 0 : 1 + micros(evidence.staleness().toNanos()));
            columns.add("proven", proven == null || proven[at] == Staleness.NOT_KNOWN ? 0 : 1 + micros(proven[at]));
        }
        return columns;
    }

    private static int name(Names names, @Nullable String name) {
        return name == null ? 0 : names.place(name);
    }

    private static int value(Texts texts, Value value) {
        return value.equals(Value.NIL) ? 0 : texts.place(Shown.value(value));
    }

    private static int result(Operation operation, Texts texts) {
        Op completion = operation.completion();
        if (completion == null) return 0;
        // A read that found nothing says so; a write that answers nothing need not.
        boolean nothing = operation.outcome() == OpType.OK && operation.invocation().value().equals(Value.NIL);
        return nothing ? texts.place(Shown.value(completion.value())) : value(texts, completion.value());
    }

    private static long number(@Nullable Long number) {
        return number == null ? 0 : 1 + Math.clamp(number, 0, 1L << 52);
    }

    private static long micros(long nanos) {
        return nanos / 1_000;
    }

    /// Indices of the invocations that findings speak of.
    private static Set<Integer> evidence(List<Finding> findings, List<Operation> operations) {
        Set<Integer> named = findings.stream().flatMap(f -> f.evidence().stream()).map(Op::index).collect(Collectors.toCollection(HashSet::new));
        Set<Integer> invocations = new TreeSet<>();
        for (Operation operation : operations) {
            Op completion = operation.completion();
            if (named.contains(operation.invocation().index()) || (completion != null && named.contains(completion.index())))
                invocations.add(operation.invocation().index());
        }
        return invocations;
    }

    private static void bound(List<Finding> findings, ObjectNode json) {
        findings.stream()
                .map(f -> f.figures().get("boundMillis"))
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(bound -> {
                    if (bound instanceof Value.Whole whole) json.put("bound", whole.value() * 1_000);
                    if (bound instanceof Value.Real real) json.put("bound", Math.round(real.value() * 1_000));
                });
    }

    private static void windows(ObjectNode json, List<Faulted> faults, Names nodes, long end, History history) {
        ArrayNode all = json.putArray("faults");
        for (Faulted fault : faults) {
            FaultWindow window = fault.window();
            ObjectNode node = all.addObject();
            node.put("label", fault.label()).put("kind", window.fault()).put("from", micros(window.injectBegan()));
            if (window.healDone() != FaultWindow.NEVER) node.put("to", micros(window.healDone()));
            window.nodes().forEach(node.putArray("nodes")::add);
            node.put("seen", window.seen()).put("tool", window.tool());
            if (window.error() != null) node.put("error", window.error());
        }
        List<FaultWindow> windows = faults.stream().map(Faulted::window).toList();
        Leading leading = Leading.of(history, end);
        json.put("shards", Math.max(1, leading.shards()));
        ArrayNode states = json.putArray("states");
        ArrayNode leads = json.putArray("leads");
        for (String name : nodes.all()) {
            ArrayNode of = states.addArray();
            for (NodeStates state : NodeStates.of(name, windows, end))
                of.addObject().put("state", state.state()).put("from", micros(state.from())).put("to", micros(state.to()))
                        .put("fault", state.fault()).put("row", state.row()).put("of", state.of());
            ArrayNode led = leads.addArray();
            for (Leading.Span span : leading.byNode().getOrDefault(name, List.of()))
                led.addObject().put("from", micros(span.from())).put("to", micros(span.to())).put("shards", span.shards());
        }
    }
}
