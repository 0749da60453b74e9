package io.engram.jepsen.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.engram.client.ClusterStatus.Health;
import io.engram.client.Engram;
import io.engram.client.EngramException;
import io.engram.client.Observation;
import io.engram.client.OverloadedException;
import io.engram.jepsen.cluster.LocalNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Disks that fill up and files that are not what was written.
@Tag("system")
class DiskTest {
    private static final int SMALL_MIB = 512;

    @Test
    void a_full_disk_stops_one_node_alone_and_it_recovers_by_itself() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small file system needs root");
        Path folder = Path.of("target/system/disk-full").toAbsolutePath();
        Path small = folder.resolve("n3/data");
        umount(small);
        try (ProcessCluster processes = new ProcessCluster(folder, Map.of(), f -> mount(small))) {
            processes.createSpace("notes");
            Path filler = small.resolve("filler");
            fill(filler);
            // The others go on.
            for (int i = 0; i < 3_000; i++) processes.engram().space("notes").put(ProcessCluster.observation("k" + i % 100, i));
            processes.awaitMember("n3", m -> m.health() == Health.UNHEALTHY && m.complaints().stream().anyMatch(c -> c.startsWith("disk-full")));
            assertThat(processes.cluster.node("n3").ready()).as("n3 says that it cannot serve").isFalse();
            // Whoever still asks it is not lost: it hands writes to leaders that have room.
            try (Engram alone = Engram.builder().endpoints(processes.cluster.node("n3").endpoint()).discoverMembers(false).connect()) {
                alone.space("notes").put(ProcessCluster.observation("via-n3", 7));
            }
            assertThat(processes.engram().space("notes").get("via-n3").value().text()).isEqualTo("note 7 of via-n3");
            Files.delete(filler);
            processes.awaitMember("n3", m -> m.health() == Health.HEALTHY);
            processes.awaitConverged();
            assertThat(processes.engram().space("notes").get("k99").value().text()).isEqualTo("note 2999 of k99");
        } finally {
            umount(small);
        }
    }

    @Test
    void full_disks_on_a_majority_are_told_to_callers_and_writes_go_on_by_themselves_when_there_is_room() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small file system needs root");
        Path folder = Path.of("target/system/disks-full").toAbsolutePath();
        List<Path> small = List.of(folder.resolve("n2/data"), folder.resolve("n3/data"));
        for (Path disk : small) umount(disk);
        try (ProcessCluster processes = new ProcessCluster(folder, Map.of(), f -> small.forEach(DiskTest::mount))) {
            processes.createSpace("notes");
            try (Engram patient = ProcessCluster.patient(processes.cluster.endpoints())) {
                for (int i = 0; i < 100; i++) patient.space("notes").put(ProcessCluster.observation("k" + i, i));
            }
            for (Path disk : small) fill(disk.resolve("filler"));
            Observation large = Observation.builder("x".repeat(60_000)).key("large").vector(ProcessCluster.vectorOf(ProcessCluster.observation("large", 1))).build();
            // Asked at a full node itself. What space its log has reserved is used up first.
            try (Engram full = Engram.builder().endpoints(processes.cluster.node("n3").endpoint()).discoverMembers(false).connect()) {
                await().atMost(ProcessCluster.SETTLE).until(() -> refusal(full, large), "DISK_FULL"::equals);
                assertThatThrownBy(() -> full.space("notes").put(large))
                        .isInstanceOfSatisfying(OverloadedException.class, e -> {
                            assertThat(e.reason()).isEqualTo("DISK_FULL");
                            assertThat(e).hasMessageContaining("n2").hasMessageContaining("n3").hasMessageContaining("cannot be written");
                        });
            }
            for (String node : List.of("n2", "n3")) {
                processes.awaitMember(node, m -> m.health() == Health.UNHEALTHY && m.complaints().stream().anyMatch(c -> c.startsWith("disk-full")));
                assertThat(processes.cluster.node(node).ready()).as(node).isFalse();
            }
            for (Path disk : small) Files.delete(disk.resolve("filler"));
            for (String node : List.of("n2", "n3")) processes.awaitMember(node, m -> m.health() == Health.HEALTHY);
            try (Engram patient = ProcessCluster.patient(processes.cluster.endpoints())) {
                patient.space("notes").put(ProcessCluster.observation("after", 7));
            }
            processes.awaitConverged();
            assertThat(processes.keys("notes")).contains("k0", "k99", "after").hasSizeBetween(101, 102);
        } finally {
            for (Path disk : small) umount(disk);
        }
    }

    /// Why a write was refused; empty if it was not, or nobody knows.
    private static String refusal(Engram engram, Observation observation) {
        try {
            engram.space("notes").put(observation);
            return "";
        } catch (EngramException e) {
            return e.reason();
        }
    }

    @Test
    void a_damaged_record_file_is_named_and_replaced() throws Exception {
        try (ProcessCluster processes = new ProcessCluster("damage", Map.of("log.snapshot-every", "200"))) {
            processes.createSpace("notes");
            for (int i = 0; i < 2_000; i++) processes.engram().space("notes").put(ProcessCluster.observation("k" + i, i));
            LocalNode victim = processes.cluster.node("n2");
            processes.awaitMember("n2", m -> m.replicas().stream().anyMatch(r -> r.snapshotIndex() > 0));
            victim.kill();
            Path damaged = flipByte(snapshotFiles(victim.data().resolve("shards")));
            victim.start();
            processes.cluster.awaitReady(ProcessCluster.READY);
            processes.awaitConverged();
            assertThat(Files.readString(victim.log())).contains("damaged file").contains(damaged.getFileName().toString());
            assertThat(processes.keys("notes")).hasSize(2_000);
        }
    }

    @Test
    void a_damaged_log_file_is_named_and_replaced() throws Exception {
        try (ProcessCluster processes = new ProcessCluster("damaged-log", Map.of())) {
            processes.createSpace("notes");
            for (int i = 0; i < 500; i++) processes.engram().space("notes").put(ProcessCluster.observation("k" + i, i));
            LocalNode victim = processes.cluster.node("n2");
            victim.kill();
            Path damaged = flipByte(logFiles(victim.data().resolve("raft")));
            victim.start();
            processes.cluster.awaitReady(ProcessCluster.READY);
            processes.awaitConverged();
            assertThat(Files.readString(victim.log())).contains("damaged file " + damaged + ": ");
            assertThat(processes.member("n2").complaints()).anySatisfy(c -> assertThat(c).startsWith("damaged-file").contains(damaged.toString()));
            assertThat(processes.keys("notes")).hasSize(500);
        }
    }

    /// The files that each shard's newest snapshot names. Nothing reads what is left of an older one, or of one that the kill cut short.
    private static List<Path> snapshotFiles(Path shards) throws IOException {
        List<Path> newest;
        try (Stream<Path> tree = Files.walk(shards)) {
            newest = List.copyOf(tree.filter(f -> f.getFileName().toString().matches("snapshot-\\d+\\.manifest"))
                    .collect(Collectors.toMap(Path::getParent, manifest -> manifest, (a, b) -> a.compareTo(b) > 0 ? a : b))
                    .values());
        }
        List<Path> files = new ArrayList<>();
        for (Path manifest : newest)
            for (String line : Files.readAllLines(manifest))
                if (line.matches("\\d+ \\S+\\.records")) files.add(manifest.resolveSibling(line.substring(line.indexOf(' ') + 1)));
        return files;
    }

    private static List<Path> logFiles(Path raft) throws IOException {
        try (Stream<Path> tree = Files.walk(raft)) {
            return tree.filter(f -> f.getFileName().toString().startsWith("log_")).toList();
        }
    }

    /// Flips a bit in the middle of the largest of them.
    private static Path flipByte(List<Path> files) throws IOException {
        Path file = files.stream().max(Comparator.comparingLong(DiskTest::written)).orElseThrow();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long middle = written(file) / 2;
            bytes.seek(middle);
            int old = bytes.read();
            bytes.seek(middle);
            bytes.write(old ^ 0x10);
        }
        System.out.println("flipped a bit in " + file);
        return file;
    }

    /// Bytes up to the last that is not zero: log files are preallocated.
    private static long written(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] == 0) end--;
            return end;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[1 << 16];
        try (var out = Files.newOutputStream(filler)) {
            while (true) out.write(block);
        } catch (IOException full) {
            assertThat(full.getMessage()).containsIgnoringCase("no space left");
        }
    }

    private static void mount(Path small) {
        try {
            Files.createDirectories(small);
            run("mount", "-t", "tmpfs", "-o", "size=" + SMALL_MIB + "m", "tmpfs", small.toString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("could not mount a small file system at " + small, e);
        }
    }

    private static void umount(Path small) throws IOException, InterruptedException {
        if (Files.exists(small) && Files.readString(Path.of("/proc/mounts")).contains(" " + small + " ")) run("umount", small.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(Duration.ofSeconds(20).toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0)
            throw new IllegalStateException(String.join(" ", command) + " failed");
    }
}
