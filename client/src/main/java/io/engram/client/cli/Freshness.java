package io.engram.client.cli;

import io.engram.client.Consistency;
import io.engram.client.Position;
import io.engram.client.ReadOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How fresh an answer must be.
final class Freshness {
    /// As many digits as surely fit.
    private static final Pattern POSITION = Pattern.compile("([0-9]{1,9}):([0-9]{1,18})");

    @Option(names = "--consistency", paramLabel = "HOW",
            description = "linearizable (default), eventual, bounded:TIME such as bounded:500ms, or at_least:SHARD:INDEX,... with the "
                    + "positions that writes have returned, such as at_least:2:1041.")
    private @Nullable String consistency;

    ReadOptions options() {
        return consistency == null ? ReadOptions.defaults() : ReadOptions.defaults().consistency(parse(consistency));
    }

    static Consistency parse(String text) {
        if (text.equals("linearizable")) return new Consistency.Linearizable();
        if (text.equals("eventual")) return new Consistency.Eventual();
        if (text.startsWith("bounded:")) return new Consistency.Bounded(new Connection.Time().convert(text.substring("bounded:".length())));
        if (text.startsWith("at_least:")) return new Consistency.AtLeast(positions(text.substring("at_least:".length())));
        throw new IllegalArgumentException(
                "--consistency must be linearizable, eventual, bounded:TIME or at_least:SHARD:INDEX,..., was '" + text + "'");
    }

    private static List<Position> positions(String text) {
        List<Position> positions = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            Matcher position = POSITION.matcher(one);
            if (!position.matches())
                throw new IllegalArgumentException("--consistency: '" + one + "' is no position: write SHARD:INDEX, such as at_least:2:1041");
            positions.add(new Position(Integer.parseInt(position.group(1)), Long.parseLong(position.group(2))));
        }
        return positions;
    }
}
