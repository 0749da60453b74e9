package io.engram.jepsen.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Where the server's jars and a JDK for them stand.
///
/// @param root folder of the checkout, with `ops/jvm.options` and `node/target`
/// @param javaHome a JDK 25
public record Installation(Path root, Path javaHome) {
    /// As the launcher says (`ENGRAM_ROOT`, `ENGRAM_JDK`), or the build (`engram.root`) and the JDK that runs this.
    public static Installation find() {
        String root = System.getenv("ENGRAM_ROOT");
        if (root == null) root = System.getProperty("engram.root", System.getProperty("user.dir"));
        String jdk = System.getenv("ENGRAM_JDK");
        if (jdk == null) jdk = System.getProperty("java.home");
        return new Installation(Path.of(root).toAbsolutePath(), Path.of(jdk));
    }

    /// The command that runs one node.
    ///
    /// @param heap as `-Xmx` takes it
    /// @param jvm further options of the JVM
    /// @throws IllegalStateException if the server was not built
    List<String> command(String heap, List<String> jvm, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                javaHome.resolve("bin/java").toString(), "@" + root.resolve("ops/jvm.options"), "-Xmx" + heap, "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", classPath(), "io.engram.node.Main"));
        command.addAll(arguments);
        return List.copyOf(command);
    }

    private String classPath() {
        Path target = root.resolve("node/target");
        try (Stream<Path> files = Files.list(target)) {
            Path jar = files.filter(f -> f.getFileName().toString().matches("engram-node-[^/]*\\.jar"))
                    .filter(f -> !f.getFileName().toString().matches(".*-(sources|javadoc|tests)\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no server in " + target + ": run ./engram build"));
            return jar + ":" + target.resolve("lib") + "/*";
        } catch (IOException e) {
            throw new IllegalStateException("no server in " + target + ": run ./engram build", e);
        }
    }
}
