package io.engram.jepsen.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes small histories for tests, an operation a line, times in ms: `aHistory().process(1).did("write", "k", 5).from(0).to(10).version(3)`.
///
/// Operations succeed unless told otherwise, return what they were given unless told otherwise, and may be told in any order.
public final class HistoryBuilder {
    private final List<Draft> drafts = new ArrayList<>();
    private int process;
    private Draft last = new Draft(0, "", null, Value.NIL);

    private HistoryBuilder() {}

    public static HistoryBuilder aHistory() {
        return new HistoryBuilder();
    }

    /// Whose operations follow.
    public HistoryBuilder process(int process) {
        this.process = process;
        return this;
    }

    public HistoryBuilder did(String function, @Nullable String key, Value value) {
        last = new Draft(process, function, key, value);
        drafts.add(last);
        return this;
    }

    public HistoryBuilder did(String function, @Nullable String key, long value) {
        return did(function, key, Value.of(value));
    }

    public HistoryBuilder did(String function, @Nullable String key) {
        return did(function, key, Value.NIL);
    }

    public HistoryBuilder from(long ms) {
        return fromNanos(ms * 1_000_000);
    }

    public HistoryBuilder to(long ms) {
        return toNanos(ms * 1_000_000);
    }

    public HistoryBuilder fromNanos(long ns) {
        last.from = ns;
        return this;
    }

    public HistoryBuilder toNanos(long ns) {
        last.to = ns;
        return this;
    }

    public HistoryBuilder returned(Value value) {
        last.result = value;
        return this;
    }

    public HistoryBuilder returned(long value) {
        return returned(Value.of(value));
    }

    public HistoryBuilder returnedItems(long... values) {
        return returned(new Value.Items(Arrays.stream(values).mapToObj(Value::of).toList()));
    }

    public HistoryBuilder failed(String error) {
        last.type = OpType.FAIL;
        last.error = error;
        return this;
    }

    public HistoryBuilder unknown() {
        last.type = OpType.INFO;
        last.error = "timeout";
        return this;
    }

    /// The history ends before it completes.
    public HistoryBuilder pending() {
        last.to = -1;
        return this;
    }

    public HistoryBuilder on(String node, String role) {
        Evidence e = last.evidence;
        last.evidence = new Evidence(node, role, e.shard(), e.position(), e.version(), e.staleness());
        return this;
    }

    public HistoryBuilder version(long version) {
        Evidence e = last.evidence;
        last.evidence = new Evidence(e.node(), e.role(), e.shard(), e.position(), version, e.staleness());
        return this;
    }

    public HistoryBuilder claims(long ms) {
        Evidence e = last.evidence;
        last.evidence = new Evidence(e.node(), e.role(), e.shard(), e.position(), e.version(), Duration.ofMillis(ms));
        return this;
    }

    /// A fault that takes a ms to inject and a ms to heal, in effect between; `to` below 0: never healed.
    public HistoryBuilder fault(int id, String kind, long from, long to, String... nodes) {
        nemesis("inject", id, kind).from(from).to(from + 1).returned(fields(id, kind, nodes));
        return to < 0 ? this : nemesis("heal", id, kind).from(to - 1).to(to).returned(fields(id, kind, nodes));
    }

    /// The nemesis begins something; tell with `from`, `to` and `failed` how it went.
    public HistoryBuilder nemesis(String function, int id, String kind) {
        last = new Draft(Op.NEMESIS, function, null, fields(id, kind));
        last.type = OpType.INFO;
        drafts.add(last);
        return this;
    }

    public HistoryBuilder phase(String name, long at) {
        last = new Draft(Op.NEMESIS, "phase", null, Value.of(name));
        last.type = OpType.INFO;
        last.from = at * 1_000_000;
        last.to = -2;
        drafts.add(last);
        return this;
    }

    public History build() {
        record Event(long time, boolean completion, Draft draft) {}
        List<Event> events = new ArrayList<>();
        for (Draft draft : drafts) {
            events.add(new Event(draft.from, false, draft));
            if (draft.to >= 0) events.add(new Event(draft.to, true, draft));
        }
        // At one moment: first what ends, then what begins, unless it is the same operation.
        events.sort(Comparator.comparingLong(Event::time).thenComparingInt(e -> e.draft.from == e.draft.to ? 1 : e.completion ? 0 : 2));
        List<Op> ops = new ArrayList<>();
        for (Event event : events) {
            Draft d = event.draft;
            boolean bare = d.to == -2;
            OpType type = bare || event.completion ? d.type : OpType.INVOKE;
            Value value = event.completion && d.result != null ? d.result : d.value;
            Evidence evidence = event.completion ? d.evidence : Evidence.NONE;
            ops.add(new Op(ops.size(), type, d.process, d.function, d.key, value, event.time, evidence, event.completion ? d.error : null));
        }
        return new History(ops);
    }

    private static Value fields(int id, String kind, String... nodes) {
        Map<String, Value> entries = new LinkedHashMap<>();
        entries.put("id", Value.of(id));
        entries.put("fault", Value.of(kind));
        if (nodes.length > 0) {
            entries.put("nodes", new Value.Items(Arrays.stream(nodes).map(Value::of).toList()));
            entries.put("seen", Value.of("no answer from " + nodes[0]));
            entries.put("tool", Value.of("iptables"));
        }
        return new Value.Fields(entries);
    }

    private static final class Draft {
        private final int process;
        private final String function;
        private final @Nullable String key;
        private final Value value;
        private OpType type = OpType.OK;
        private @Nullable Value result;
        private @Nullable String error;
        private Evidence evidence = Evidence.NONE;
        private long from;
        private long to;

        Draft(int process, String function, @Nullable String key, Value value) {
            this.process = process;
            this.function = function;
            this.key = key;
            this.value = value;
        }
    }
}
