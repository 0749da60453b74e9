package io.engram.client.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// What the launcher does itself, without coming here. Stands among the commands so that the shell completes it and help lists it.
final class Launched {
    private Launched() {}

    static void addTo(CommandLine line) {
        add(line, "demo", "Three nodes, real text, one kill -9: see it remember.",
                list("--from", "PATH", "Text, Markdown or JSON Lines files, or folders."), flag("--lines", "One memory a line."),
                list("--ask", "TEXT", "A question."), flag("--keep", "Leave the cluster up."));
        add(line, "test", "Everything that must be green.", flag("--fast", "Without what takes long."));
        add(line, "up", "One node for development, on loopback.", value("--data", "DIR", "Where it keeps its data (default: ./data)."));
        add(line, "node", "One node of a cluster.", value("--config", "FILE", "Its settings; ./engram node --help lists them."));
        add(line, "bench", "Measures this machine.",
                value("--suite", "NAME,...", "Only these."), value("--json", "FILE", "Writes the figures there, too."));
        add(line, "build", "Builds, and stops there.");
        add(line, "jepsen", "Breaks a real cluster and judges what it did.");
    }

    private static void add(CommandLine line, String name, String description, OptionSpec... options) {
        Callable<Integer> elsewhere = () -> {
            throw new IllegalArgumentException("'" + name + "' is the launcher's: run ./engram " + name + " in Engram's folder");
        };
        CommandSpec command = CommandSpec.wrapWithoutInspection(elsewhere).name(name);
        command.usageMessage().description(description);
        for (OptionSpec option : options) command.addOption(option);
        line.addSubcommand(name, command);
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).type(boolean.class).description(description).build();
    }

    private static OptionSpec value(String name, String label, String description) {
        return OptionSpec.builder(name).type(String.class).arity("1").paramLabel(label).description(description).build();
    }

    private static OptionSpec list(String name, String label, String description) {
        return OptionSpec.builder(name).type(String[].class).arity("1..*").paramLabel(label).description(description).build();
    }
}
