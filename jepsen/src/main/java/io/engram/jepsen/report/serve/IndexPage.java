package io.engram.jepsen.report.serve;

import io.engram.jepsen.report.Page;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The two pages that the server makes itself: the table of runs, and the list of a folder's files.
final class IndexPage {
    private IndexPage() {}

    static String runs(Path root, List<RunEntry> runs) {
        StringBuilder rows = new StringBuilder();
        for (RunEntry run : runs) row(rows, run);
        String body = runs.isEmpty()
                ? "<p class=\"muted\">No runs yet. <code>./engram jepsen run --workload register --nemesis partition --time-limit 30s</code> makes one.</p>"
                : Page.resource("runs.html").replace("{{rows}}", rows);
        return Page.of("runs in " + root, "runs", body);
    }

    private static void row(StringBuilder rows, RunEntry run) {
        String verdict = run.verdict().isEmpty() ? "none" : run.verdict();
        String link = Page.escape(encode(run.path()) + (run.path().isEmpty() ? "" : "/"));
        cell(rows.append("<tr>"), run.startedAt(), "", Page.escape(run.startedAt().replaceFirst("T", " ").replaceFirst("(:\\d\\d)(\\.\\d+)?Z$", "$1")));
        cell(rows, run.workload(), "", "<a href=\"/" + link + (run.report() ? "report.html" : "") + "\">" + Page.escape(run.workload()) + "</a>");
        cell(rows, run.nemesis(), "", Page.escape(run.nemesis().isEmpty() ? "none" : run.nemesis()));
        cell(rows, Map.of("invalid", "0", "unknown", "1", "none", "2", "valid", "3").getOrDefault(verdict, "2"), "",
                verdict.equals("none") ? "<span class=\"muted\">none yet</span>" : "<span class=\"badge " + Page.escape(verdict) + "\">" + Page.escape(verdict) + "</span>"
                        + (verdict.equals("valid") ? "" : "<div class=\"why\">" + Page.escape(run.sentence()) + "</div>"));
        cell(rows, run.ops() == null ? "-1" : run.ops().toString(), "num", run.ops() == null ? "" : Page.count(run.ops()));
        cell(rows, run.nanos() == null ? "-1" : run.nanos().toString(), "num", run.nanos() == null ? "" : Page.nanos(run.nanos()));
        cell(rows, run.seed(), "num", Page.escape(run.seed()));
        cell(rows, run.path(), "", "<a class=\"muted\" href=\"/" + link + "\">" + Page.escape(run.path()) + "</a>");
        rows.append("</tr>\n");
    }

    private static void cell(StringBuilder rows, String sort, String type, String html) {
        rows.append("<td").append(type.isEmpty() ? "" : " class=\"" + type + "\"").append(" data-sort=\"").append(Page.escape(sort)).append("\">").append(html).append("</td>");
    }

    /// @param names of files; folders end with a slash
    static String files(String path, List<String> names) {
        StringBuilder list = new StringBuilder("<p><a href=\"/\">all runs</a></p><ul class=\"files\">");
        for (String name : names) list.append("<li><a href=\"").append(Page.escape(encode(name))).append("\">").append(Page.escape(name)).append("</a></li>");
        list.append("</ul>");
        if (names.contains("history.jsonl") && !names.contains("report.html"))
            list.append("<p class=\"muted\">There is no report yet: the run goes on, or was cut short. <code>./engram jepsen report DIR</code> makes one where run.json and results.json are.</p>");
        return Page.of(path, path, list.toString());
    }

    static String failure(int status, String why) {
        return Page.of(status + " " + why, why, "<p><a href=\"/\">all runs</a></p>");
    }

    /// A path as a link: everything but plain characters and slashes escaped.
    static String encode(String path) {
        StringBuilder link = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || "-._~/".indexOf(c) >= 0)) link.append(c);
            else link.append(String.format("%%%02X", (int) c));
        }
        return link.toString();
    }
}
