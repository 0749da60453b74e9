package io.engram.jepsen.cli;

import io.engram.jepsen.report.serve.RunServer;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `serve DIR`: past runs in the browser, until Ctrl+C.
@Command(name = "serve", mixinStandardHelpOptions = true, description = "Shows the runs in a folder in the browser, on this machine only.")
final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "DIR", defaultValue = "data/jepsen", description = "The folder with the runs (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of("data/jepsen");

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8080", description = "Where to answer (default: ${DEFAULT-VALUE}; 0: any that is free).")
    private int port = 8080;

    ServeCommand() {}

    @Override
    public Integer call() throws Exception {
        if (port < 0 || port > 65_535) throw new ParameterException(spec.commandLine(), "--port must be 0 to 65535, was " + port);
        Path runs = folder.toAbsolutePath().normalize();
        if (!Files.isDirectory(runs)) throw new ParameterException(spec.commandLine(), "DIR must be a folder of runs; there is no " + runs);
        try (RunServer server = RunServer.start(runs, port)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("runs in " + runs + ": " + server.url() + " (Ctrl+C ends it)");
            out.flush();
            // Nothing ever counts it down: the signal ends the process.
            new CountDownLatch(1).await();
            return Exit.VALID;
        } catch (BindException taken) {
            throw new ParameterException(spec.commandLine(), "--port " + port + " is taken: " + Objects.requireNonNullElse(taken.getMessage(), "in use"), taken);
        }
    }
}
