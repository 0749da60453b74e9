package io.engram.jepsen.report;

import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Phases;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What the clients had of the system in each phase, and what each fault cost them. For reading: the checker judges.
final class AvailabilitySection {
    private AvailabilitySection() {}

    static String section(History history, List<Faulted> faults) {
        List<Operation> operations = history.operations();
        if (operations.isEmpty()) return "";
        long[] successes = operations.stream().filter(o -> o.outcome() == OpType.OK).mapToLong(Operation::completed).sorted().toArray();
        Html html = new Html();
        html.tag("<section id=\"availability\"><h2>Availability</h2><div class=\"scroll\">");
        phases(html, history, operations, successes);
        html.tag("</div>");
        if (!faults.isEmpty()) {
            html.tag("<h3>What each fault cost</h3><div class=\"scroll\">");
            faults(html, history, faults, successes);
            html.tag("</div>");
        }
        return html.tag("</section>").toString();
    }

    private static void phases(Html html, History history, List<Operation> operations, long[] successes) {
        Phases phases = Phases.of(history, Phases.USUAL_RECOVERY);
        Map<String, Part> parts = new LinkedHashMap<>();
        for (Phases.Span span : phases.spans()) {
            Part part = parts.computeIfAbsent(span.phase(), Part::new);
            // Nobody can miss an answer before the first question.
            long from = Math.clamp(operations.getFirst().invoked(), span.from(), span.to());
            part.time += span.to() - from;
            part.outage = Math.max(part.outage, longestGap(successes, from, span.to()));
        }
        for (Operation operation : operations) Objects.requireNonNull(parts.get(phases.at(operation.invoked()))).take(operation);
        List<Boolean> numeric = List.of(false, true, true, true, true, true, true, true, true);
        html.tag("<table>").head(List.of("phase", "time", "operations", "ok", "failed", "unknown", "ok p50", "ok p99", "longest without an ok"), numeric).tag("<tbody>");
        parts.values().forEach(p -> html.row(p.cells(), numeric));
        html.tag("</tbody></table>");
    }

    private static final class Part {
        private final String phase;
        private final Map<OpType, Integer> outcomes = new EnumMap<>(OpType.class);
        private final List<Long> latencies = new ArrayList<>();
        private long time;
        private long outage;

        Part(String phase) {
            this.phase = phase;
        }

        void take(Operation operation) {
            outcomes.merge(operation.outcome(), 1, Integer::sum);
            if (operation.outcome() == OpType.OK) latencies.add(operation.completed() - operation.invoked());
        }

        List<String> cells() {
            long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
            int all = outcomes.values().stream().mapToInt(Integer::intValue).sum();
            return List.of(
                    phase, Shown.nanos(time), Shown.count(all), Shown.share(outcomes.getOrDefault(OpType.OK, 0), all),
                    Shown.share(outcomes.getOrDefault(OpType.FAIL, 0), all), Shown.share(outcomes.getOrDefault(OpType.INFO, 0), all), quantile(sorted, .5),
                    quantile(sorted, .99), Shown.nanos(outage));
        }
    }

    static String quantile(long[] sorted, double share) {
        return sorted.length == 0 ? "–" : Shown.nanos(sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))]);
    }

    private static void faults(Html html, History history, List<Faulted> faults, long[] successes) {
        long end = history.ops().stream().mapToLong(Op::time).max().orElse(0);
        List<Boolean> numeric = List.of(true, false, false, true, true, true, true);
        html.tag("<table>").head(List.of("", "fault", "nodes", "from", "lasted", "longest without an ok", "first ok after heal"), numeric).tag("<tbody>");
        for (Faulted fault : faults) {
            FaultWindow w = fault.window();
            boolean healed = w.healDone() != FaultWindow.NEVER;
            long to = healed ? w.healDone() : end;
            html.row(
                    List.of(
                            String.valueOf(w.id()), fault.label() + (w.applied() ? "" : " (did not bite)"), String.join(", ", w.nodes()),
                            Shown.moment(w.injectBegan()), healed ? Shown.nanos(to - w.injectBegan()) : "never seen healed",
                            Shown.nanos(longestGap(successes, w.injectBegan(), to)), healed ? after(successes, to) : "–"),
                    numeric);
        }
        html.tag("</tbody></table>");
    }

    private static String after(long[] successes, long time) {
        int at = firstFrom(successes, time);
        return at == successes.length ? "none" : Shown.nanos(successes[at] - time);
    }

    /// The longest stretch of the span without a successful answer.
    static long longestGap(long[] sorted, long from, long to) {
        long longest = 0;
        long last = from;
        for (int i = firstFrom(sorted, from); i < sorted.length && sorted[i] < to; i++) {
            longest = Math.max(longest, sorted[i] - last);
            last = sorted[i];
        }
        return Math.max(longest, to - last);
    }

    private static int firstFrom(long[] sorted, long time) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < time) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
