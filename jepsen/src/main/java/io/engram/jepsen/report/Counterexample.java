package io.engram.jepsen.report;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The part of the page that shows why a run is invalid: for each finding that says so, its sentence, its events as a drawing,
/// and the same as a table.
final class Counterexample {
    /// More than that no one takes in: the rest stands in results.json.
    private static final int DRAWN = 40;
    private static final List<String> HEADS = List.of("began", "took", "process", "operation", "node", "version", "position", "events");
    private static final List<Boolean> NUMERIC = List.of(true, true, true, false, false, true, true, true);

    private Counterexample() {}

    static String section(RunRecord run, List<Faulted> faults) {
        List<Finding> invalid = run.results().findings().stream().filter(f -> f.verdict() == Verdict.INVALID).toList();
        if (invalid.isEmpty()) return "";
        Html html = new Html();
        html.tag("<section class=\"counter\" id=\"counterexample\"><h2>Why it is invalid</h2>");
        for (Finding finding : invalid) {
            if (invalid.size() > 1) html.element("h3", finding.checker());
            // The only one stands at the head of the page already.
            if (invalid.size() > 1) html.element("p class=\"why\"", finding.sentence());
            List<Operation> operations = Pairs.of(finding.evidence(), run.history());
            if (operations.isEmpty()) html.element("p class=\"muted\"", "The checker named no single events; its figures are below.");
            else draw(html, finding, operations, faults);
        }
        return html.tag("</section>").toString();
    }

    private static void draw(Html html, Finding finding, List<Operation> operations, List<Faulted> faults) {
        // With violations of several kinds, the events are some of each: then there is no single one to point at.
        boolean several = finding.figures().get("violations") instanceof Value.Fields kinds && kinds.entries().size() > 1;
        Operation failing = several ? null : Pairs.failing(operations, finding.evidence());
        if (several) html.element("p class=\"muted\"", "Several rules are broken; for each, the operations that show it.");
        List<Operation> few = operations;
        if (operations.size() > DRAWN) {
            few = new ArrayList<>(operations.subList(operations.size() - DRAWN, operations.size()));
            if (failing != null && !few.contains(failing)) few.set(0, failing);
            html.element("p class=\"muted\"", "The last " + DRAWN + " of " + operations.size() + " operations are drawn; all of them are in results.json.");
        }
        html.tag("<div class=\"scroll\">").tag(new Drawing(few, failing).svg(faults, finding.sentence())).tag("</div>");
        html.tag("<div class=\"scroll\"><table>").head(HEADS, NUMERIC).tag("<tbody>");
        for (Operation operation : few) {
            Op told = operation.completion() == null ? operation.invocation() : operation.completion();
            html.tag(operation.equals(failing) ? "<tr class=\"hit\">" : "<tr>");
            html.element("td class=\"num\"", Shown.moment(operation.invoked()));
            html.element("td class=\"num\"", operation.completion() == null ? "–" : Shown.nanos(operation.completion().time() - operation.invoked()));
            html.element("td class=\"num\"", String.valueOf(operation.invocation().process()));
            html.element("td", Shown.cut(Shown.operation(operation), 400) + (operation.outcome() == OpType.INFO ? " (may have happened, at any time since)" : ""));
            html.element("td", Objects.requireNonNullElse(told.evidence().node(), "") + (told.evidence().role() == null ? "" : " (" + told.evidence().role() + ")"));
            html.element("td class=\"num\"", number(told.evidence().version()));
            html.element("td class=\"num\"", number(told.evidence().position()));
            html.element("td class=\"num\"", operation.invocation().index() + (operation.completion() == null ? "" : ", " + operation.completion().index()));
            html.tag("</tr>");
        }
        html.tag("</tbody></table></div>");
        long from = few.stream().mapToLong(Operation::invoked).min().orElse(0);
        long to = few.stream().mapToLong(o -> o.completion() == null ? o.invoked() : o.completion().time()).max().orElse(from);
        long margin = Math.max(1_000_000, (to - from) / 5);
        html.tag(String.format(Locale.ROOT, "<p style=\"margin-top:.6rem\"><button data-at=\"%d,%d\">show this moment below</button></p>", Math.max(0, from - margin) / 1_000, (to + margin) / 1_000));
    }

    private static String number(@Nullable Long number) {
        return number == null ? "" : String.valueOf(number);
    }
}
