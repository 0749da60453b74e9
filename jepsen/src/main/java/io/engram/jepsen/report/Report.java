package io.engram.jepsen.report;

import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A run as one HTML page: everything is in it, and it asks no network for anything.
///
/// Verdict, sections and tables are there without scripts; the charts over time are drawn by the page's script from the data that
/// it carries.
public final class Report {
    private static final List<String> SCRIPTS = List.of("data", "time", "charts", "lanes", "staleness", "main");
    private static final Pattern SLOT = Pattern.compile("\\{\\{(\\w+)}}");

    private Report() {}

    /// Writes the page; a page that was there is replaced as a whole.
    ///
    /// @throws IllegalArgumentException the history is none (see [io.engram.jepsen.history.History#operations()])
    public static void write(RunRecord run, Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path draft = Files.createTempFile(folder, ".report", ".html");
        try {
            Files.writeString(draft, html(run));
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    static String html(RunRecord run) {
        List<Faulted> faults = Faulted.in(run.history());
        PageData data = PageData.of(run, faults);
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("title", Html.escape(run.results().verdict().word() + ": " + title(run.facts())));
        slots.put("css", resource("page.css"));
        slots.put("verdict", verdict(run));
        slots.put("tiles", tiles(run, faults));
        slots.put("counterexample", Counterexample.section(run, faults));
        slots.put("note", Html.escape(note(data)));
        slots.put("staleness", data.stale() ? StalenessSection.section(run.history()) : "");
        slots.put("availability", AvailabilitySection.section(run.history(), faults));
        slots.put("findings", FindingsSection.section(run.results()));
        slots.put("repeat", RepeatSection.section(run, faults));
        slots.put("logs", LogsSection.section(run.logs()));
        slots.put("footer", Html.escape("engram " + run.facts().version() + " · times are on one monotonic clock, from the beginning of the history"));
        slots.put("data", data.text());
        StringBuilder scripts = new StringBuilder("(() => {\n'use strict';\n");
        for (String script : SCRIPTS) scripts.append(resource("js/" + script + ".js")).append('\n');
        slots.put("js", scripts.append("})();").toString());
        return fill(resource("page.html"), slots);
    }

    /// One pass, so that nothing in what is filled in is taken for a slot.
    private static String fill(String template, Map<String, String> slots) {
        StringBuilder page = new StringBuilder(1 << 20);
        Matcher slot = SLOT.matcher(template);
        int end = 0;
        while (slot.find()) {
            page.append(template, end, slot.start()).append(slots.get(slot.group(1)));
            end = slot.end();
        }
        return page.append(template, end, template.length()).toString();
    }

    private static String title(RunFacts facts) {
        return facts.workload() + (facts.nemesis().isEmpty() ? ", no faults" : " under " + String.join(", ", facts.nemesis()));
    }

    private static String verdict(RunRecord run) {
        RunFacts facts = run.facts();
        Verdict verdict = run.results().verdict();
        Html html = new Html();
        html.tag("<header class=\"verdict " + verdict.word() + "\"><button id=\"theme\">light / dark</button><div class=\"headline\">")
                .tag(FindingsSection.badge(verdict)).element("h1", title(facts)).tag("</div>");
        html.element("p class=\"sentence\" id=\"sentence\"", run.results().sentence());
        html.tag("<p class=\"facts\">");
        List.of(
                        Shown.instant(facts.startedAt()),
                        facts.nodes().size() + " nodes (" + facts.backend() + ")",
                        facts.concurrency() + " processes",
                        Shown.digits(facts.rate()) + " ops/s aimed at",
                        Shown.nanos(facts.timeLimit().toNanos()),
                        "seed " + facts.seed(),
                        "engram " + facts.version() + (facts.commit().isEmpty() ? "" : " (" + Shown.cut(facts.commit(), 12) + ")"))
                .forEach(fact -> html.element("span", fact));
        return html.tag("</p></header>").toString();
    }

    private static String tiles(RunRecord run, List<Faulted> faults) {
        List<Operation> operations = run.history().operations();
        Map<OpType, Long> outcomes = new LinkedHashMap<>();
        for (Operation operation : operations) outcomes.merge(operation.outcome(), 1L, Long::sum);
        long[] latencies = operations.stream().filter(o -> o.outcome() == OpType.OK).mapToLong(o -> o.completed() - o.invoked()).sorted().toArray();
        long bit = faults.stream().filter(f -> f.window().applied()).count();
        Html html = new Html();
        html.tag("<div class=\"tiles\">");
        tile(html, Shown.count(operations.size()), "operations");
        tile(html, Shown.share(outcomes.getOrDefault(OpType.OK, 0L), operations.size()), "ok");
        tile(html, Shown.count(outcomes.getOrDefault(OpType.FAIL, 0L)), "failed");
        tile(html, Shown.count(outcomes.getOrDefault(OpType.INFO, 0L)), "outcome unknown");
        tile(html, bit == faults.size() ? Shown.count(bit) : bit + " of " + faults.size(), "faults that bit");
        tile(html, AvailabilitySection.quantile(latencies, .5), "median latency, ok");
        tile(html, AvailabilitySection.quantile(latencies, .99), "99th percentile, ok");
        return html.tag("</div>").toString();
    }

    private static void tile(Html html, String figure, String name) {
        html.tag("<div class=\"tile\">").element("b", figure).element("span", name).tag("</div>");
    }

    private static String note(PageData data) {
        String note = "Drag over a stretch of time to zoom in, double-click for all of it; Ctrl and wheel zoom, arrow keys move. In red: what the findings name.";
        if (data.drawn().stride() > 1) note += " Of the operations that succeeded, one in " + data.drawn().stride() + " is drawn; rates count all of them.";
        if (data.cut()) note += " Long values are cut short here; history.jsonl has all of them.";
        return note;
    }

    static String resource(String name) {
        try (InputStream in = Report.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("the harness was built without " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + name, e);
        }
    }
}
