package io.engram.client.cli;

import io.engram.client.Consistency;
import io.engram.client.ReadOptions;
import io.engram.client.View;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How fresh an answer must be and how much of each memory it carries.
final class Reading {
    @Option(names = "--consistency", paramLabel = "HOW",
            description = "linearizable (default), eventual, or bounded:TIME such as bounded:500ms.")
    private @Nullable String consistency;

    @Option(names = "--view", paramLabel = "full|without_vector|keys", description = "How much of each memory to show.")
    private @Nullable View view;

    ReadOptions options() {
        ReadOptions options = ReadOptions.defaults();
        if (view != null) options = options.view(view);
        return consistency == null ? options : options.consistency(parse(consistency));
    }

    static Consistency parse(String text) {
        if (text.equals("linearizable")) return new Consistency.Linearizable();
        if (text.equals("eventual")) return new Consistency.Eventual();
        if (text.startsWith("bounded:")) return new Consistency.Bounded(new Connection.Time().convert(text.substring("bounded:".length())));
        throw new IllegalArgumentException("--consistency must be linearizable, eventual or bounded:TIME, was '" + text + "'");
    }
}
