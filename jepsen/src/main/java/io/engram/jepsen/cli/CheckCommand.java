package io.engram.jepsen.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.linear.LinearChecker;
import io.engram.jepsen.checker.linear.Model;
import io.engram.jepsen.checker.linear.Models;
import io.engram.jepsen.checker.linear.Reading;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.HistoryFile;
import io.engram.jepsen.history.format.JsonLines;
import io.engram.jepsen.history.format.JsonValues;
import io.engram.jepsen.history.format.Keyed;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// Judges a history from anywhere.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Is a history linearizable? Reads JSON Lines, Jepsen's EDN, and the log of Jepsen's etcd test; tells which by looking.",
        footer = {
            "%nReadings: a compare-and-set that failed says in the etcd log that the state was another (asserts), elsewhere nothing; a read of nil says in",
            "EDN nothing (unknown), elsewhere that there was no value (absent). An operation without an answer may take effect at any later time, or never.",
            Exit.HELP
        })
final class CheckCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "The history.")
    private Path file = Path.of("");

    @Option(names = "--model", required = true, paramLabel = "NAME", completionCandidates = ModelNames.class, description = "What the object is: ${COMPLETION-CANDIDATES}.")
    private String model = "";

    @Option(names = "--time-limit", paramLabel = "TIME", converter = Durations.class, defaultValue = "60s", description = "After this the verdict is unknown (default: ${DEFAULT-VALUE}).")
    private Duration timeLimit = Duration.ofMinutes(1);

    @Option(names = "--threads", paramLabel = "N", description = "Keys searched at a time (default: every core).")
    private @Nullable Integer threads;

    @Option(names = "--keyed", negatable = true, description = "EDN values are [key value] tuples (default: if all of them look like it).")
    private @Nullable Boolean keyed;

    @Option(names = "--initial", paramLabel = "VALUE", description = "What a register holds at first: nil, a whole number or a text (default: nil).")
    private @Nullable String initial;

    @Option(names = "--failed-cas", paramLabel = "asserts|nothing", description = "What a compare-and-set that failed says (default: by the file's form).")
    private Reading.@Nullable FailedCas failedCas;

    @Option(names = "--nil-read", paramLabel = "absent|unknown", description = "What a read of nil says (default: by the file's form).")
    private Reading.@Nullable NilRead nilRead;

    @Option(names = "--json", description = "Print the finding as one JSON object.")
    private boolean json;

    @CommandLine.Spec
    private CommandSpec spec = CommandSpec.create();

    CheckCommand() {}

    @Override
    public Integer call() throws IOException {
        if (!Models.NAMES.contains(model)) throw wrong("--model must be one of " + String.join(", ", Models.NAMES) + ", was '" + model + "'");
        if (threads != null && threads < 1) throw wrong("--threads must be 1 or more, was " + threads);
        HistoryFile source = HistoryFile.read(file, keyed == null ? Keyed.DETECT : keyed ? Keyed.YES : Keyed.NO);
        Model<?, ?> judge = Models.named(model, reading(source));
        Limits usual = Limits.usual();
        Finding finding = new LinearChecker(judge)
                .check(source.history(), new Limits(timeLimit, usual.memoryBytes(), threads == null ? usual.threads() : threads));
        PrintWriter out = spec.commandLine().getOut();
        if (json) out.println(json(finding));
        else show(finding, out);
        out.flush();
        return Exit.of(finding.verdict());
    }

    private Reading reading(HistoryFile source) {
        Reading usual = Reading.of(source.format());
        return new Reading(
                failedCas == null ? usual.failedCas() : failedCas,
                nilRead == null ? usual.nilRead() : nilRead,
                initial == null ? usual.initial() : value(initial));
    }

    private static Value value(String text) {
        if (text.equals("nil")) return Value.NIL;
        try {
            return Value.of(Long.parseLong(text));
        } catch (NumberFormatException word) {
            return Value.of(text);
        }
    }

    private static String json(Finding finding) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode node = mapper.createObjectNode();
        node.put("checker", finding.checker());
        node.put("verdict", finding.verdict().word());
        node.put("sentence", finding.sentence());
        ObjectNode figures = node.putObject("figures");
        finding.figures().forEach((name, value) -> figures.set(name, JsonValues.write(value)));
        ArrayNode evidence = node.putArray("evidence");
        finding.evidence().forEach(op -> evidence.add(JsonLines.node(op)));
        return mapper.writeValueAsString(node);
    }

    private static void show(Finding finding, PrintWriter out) {
        out.println(finding.verdict().word().toUpperCase(Locale.ROOT) + ": " + finding.sentence());
        StringBuilder figures = new StringBuilder();
        for (Iterator<String> names = finding.figures().keySet().iterator(); names.hasNext(); ) {
            String name = names.next();
            figures.append(name).append('=').append(JsonValues.write(Objects.requireNonNull(finding.figures().get(name))).asText());
            if (names.hasNext()) figures.append(' ');
        }
        out.println(figures);
        if (finding.evidence().isEmpty()) return;
        out.println();
        for (Op op : finding.evidence())
            out.printf(
                    Locale.ROOT,
                    "%8d  %-8s %-6s %-8s %s%s%n",
                    op.index(),
                    op.process(),
                    op.type().name().toLowerCase(Locale.ROOT),
                    op.function(),
                    op.value().equals(Value.NIL) ? "nil" : JsonValues.write(op.value()),
                    op.error() == null ? "" : "  (" + op.error() + ")");
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    static final class ModelNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Models.NAMES.iterator();
        }
    }
}
