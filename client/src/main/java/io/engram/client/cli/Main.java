package io.engram.client.cli;

import io.engram.client.EngramException;
import io.engram.client.OutcomeUnknownException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;

/// Entry point of the command line.
@Command(
        name = "engram",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Talks to an Engram cluster.",
        footer = ExitCode.HELP,
        subcommands = {
            StatusCommand.class,
            SpaceCommand.class,
            PutCommand.class,
            GetCommand.class,
            ForgetCommand.class,
            ListCommand.class,
            ObserveCommand.class,
            ImportCommand.class,
            RecallCommand.class,
            GenerateCompletion.class,
            HelpCommand.class
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /// The commands, for a program that runs them itself: with `setOut` and `setErr`, and an exit code from `execute`.
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::explain);
        Launched.addTo(line);
        CommandLine completion = Objects.requireNonNull(line.getSubcommands().get("generate-completion"));
        completion.getCommandSpec().usageMessage().hidden(false).description(
                "Prints a completion script: source <(engram generate-completion)");
        line.getSubcommands().values().forEach(c -> c.setUsageHelpAutoWidth(true));
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /// One line on standard error that says what went wrong; field by field where the cluster named fields.
    private static int explain(Exception failure, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (failure instanceof EngramException refused) {
            err.println("engram: " + refused.getMessage());
            refused.violations().forEach(v -> err.println("  " + v.field() + ": " + v.description()));
            if (refused instanceof OutcomeUnknownException unknown)
                unknown.idempotencyKey().ifPresent(key -> err.println("  ask again with --idempotency-key " + key));
            return ExitCode.of(refused);
        }
        if (failure instanceof IllegalArgumentException) {
            err.println("engram: " + failure.getMessage());
            return ExitCode.USAGE;
        }
        if (failure instanceof NoSuchFileException) {
            err.println("engram: no such file: " + failure.getMessage());
            return ExitCode.USAGE;
        }
        if (failure instanceof IOException || failure instanceof UncheckedIOException) {
            err.println("engram: " + failure.getMessage());
            return ExitCode.FAILED;
        }
        failure.printStackTrace(err);
        return ExitCode.FAILED;
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"engram " + (version == null ? "(not packaged)" : version)};
        }
    }
}
