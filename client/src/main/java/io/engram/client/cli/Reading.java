package io.engram.client.cli;

import io.engram.client.ReadOptions;
import io.engram.client.View;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How fresh an answer must be and how much of each memory it carries.
final class Reading {
    @Mixin
    private Freshness freshness = new Freshness();

    @Option(names = "--view", paramLabel = "full|without_vector|keys", description = "How much of each memory to show.")
    private @Nullable View view;

    ReadOptions options() {
        ReadOptions options = freshness.options();
        return view == null ? options : options.view(view);
    }
}
