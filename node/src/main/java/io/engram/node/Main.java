package io.engram.node;

import io.engram.node.config.InvalidConfigException;
import io.engram.node.config.NodeConfig;
import io.engram.node.config.NodeConfigReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// The process: opens a node, serves until it is told to stop, closes it.
///
/// Exit codes: 1 could not start; 2 invalid configuration; after a signal 128 and its number, as always with a JVM.
public final class Main {
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(25);
    private static final Duration READY_LOOKS = Duration.ofMillis(50);

    private Main() {}

    /// @param arguments settings; `--help` lists them
    public static void main(String[] arguments) {
        // Ignite and gRPC log through java.util.logging.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        List<String> given = List.of(arguments);
        if (given.contains("--help") || given.contains("--version")) {
            System.out.print(given.contains("--help") ? NodeConfigReader.help() : Version.read() + System.lineSeparator());
            return;
        }
        System.exit(run(given));
    }

    private static int run(List<String> arguments) {
        Logger log = LoggerFactory.getLogger(Main.class);
        NodeConfigReader.Read read;
        try {
            read = NodeConfigReader.read(arguments, System.getenv());
        } catch (InvalidConfigException e) {
            System.err.println("engram: the configuration is not valid:");
            e.faults().forEach(fault -> System.err.println("  " + fault));
            return 2;
        }
        NodeConfig config = read.config();
        log.info("starting version={} java={} pid={}", Version.read(), Runtime.version(), ProcessHandle.current().pid());
        log.info("configuration {}", read.shown());
        Node node;
        try {
            node = Node.open(config);
        } catch (IOException | RuntimeException e) {
            log.debug("start failed", e);
            System.err.println("engram: cannot start node '" + config.cluster().self() + "': " + causes(e));
            return 1;
        }
        if (config.stopAtEof()) stopAtEof(log);
        return serve(node, config, log);
    }

    /// Whoever started us holds the other end of standard input; when that ends, however it ended, so do we.
    private static void stopAtEof(Logger log) {
        Thread.ofPlatform().daemon().name("stop-at-eof").start(() -> {
            try {
                System.in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                log.debug("standard input is gone", e);
            }
            log.info("standard input has ended");
            System.exit(0);
        });
    }

    private static int serve(Node node, NodeConfig config, Logger log) {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            try {
                // The process ends when this returns: not before the node is closed, and not much later than it should be.
                if (!stopped.await(STOPS_WITHIN.toSeconds(), TimeUnit.SECONDS)) log.error("stop took too long, leaving");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "stop"));
        try (node) {
            boolean announced = false;
            while (!stop.await(announced ? Long.MAX_VALUE : READY_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
                if (announced || !node.health().ready()) continue;
                announced = true;
                log.info("ready node={} cluster={} clients={}:{} ms={}", config.cluster().self(), config.cluster().name(),
                        config.listen().host(), node.clientPort(),
                        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime());
            }
            log.info("stopping node={}", config.cluster().self());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stopped.countDown();
        }
        return 0;
    }

    /// What went wrong and why, on one line, without repeating itself.
    private static String causes(Throwable failure) {
        StringBuilder line = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (line.indexOf(text) < 0) line.append(line.isEmpty() ? "" : ": ").append(text.replace('\n', ' '));
        }
        return line.toString();
    }
}
