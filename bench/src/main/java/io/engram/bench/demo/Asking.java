package io.engram.bench.demo;

import io.engram.client.Answer;
import io.engram.client.AttributeValue;
import io.engram.client.Engram;
import io.engram.client.Match;
import io.engram.client.Recalled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// Asks questions by meaning and shows what comes back.
final class Asking {
    private static final int SHOWN = 3;
    private static final int SNIPPET = 110;

    record Result(int count, Duration median) {}

    private final Engram engram;
    private final Stage stage;

    Asking(Engram engram, Stage stage) {
        this.engram = engram;
        this.stage = stage;
    }

    Result run(List<String> questions) {
        if (questions.isEmpty()) return new Result(0, Duration.ZERO);
        stage.chapter("Asking by meaning");
        List<Duration> took = new ArrayList<>();
        for (String question : questions) {
            long began = System.nanoTime();
            Answer<Recalled> answer = engram.space(Demo.SPACE).recall(question, SHOWN);
            Duration time = Duration.ofNanos(System.nanoTime() - began);
            took.add(time);
            stage.say(question + "  (" + Report.millis(time) + ", compared with " + answer.value().considered() + ")");
            for (Match match : answer.value().matches()) stage.say(line(match));
        }
        Collections.sort(took);
        return new Result(took.size(), took.get(took.size() / 2));
    }

    private static String line(Match match) {
        var attributes = match.memory().attributes();
        String text = match.memory().text().replaceAll("\\s+", " ").strip();
        return String.format(
                Locale.ROOT, "  %.2f  %-4s %s:%s  %s", match.score(), match.memory().tier().name().toLowerCase(Locale.ROOT),
                show(attributes.get("source")), show(attributes.get("line")), text.length() > SNIPPET ? text.substring(0, SNIPPET) + " …" : text);
    }

    private static String show(@org.jspecify.annotations.Nullable AttributeValue value) {
        return switch (value) {
            case null -> "?";
            case AttributeValue.Text text -> text.value();
            case AttributeValue.Whole whole -> Long.toString(whole.value());
            case AttributeValue.Real real -> Double.toString(real.value());
            case AttributeValue.Truth truth -> Boolean.toString(truth.value());
        };
    }
}
