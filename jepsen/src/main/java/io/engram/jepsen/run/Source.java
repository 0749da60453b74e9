package io.engram.jepsen.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Where the system under test was built from.
public final class Source {
    private Source() {}

    /// Short name of the checkout's commit, with `+` if files were changed since; empty if there is no checkout or no git.
    public static String commit() {
        String root = System.getenv("ENGRAM_ROOT");
        if (root == null) root = System.getProperty("engram.root", ".");
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty=+", "--exclude=*")
                    .directory(Path.of(root).toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(5, TimeUnit.SECONDS) && git.exitValue() == 0 ? said : "";
        } catch (IOException noGit) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
