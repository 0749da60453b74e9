package io.engram.bench.demo;

import io.engram.client.Engram;
import io.engram.client.EngramException;
import io.engram.client.SpaceSettings;
import io.engram.jepsen.cluster.Installation;
import io.engram.jepsen.cluster.LocalCluster;
import io.engram.jepsen.cluster.LocalCluster.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The whole story in a minute or two. Exit codes: 0 all held, 1 something acknowledged was lost or a step failed, 2 bad arguments.
@Command(
        name = "engram demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Starts three nodes on this machine, streams real text into them, asks questions, kills one on the way, "
                + "and shows that nothing acknowledged was lost.")
public final class Demo implements Callable<Integer> {
    static final String SPACE = "demo";
    private static final Duration START = Duration.ofMinutes(5);
    /// One call, also while a slow machine elects: what is shown is that nothing is lost, not how quick this machine is.
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int NODES = 3;
    private static final List<String> QUESTIONS = List.of(
            "What happens when a disk is full?",
            "Why is nothing in the RAM grid ever trusted?",
            "How does a client resume its stream after a node has died?");

    @Option(names = "--from", paramLabel = "PATH", arity = "1..*",
            description = "Text, Markdown or JSON Lines files, or folders of them. Default: this repository's own documents and sources.")
    private List<Path> from = List.of();

    @Option(names = "--lines", description = "One memory a line instead of one a passage.")
    private boolean lines;

    @Option(names = "--ask", paramLabel = "TEXT", description = "A question to answer by meaning; may be given several times.")
    private List<String> ask = List.of();

    @Option(names = "--limit", paramLabel = "N", description = "At most so many memories (default: ${DEFAULT-VALUE}).", defaultValue = "5000")
    private int limit = 5_000;

    @Option(names = "--keep", description = "Leave the cluster up and say how to reach it, until Enter or Ctrl-C.")
    private boolean keep;

    @Option(names = "--data", paramLabel = "DIR", description = "Where the nodes keep their data. Default: a temporary folder, removed afterwards.")
    private @Nullable Path data;

    private final Stage stage = new Stage(System.out);

    private Demo() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Demo()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Corpus corpus = Corpus.read(roots(), lines, limit);
        if (corpus.observations().isEmpty()) {
            stage.say("Found nothing to read in " + roots() + ".");
            return 2;
        }
        Path folder = data != null ? data : Files.createTempDirectory("engram-demo-");
        boolean held = false;
        try {
            int code = tell(corpus, folder);
            held = code == 0;
            return code;
        } catch (EngramException | IllegalStateException e) {
            stage.failed(e.getMessage());
            return 1;
        } finally {
            if (!held) stage.say("Logs of the nodes: " + folder + "/n*/node.log");
            else if (data == null) remove(folder);
        }
    }

    private int tell(Corpus corpus, Path folder) throws IOException, InterruptedException {
        Report report = new Report();
        report.add("memories", corpus.summary());
        stage.chapter("Starting " + NODES + " nodes");
        long began = System.nanoTime();
        try (LocalCluster cluster = LocalCluster.start(Installation.find(), new Layout(folder, NODES, "512m", Map.of()))) {
            cluster.awaitReady(START);
            Duration ready = Duration.ofNanos(System.nanoTime() - began);
            stage.say("ready after " + Report.seconds(ready) + ": " + cluster.endpoints());
            report.add("three nodes from nothing to ready", Report.seconds(ready));
            try (Engram engram = Engram.builder().endpoints(cluster.endpoints()).deadline(PATIENCE).connect()) {
                int dimension = engram.cluster().status().embeddingDimension();
                if (dimension == 0) throw new IllegalStateException("the nodes have no embedding model; build with the embedding module");
                engram.spaces().create(SpaceSettings.named(SPACE, dimension));
                Streaming.Result first = new Streaming(engram, stage).run("remembering", corpus.observations());
                report.add("streamed, embedded and durable", first.acknowledged() + " in " + Report.seconds(first.took()) + ", "
                        + Math.round(first.rate()) + " a second");
                Asking.Result asked = new Asking(engram, stage).run(ask.isEmpty() ? questions(corpus) : ask);
                report.add("questions answered by meaning", asked.count() + ", median " + Report.millis(asked.median()));
                boolean held = new Crash(engram, cluster, stage).run(corpus.observations(), first.rejected(), report);
                stage.chapter("What happened");
                report.print(stage);
                if (keep) keep(cluster);
                return held ? 0 : 1;
            }
        }
    }

    /// About our own documents we know what to ask; of others, what a few passages begin with.
    private List<String> questions(Corpus corpus) {
        if (from.isEmpty()) return QUESTIONS;
        int step = Math.max(1, corpus.observations().size() / 3);
        return IntStream.of(0, step, 2 * step)
                .filter(i -> i < corpus.observations().size())
                .mapToObj(i -> corpus.observations().get(i).text().split("(?<=[.!?])\\s", 2)[0])
                .map(sentence -> sentence.length() > 120 ? sentence.substring(0, 120) : sentence)
                .toList();
    }

    private List<Path> roots() {
        Path caller = Path.of(System.getenv().getOrDefault("ENGRAM_CALLER", ""));
        if (!from.isEmpty()) return from.stream().map(caller::resolve).toList();
        Path root = Installation.find().root();
        List<Path> own = new ArrayList<>();
        // Documents first: with a limit, they are what the questions are about.
        for (String name : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "client/src/main", "grid/src/main", "node/src/main", "jepsen/src/main"))
            if (Files.exists(root.resolve(name))) own.add(root.resolve(name));
        return own;
    }

    private void keep(LocalCluster cluster) throws IOException, InterruptedException {
        stage.say("The cluster stays up. From another terminal:");
        stage.say("  ./engram status --endpoints " + cluster.endpoints());
        stage.say("  ./engram recall " + SPACE + " \"your question\" --endpoints " + cluster.endpoints());
        stage.say("Enter stops it.");
        // Nobody at the keyboard: until the process is told to stop.
        if (System.in.read() < 0) new CountDownLatch(1).await();
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
