package io.engram.jepsen.report;

import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// How to have it again: the command, what it was, and the schedule of faults beside what came of each.
final class RepeatSection {
    private RepeatSection() {}

    static String section(RunRecord run, List<Faulted> faults) {
        RunFacts facts = run.facts();
        Html html = new Html();
        html.tag("<section id=\"repeat\"><h2>Repeat it</h2><div class=\"command\"><pre id=\"command\">").text(facts.command())
                .tag("</pre><button data-copy=\"command\">copy</button></div>");
        Map<String, String> all = new LinkedHashMap<>();
        all.put("seed", String.valueOf(facts.seed()));
        all.put("engram", facts.version() + (facts.commit().isEmpty() ? "" : " (" + facts.commit() + ")"));
        all.put("nodes", facts.nodes().size() + " " + facts.backend() + ": " + String.join(", ", facts.nodes()));
        all.put("started at", Shown.instant(facts.startedAt()));
        all.put("concurrency", String.valueOf(facts.concurrency()));
        all.put("rate aimed at", Shown.digits(facts.rate()) + " per second");
        all.put("time limit", Shown.nanos(facts.timeLimit().toNanos()));
        all.put("nemesis", facts.nemesis().isEmpty() ? "none" : String.join(", ", facts.nemesis()));
        facts.tools().forEach((fault, tool) -> all.put(fault + " done with", tool));
        facts.settings().forEach(all::putIfAbsent);
        html.tag("<dl class=\"figures\" style=\"margin-top:.9rem\">");
        all.forEach((name, value) -> html.tag("<div>").element("dt", name).element("dd", value).tag("</div>"));
        html.tag("</dl>");
        schedule(html, run, faults);
        return html.tag("</section>").toString();
    }

    private static void schedule(Html html, RunRecord run, List<Faulted> faults) {
        Map<Integer, Planned> planned = run.schedule().faults().stream().collect(Collectors.toMap(Planned::id, Function.identity(), (a, _) -> a, LinkedHashMap::new));
        if (planned.isEmpty() && faults.isEmpty()) return;
        Map<Integer, Faulted> came = faults.stream().collect(Collectors.toMap(f -> f.window().id(), Function.identity(), (a, _) -> a, LinkedHashMap::new));
        html.tag("<h3>Schedule of faults</h3><div class=\"scroll\"><table>");
        List<Boolean> numeric = List.of(true, false, false, true, true, false, true, true, false);
        html.head(List.of("", "fault", "target", "planned at", "lasting", "hit", "began", "healed", "seen"), numeric).tag("<tbody>");
        List<Integer> ids = new ArrayList<>(planned.keySet());
        came.keySet().stream().filter(id -> !planned.containsKey(id)).forEach(ids::add);
        for (int id : ids) {
            Planned plan = planned.get(id);
            Faulted fault = came.get(id);
            FaultWindow window = fault == null ? null : fault.window();
            html.tag(window != null && window.error() != null ? "<tr class=\"hit\">" : "<tr>");
            html.element("td class=\"num\"", String.valueOf(id));
            html.element("td", fault != null ? fault.label() : plan == null ? "" : name(plan));
            html.element("td", plan == null ? "" : target(plan.target()));
            html.element("td class=\"num\"", plan == null ? "" : Shown.nanos(plan.at().toNanos()));
            html.element("td class=\"num\"", plan == null ? "" : Shown.nanos(plan.lasts().toNanos()));
            html.element("td", window == null ? "" : String.join(", ", window.nodes()));
            html.element("td class=\"num\"", window == null ? "never" : Shown.moment(window.injectBegan()));
            html.element("td class=\"num\"", window == null || window.healDone() == FaultWindow.NEVER ? "never" : Shown.moment(window.healDone()));
            html.element("td", window == null ? "the run ended before it" : seen(window));
            html.tag("</tr>");
        }
        html.tag("</tbody></table></div>");
    }

    private static String seen(FaultWindow window) {
        List<String> parts = new ArrayList<>();
        if (window.error() != null) parts.add(window.error());
        if (!window.seen().isEmpty()) parts.add(window.seen());
        if (!window.tool().isEmpty()) parts.add("with " + window.tool());
        return String.join("; ", parts);
    }

    /// As the history would name it, had it come to it.
    private static String name(Planned plan) {
        return words(plan.fault().getClass().getSimpleName());
    }

    static String target(Target target) {
        return switch (target) {
            case Target.Named named -> named.nodes().stream().sorted().collect(Collectors.joining(", "));
            case Target.One _, Target.Minority _, Target.Majority _, Target.Leader _, Target.Leaders _, Target.All _ -> words(target.getClass().getSimpleName());
        };
    }

    private static String words(String camel) {
        return camel.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }
}
