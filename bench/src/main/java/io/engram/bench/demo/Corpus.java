package io.engram.bench.demo;

import io.engram.client.Observation;
import io.engram.client.reading.Documents;
import io.engram.client.reading.Documents.Cut;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What the demo remembers.
///
/// @param unread files or lines that could not be read
record Corpus(List<Observation> observations, int files, int unread) {
    Corpus {
        observations = List.copyOf(observations);
    }

    static Corpus read(List<Path> roots, boolean lines, int limit) throws IOException {
        List<String> problems = new ArrayList<>();
        Documents documents =
                new Documents(lines ? Cut.LINES : Cut.PASSAGES, (file, line, problem) -> problems.add(file + ":" + line + ": " + problem));
        List<Observation> observations = new ArrayList<>();
        int files = 0;
        for (Path root : roots) {
            Path base = root.toAbsolutePath().getParent();
            for (Path file : documents.files(List.of(root))) {
                if (observations.size() >= limit) break;
                files++;
                String name = base == null ? file.toString() : base.relativize(file.toAbsolutePath()).toString();
                try (Stream<Observation> read = documents.read(file, name)) {
                    read.limit(limit - observations.size()).forEach(o -> observations.add(keyed(o, observations.size())));
                }
            }
        }
        return new Corpus(observations, files, problems.size());
    }

    /// The demo counts by key: what brings none gets one.
    private static Observation keyed(Observation observation, int number) {
        return observation.key().isPresent() ? observation : observation.toBuilder().key("memory-" + number).build();
    }

    String summary() {
        return observations.size() + " from " + files + " files" + (unread == 0 ? "" : ", " + unread + " could not be read");
    }
}
