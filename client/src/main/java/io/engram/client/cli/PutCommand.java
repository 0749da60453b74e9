package io.engram.client.cli;

import io.engram.client.Engram;
import io.engram.client.Link;
import io.engram.client.Observation;
import io.engram.client.Vector;
import io.engram.client.WriteCondition;
import io.engram.client.WriteOptions;
import io.engram.client.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "put", mixinStandardHelpOptions = true, description = "Creates or replaces one memory.", footer = ExitCode.HELP)
final class PutCommand extends ClusterCommand {
    @Mixin
    private Writing writing = new Writing();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Parameters(index = "1", paramLabel = "KEY", arity = "0..1", description = "Default: one is made.")
    private @Nullable String key;

    @Option(names = "--text", paramLabel = "TEXT", description = "What to remember.")
    private String text = "";

    @Option(names = "--vector", paramLabel = "X,Y,...", converter = Vectors.class, description = "Default: the node makes one from the text.")
    private @Nullable Vector vector;

    @Option(names = "--confidence", paramLabel = "0..1", description = "Default: 1.")
    private @Nullable Double confidence;

    @Option(names = "--attribute", paramLabel = "NAME=VALUE", description = "May be given several times. Numbers and true/false are taken as such.")
    private Map<String, String> attributes = new LinkedHashMap<>();

    @Option(names = "--link", paramLabel = "KEY[:RELATION]", description = "May be given several times.")
    private List<String> links = new ArrayList<>();

    @Option(names = "--if-version", paramLabel = "N", description = "Only if the memory has this version now.")
    private @Nullable Long ifVersion;

    @Option(names = "--if-absent", description = "Only if there is no memory of this key.")
    private boolean ifAbsent;

    @Override
    void check() {
        if (ifAbsent && ifVersion != null) throw new IllegalArgumentException("--if-version and --if-absent exclude each other");
    }

    @Override
    int ask(Engram engram) {
        WriteOptions options = writing.options();
        if (ifVersion != null) options = options.when(WriteCondition.version(ifVersion));
        if (ifAbsent) options = options.when(new WriteCondition.MustNotExist());
        Written written = engram.space(space).put(observation(), options);
        show(
                () -> {
                    var node = Json.object().put("key", written.key()).put("version", written.version()).put("replayed", written.replayed());
                    node.set("position", Json.of(written.position()));
                    return node;
                },
                () -> output().line(written.key() + " version " + written.version() + " at " + written.position().shard() + ":"
                        + written.position().index() + (written.replayed() ? " (written before)" : "")));
        return ExitCode.OK;
    }

    private Observation observation() {
        Observation.Builder observation = Observation.builder(text);
        if (key != null) observation.key(key);
        if (vector != null) observation.vector(vector);
        if (confidence != null) observation.confidence(confidence);
        attributes.forEach((name, value) -> observation.attribute(name, Where.value(value)));
        for (String link : links) {
            int colon = link.lastIndexOf(':');
            observation.link(colon < 0 ? new Link(link, "related", 1) : new Link(link.substring(0, colon), link.substring(colon + 1), 1));
        }
        return observation.build();
    }
}
