package io.engram.jepsen.report;

import java.nio.file.Path;
import java.util.Map;

/// What the nodes complained about.
final class LogsSection {
    private LogsSection() {}

    static String section(Map<String, Path> logs) {
        if (logs.isEmpty()) return "";
        Html html = new Html();
        html.tag("<section id=\"logs\"><h2>What the nodes printed</h2>");
        logs.forEach((node, file) -> {
            LogExcerpt log = LogExcerpt.of(file);
            html.tag("<h3>").text(node).tag(" <span class=\"muted\">").text(summary(log)).tag("</span></h3>");
            if (log.excerpt().isEmpty()) return;
            html.tag(log.excerpt().size() > 12 ? "<details><summary>errors</summary><pre class=\"log\">" : "<pre class=\"log\">");
            for (String line : log.excerpt()) {
                if (line.startsWith("    ")) html.text(line);
                else html.element("b", line);
                html.tag("\n");
            }
            if (log.more() > 0) html.text("… and " + Shown.count(log.more()) + " more errors");
            html.tag(log.excerpt().size() > 12 ? "</pre></details>" : "</pre>");
        });
        return html.tag("</section>").toString();
    }

    private static String summary(LogExcerpt log) {
        if (!log.missing().isEmpty()) return log.missing();
        return Shown.count(log.lines()) + " lines, " + Shown.count(log.errors()) + " errors, " + Shown.count(log.warnings()) + " warnings";
    }
}
