package io.engram.jepsen.cli;

import io.engram.jepsen.checker.linear.ModelMismatchException;
import io.engram.jepsen.control.SelfTestCommand;
import io.engram.jepsen.history.format.BadHistoryException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Entry point of the harness' command line.
@Command(
        name = "engram jepsen",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Breaks a real cluster and judges what it did; judges anybody's history.",
        footer = Exit.HELP,
        exitCodeOnInvalidInput = Exit.USAGE,
        exitCodeOnExecutionException = Exit.FAILED,
        subcommands = {
            CheckCommand.class,
            ReportCommand.class,
            ServeCommand.class,
            BenchmarkCommand.class,
            HelpCommand.class,
            RunCommand.class,
            SelfTestCommand.class,
            ShrinkCommand.class,
            SoakCommand.class,
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandSpec spec = CommandSpec.create();

    Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /// Never 1 (invalid) for a failure of our own: a JVM that dies of an Error would exit with that.
    private static int run(String[] arguments) {
        try {
            return commandLine().execute(arguments);
        } catch (Throwable failure) {
            failure.printStackTrace();
            return Exit.FAILED;
        }
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::explain);
        // Set on each: picocli does not inherit them from the parent.
        line.getSubcommands().values().forEach(Main::adopt);
        return line;
    }

    private static void adopt(CommandLine command) {
        command.setUsageHelpAutoWidth(true);
        command.getCommandSpec().exitCodeOnInvalidInput(Exit.USAGE).exitCodeOnExecutionException(Exit.FAILED);
        command.getSubcommands().values().forEach(Main::adopt);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? One of " + String.join(", ", spec.subcommands().keySet()));
    }

    /// One line on standard error for what the caller got wrong; a stack trace for what we got wrong.
    private static int explain(Exception failure, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        switch (failure) {
            case BadHistoryException bad -> err.println("engram jepsen: " + bad.getMessage());
            case ModelMismatchException bad -> err.println("engram jepsen: " + bad.getMessage());
            case NoSuchFileException missing -> err.println("engram jepsen: no such file: " + missing.getMessage());
            default -> {
                failure.printStackTrace(err);
                return Exit.FAILED;
            }
        }
        return Exit.USAGE;
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"engram " + (version == null ? "(not packaged)" : version)};
        }
    }
}
