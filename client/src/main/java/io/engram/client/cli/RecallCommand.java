package io.engram.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.client.Answer;
import io.engram.client.Engram;
import io.engram.client.Match;
import io.engram.client.RecallQuery;
import io.engram.client.Recalled;
import io.engram.client.Vector;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "recall", mixinStandardHelpOptions = true, description = "Finds the memories closest in meaning to a text, or to a vector.",
        footer = ExitCode.HELP)
final class RecallCommand extends ClusterCommand {
    @Mixin
    private Reading reading = new Reading();

    @Mixin
    private Where where = new Where();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Parameters(index = "1", paramLabel = "TEXT", arity = "0..1")
    private @Nullable String text;

    @Option(names = "--vector", paramLabel = "X,Y,...", converter = Vectors.class, description = "Instead of a text.")
    private @Nullable Vector vector;

    @Option(names = "-k", paramLabel = "N", description = "How many, 1..1000 (default: ${DEFAULT-VALUE}).", defaultValue = "5")
    private int k = 5;

    @Option(names = "--min-score", paramLabel = "X", description = "Only memories that score at least this.")
    private @Nullable Double minScore;

    @Option(names = "--allow-partial", description = "Answer without the shards that miss their deadline.")
    private boolean allowPartial;

    @Override
    void check() {
        if ((text == null) == (vector == null)) throw new IllegalArgumentException("give either a TEXT or --vector");
    }

    @Override
    int ask(Engram engram) {
        RecallQuery query = (text != null ? RecallQuery.text(text) : RecallQuery.vector(Objects.requireNonNull(vector))).k(k);
        if (where.filter().isPresent()) query = query.filter(where.filter().get());
        if (minScore != null) query = query.minScore(minScore);
        if (allowPartial) query = query.partial();
        Answer<Recalled> answer = engram.space(space).recall(query, reading.options());
        show(
                () -> {
                    ObjectNode node = Json.object();
                    ArrayNode matches = node.putArray("matches");
                    for (Match match : answer.value().matches())
                        matches.addObject().put("score", match.score()).set("memory", Json.of(match.memory()));
                    node.put("considered", answer.value().considered()).put("search_time", Json.seconds(answer.value().searchTime()));
                    return Json.proven(node, answer);
                },
                () -> {
                    output().table(
                            List.of("SCORE", "KEY", "TIER", "TEXT"),
                            answer.value().matches().stream()
                                    .map(m -> List.of(Shown.number(m.score()), m.memory().key(), Json.name(m.memory().tier()), Shown.snippet(m.memory().text())))
                                    .toList());
                    output().remark("compared with " + answer.value().considered() + " memories; " + Shown.freshness(answer));
                });
        return ExitCode.OK;
    }
}
