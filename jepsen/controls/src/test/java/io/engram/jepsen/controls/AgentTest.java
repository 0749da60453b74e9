package io.engram.jepsen.controls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes.Name;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.ByteBuddy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The agent as a JVM starts it. The jar is not built yet when this runs; one that only points to the classes does as well.
class AgentTest {
    @TempDir
    private Path folder;

    private record Ended(int code, String said) {}

    @Test
    void a_switch_that_is_none_ends_the_process() throws Exception {
        Ended ended = main("no-such-switch");
        assertThat(ended.code()).isEqualTo(Agent.EXIT_CODE);
        assertThat(ended.said()).contains("engram controls: switches must be some of");
    }

    @Test
    void a_node_that_lacks_what_a_switch_rewrites_ends_before_it_begins() throws Exception {
        // On this class path there is no node at all.
        Ended ended = main("drop-dedupe");
        assertThat(ended.code()).isEqualTo(Agent.EXIT_CODE);
        assertThat(ended.said()).contains("engram controls: there is no class io.engram.grid.memory.shard.SessionCommands to rewrite");
    }

    private Ended main(String switches) throws IOException, InterruptedException, URISyntaxException {
        Path said = folder.resolve("said.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-javaagent:" + jar() + "=" + switches,
                        "-version")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }

    private Path jar() throws IOException, URISyntaxException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Name("Premain-Class"), Agent.class.getName());
        manifest.getMainAttributes().put(new Name("Can-Retransform-Classes"), "true");
        manifest.getMainAttributes().put(Name.CLASS_PATH, place(Agent.class) + " " + place(ByteBuddy.class));
        Path jar = folder.resolve("agent.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return jar;
    }

    private static String place(Class<?> type) throws URISyntaxException {
        return type.getProtectionDomain().getCodeSource().getLocation().toURI().toString();
    }
}
