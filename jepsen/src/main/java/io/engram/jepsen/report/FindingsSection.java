package io.engram.jepsen.report;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What every checker found, with its figures: single ones in a list, and tables of tables as tables.
final class FindingsSection {
    private static final int ROWS = 200;

    private FindingsSection() {}

    static String section(Results results) {
        Html html = new Html();
        html.tag("<section id=\"findings\"><h2>Findings</h2>");
        // The worst first; among equals as they came.
        List<Finding> findings = new ArrayList<>(results.findings());
        findings.sort((a, b) -> b.verdict().compareTo(a.verdict()));
        for (Finding finding : findings) {
            html.tag("<div class=\"finding\"><div>").tag(badge(finding.verdict())).element("b", finding.checker()).tag("</div>");
            html.element("p", finding.sentence());
            if (!finding.figures().isEmpty()) {
                html.tag(finding.verdict() == Verdict.VALID ? "<details>" : "<details open>").tag("<summary>figures</summary>");
                figures(html, finding.figures());
                html.tag("</details>");
            }
            html.tag("</div>");
        }
        return html.tag("</section>").toString();
    }

    static String badge(Verdict verdict) {
        String word = verdict.word();
        return "<span class=\"badge " + word + "\">" + word + "</span>";
    }

    private static void figures(Html html, Map<String, Value> figures) {
        Map<String, Value> single = new LinkedHashMap<>(figures);
        single.values().removeIf(FindingsSection::isTable);
        if (!single.isEmpty()) {
            html.tag("<dl class=\"figures\">");
            single.forEach((name, value) -> html.tag("<div>").element("dt", Shown.name(name)).element("dd", Shown.cut(shown(value), 600)).tag("</div>"));
            html.tag("</dl>");
        }
        figures.forEach((name, value) -> {
            if (!isTable(value)) return;
            html.element("h3", Shown.name(name));
            table(html, rows(value));
        });
    }

    private static boolean isTable(Value value) {
        return switch (value) {
            case Value.Fields f -> !f.entries().isEmpty() && f.entries().values().stream().allMatch(Value.Fields.class::isInstance);
            case Value.Items i -> !i.values().isEmpty() && i.values().stream().allMatch(Value.Fields.class::isInstance);
            default -> false;
        };
    }

    /// By the name of the row; rows of a list have none.
    private static Map<String, Map<String, Value>> rows(Value table) {
        Map<String, Map<String, Value>> rows = new LinkedHashMap<>();
        if (table instanceof Value.Fields f) f.entries().forEach((name, row) -> rows.put(name, ((Value.Fields) row).entries()));
        if (table instanceof Value.Items i) for (int r = 0; r < i.values().size(); r++) rows.put("#" + r, ((Value.Fields) i.values().get(r)).entries());
        return rows;
    }

    private static void table(Html html, Map<String, Map<String, Value>> rows) {
        Set<String> columns = new LinkedHashSet<>();
        rows.values().forEach(row -> columns.addAll(row.keySet()));
        boolean named = rows.keySet().stream().noneMatch(name -> name.startsWith("#"));
        List<String> heads = new ArrayList<>();
        if (named) heads.add("");
        columns.forEach(c -> heads.add(Shown.name(c)));
        List<Boolean> numeric = new ArrayList<>(Collections.nCopies(named ? 1 : 0, false));
        for (String column : columns) numeric.add(rows.values().stream().map(r -> r.getOrDefault(column, Value.NIL)).allMatch(FindingsSection::isNumber));
        html.tag("<div class=\"scroll\"><table>").head(heads, numeric).tag("<tbody>");
        rows.entrySet().stream().limit(ROWS).forEach(row -> {
            List<String> cells = new ArrayList<>();
            if (named) cells.add(row.getKey());
            for (String column : columns) cells.add(Shown.cut(shown(row.getValue().getOrDefault(column, Value.NIL)), 200));
            html.row(cells, numeric);
        });
        html.tag("</tbody></table></div>");
        if (rows.size() > ROWS) html.element("p class=\"muted\"", "The first " + ROWS + " of " + rows.size() + " rows; all of them are in results.json.");
    }

    private static boolean isNumber(Value value) {
        return value instanceof Value.Whole || value instanceof Value.Real || value instanceof Value.Nil;
    }

    private static String shown(Value value) {
        return switch (value) {
            case Value.Nil _ -> "–";
            case Value.Whole w -> Shown.count(w.value());
            case Value.Real r -> Shown.digits(r.value());
            default -> Shown.value(value);
        };
    }
}
