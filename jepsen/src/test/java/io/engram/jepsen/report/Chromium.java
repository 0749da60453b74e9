package io.engram.jepsen.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A real browser, without a window. Where there is none the test is skipped, loudly; with REQUIRE_BROWSER=1 it fails.
final class Chromium {
    private static final List<String> FLAGS = List.of(
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars");

    private final Path binary;
    private final Path scratch;
    private int runs;

    private Chromium(Path binary, Path scratch) {
        this.binary = binary;
        this.scratch = scratch;
    }

    /// @param scratch an empty folder for profiles and output
    static Chromium find(Path scratch) {
        Optional<Path> binary = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        if (binary.isEmpty()) {
            assertThat(System.getenv("REQUIRE_BROWSER")).as("REQUIRE_BROWSER insists on a browser, and there is none").isNotEqualTo("1");
            System.err.println("== SKIPPED: no Chromium on this machine, so nobody looks at the report (Debian: apt-get install chromium)");
            Assumptions.abort("no Chromium on this machine");
        }
        return new Chromium(binary.orElseThrow(), scratch);
    }

    /// The page after its scripts ran.
    String dom(String url, String... more) throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(List.of(more));
        flags.add("--dump-dom");
        return Files.readString(run(url, flags));
    }

    void screenshot(String url, Path png, int width, int height, String... more) throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(List.of(more));
        flags.addAll(List.of("--screenshot=" + png, "--window-size=" + width + "," + height));
        run(url, flags);
    }

    private Path run(String url, List<String> flags) throws IOException, InterruptedException {
        Path profile = Files.createDirectory(scratch.resolve("profile-" + ++runs));
        Path out = scratch.resolve("out-" + runs);
        Path err = scratch.resolve("err-" + runs);
        List<String> command = new ArrayList<>();
        command.add(binary.toString());
        command.addAll(FLAGS);
        command.add("--user-data-dir=" + profile);
        command.addAll(flags);
        command.add(url);
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertThat(process.waitFor(180, TimeUnit.SECONDS)).as("the browser ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as("the browser's exit code; it said: " + Files.readString(err)).isZero();
        return out;
    }
}
