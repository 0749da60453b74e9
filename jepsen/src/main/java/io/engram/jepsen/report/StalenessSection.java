package io.engram.jepsen.report;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// How stale reads were, in figures by node and role, beside the distribution that the page draws.
final class StalenessSection {
    private StalenessSection() {}

    static String section(History history) {
        List<Operation> operations = history.operations();
        long[] proven = Staleness.proven(operations);
        Map<String, List<Long>> groups = new TreeMap<>();
        for (int i = 0; i < proven.length; i++) {
            if (proven[i] == Staleness.NOT_KNOWN) continue;
            Operation read = operations.get(i);
            Evidence evidence = Objects.requireNonNull(read.completion()).evidence();
            add(groups, " all", proven[i]);
            add(groups, Objects.requireNonNullElse(evidence.node(), "?") + (evidence.role() == null ? "" : ", " + evidence.role()), proven[i]);
        }
        long reads = operations.stream().filter(o -> Staleness.READS.contains(o.function()) && o.outcome() == OpType.OK).count();
        Html html = new Html();
        html.tag("<section id=\"staleness\"><h2>Staleness of reads</h2><div class=\"two\"><div><div class=\"chart\" data-chart=\"distribution\">"
                + "<canvas role=\"img\" aria-label=\"distribution of staleness\"></canvas></div>");
        html.tag("<p class=\"muted\" style=\"font-size:.8rem\"><span class=\"ok\">■</span> reads by staleness that is proven from versions "
                + "<span class=\"info\">━</span> by what the answer claimed; both scales are logarithmic</p></div><div class=\"scroll\">");
        List<Boolean> numeric = List.of(false, true, true, true, true, true);
        html.tag("<table>").head(List.of("answered by", "reads", "stale", "p50", "p99", "max"), numeric).tag("<tbody>");
        groups.forEach((name, group) -> {
            long[] values = group.stream().mapToLong(Long::longValue).sorted().toArray();
            long stale = Arrays.stream(values).filter(v -> v > 0).count();
            html.row(
                    List.of(name.strip(), Shown.count(values.length), Shown.share(stale, values.length), AvailabilitySection.quantile(values, .5),
                            AvailabilitySection.quantile(values, .99), Shown.nanos(values[values.length - 1])),
                    numeric);
        });
        html.tag("</tbody></table>");
        html.element("p class=\"muted\" style=\"font-size:.8rem;margin-top:.6rem\"", "A read of version v is proven stale by the time that had passed, when it began, since any answer first showed a later version of its key. "
                + Shown.count(groups.getOrDefault(" all", List.of()).size()) + " of " + Shown.count(reads) + " successful reads carry a version.");
        return html.tag("</div></div></section>").toString();
    }

    private static void add(Map<String, List<Long>> groups, String name, long value) {
        groups.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }
}
