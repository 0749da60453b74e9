package io.engram.client.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Shows answers: a table for people, JSON for programs.
final class Output {
    enum Format { TABLE, JSON }

    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

    @Option(names = {"-o", "--output"}, paramLabel = "table|json", description = "How to show the answer (default: table).", defaultValue = "table")
    private Format format = Format.TABLE;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    boolean json() {
        return format == Format.JSON;
    }

    void show(JsonNode node) {
        try {
            out().println(JSON.writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("could not write JSON", e);
        }
        out().flush();
    }

    void line(String line) {
        out().println(line);
        out().flush();
    }

    /// Progress and remarks, so that standard output stays clean.
    void remark(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }

    /// Instead of the line of progress that was shown before.
    void progress(String line) {
        spec.commandLine().getErr().print("\r" + line);
        spec.commandLine().getErr().flush();
    }

    void table(List<String> titles, List<List<String>> rows) {
        int[] widths = titles.stream().mapToInt(String::length).toArray();
        for (List<String> row : rows) for (int i = 0; i < widths.length; i++) widths[i] = Math.max(widths[i], row.get(i).length());
        out().println(row(titles, widths));
        for (List<String> row : rows) out().println(row(row, widths));
        out().flush();
    }

    CommandLine commandLine() {
        return spec.commandLine();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static String row(List<String> cells, int[] widths) {
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            row.append(cells.get(i));
            if (i < widths.length - 1) row.append(" ".repeat(widths[i] - cells.get(i).length() + 2));
        }
        return row.toString().stripTrailing();
    }
}
