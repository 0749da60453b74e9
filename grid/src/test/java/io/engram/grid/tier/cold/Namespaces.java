package io.engram.grid.tier.cold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Hosts of their own on one machine: Linux network namespaces, joined by a bridge in a namespace of its own. Needs root.
final class Namespaces implements AutoCloseable {
    private final String prefix = "cold" + ProcessHandle.current().pid();
    private final int hosts;

    Namespaces(int hosts) {
        this.hosts = hosts;
    }

    void open() throws IOException, InterruptedException {
        run("ip netns add " + prefix + "h");
        inBridge("link add name joint type bridge");
        inBridge("link set joint up");
        for (int i = 0; i < hosts; i++) {
            run("ip netns add " + prefix + i);
            inBridge("link add name port" + i + " type veth peer name eth0 netns " + prefix + i);
            inBridge("link set port" + i + " master joint up");
            run("ip -n " + prefix + i + " link set lo up");
            run("ip -n " + prefix + i + " addr add " + address(i) + "/24 dev eth0");
            run("ip -n " + prefix + i + " link set eth0 up");
        }
    }

    static boolean possible() {
        try {
            String probe = "coldprobe" + ProcessHandle.current().pid();
            run("ip netns add " + probe);
            run("ip netns del " + probe);
            return true;
        } catch (IOException | AssertionError e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    String address(int host) {
        return "10.214.9.1" + host;
    }

    List<String> addresses() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < hosts; i++) all.add(address(i));
        return all;
    }

    ProcessBuilder command(int host, List<String> command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + host));
        all.addAll(command);
        return new ProcessBuilder(all);
    }

    void cut(int host) throws IOException, InterruptedException {
        inBridge("link set port" + host + " down");
    }

    void heal(int host) throws IOException, InterruptedException {
        inBridge("link set port" + host + " up");
    }

    private void inBridge(String command) throws IOException, InterruptedException {
        run("ip -n " + prefix + "h " + command);
    }

    private static void run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command.split(" ", -1)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(command).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, output).isZero();
    }

    /// Takes away what there is; some may be missing if opening failed.
    @Override
    public void close() throws IOException {
        try {
            for (int i = 0; i < hosts; i++) delete(prefix + i);
            delete(prefix + "h");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before all namespaces were deleted", e);
        }
    }

    private static void delete(String namespace) throws IOException, InterruptedException {
        if (Files.exists(Path.of("/run/netns", namespace))) run("ip netns del " + namespace);
    }
}
