package io.engram.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.engram.client.cli.Main;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The command line's words, spoken to a real node. Each test has a space of its own.
@Timeout(240)
class CommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir private static Path data;
    private static TestNode node;
    @TempDir private Path folder;
    private String out = "";
    private String err = "";

    @BeforeAll static void open() throws IOException {
        node = TestNode.open(TestNode.config(data, "--cold.enabled=false"));
    }

    @AfterAll static void close() {
        node.close();
    }

    @Test void forget_removes_one_version_of_one_memory() throws IOException {
        assertThat(run("space", "create", "forgetful", "--dimension", "2")).isZero();
        long version = put("forgetful", "k");
        assertThat(run("forget", "forgetful", "k", "--if-version", Long.toString(version + 1))).as("a conflict").isEqualTo(4);
        assertThat(run("forget", "forgetful", "k", "--if-version", Long.toString(version), "--idempotency-key", "once", "-o", "json")).isZero();
        JsonNode first = JSON.readTree(out);
        assertThat(first.path("forgotten_version").longValue()).isEqualTo(version);
        assertThat(first.path("position").path("index").longValue()).isPositive();
        assertThat(run("get", "forgetful", "k")).as("not found").isEqualTo(3);
        assertThat(run("forget", "forgetful", "k", "--if-version", Long.toString(version), "--idempotency-key", "once", "-o", "json")).isZero();
        assertThat(JSON.readTree(out).path("replayed").booleanValue()).isTrue();
        assertThat(run("forget", "forgetful", "k")).as("not found").isEqualTo(3);
    }

    @Test void list_is_in_order_of_key_filtered_limited_and_proven_page_by_page() throws IOException {
        assertThat(run("space", "create", "listed", "--dimension", "2")).isZero();
        for (int i = 0; i < 7; i++) put("listed", "k" + i, "--attribute", "even=" + (i % 2 == 0));
        put("listed", "other");
        assertThat(run("list", "listed", "--prefix", "k", "--where", "even=true", "--limit", "0", "-o", "json")).isZero();
        JsonNode listed = JSON.readTree(out);
        assertThat(keys(listed)).containsExactly("k0", "k2", "k4", "k6");
        assertThat(listed.path("proofs")).hasSize(1);
        JsonNode proof = listed.path("proofs").path(0);
        assertThat(proof.path("staleness").doubleValue()).isZero();
        assertThat(proof.path("shards")).hasSize(4);
        assertThat(run("list", "listed", "--limit", "3")).isZero();
        assertThat(out.lines().map(line -> line.split(" ", 2)[0])).containsExactly("KEY", "k0", "k1", "k2");
        assertThat(run("list", "listed", "--limit", "-1")).as("wrong usage").isEqualTo(2);
        assertThat(run("list", "absent")).as("not found").isEqualTo(3);
    }

    @Test void a_read_at_least_as_new_as_a_write_sees_it() throws IOException {
        assertThat(run("space", "create", "causal", "--dimension", "2")).isZero();
        assertThat(run("put", "causal", "k", "--vector", "1,2", "-o", "json")).isZero();
        JsonNode position = JSON.readTree(out).path("position");
        String atLeast = "at_least:" + position.path("shard").intValue() + ":" + position.path("index").longValue();
        assertThat(run("get", "causal", "k", "--consistency", atLeast, "-o", "json")).isZero();
        assertThat(JSON.readTree(out).path("proof").path("shards").path(0).path("applied").path("index").longValue())
                .isGreaterThanOrEqualTo(position.path("index").longValue());
        assertThat(JSON.readTree(out).path("proof").path("shards").path(0).path("role").textValue())
                .as("a node alone leads, whatever the answer proves").isEqualTo("leader");
        assertThat(run("list", "causal", "--consistency", atLeast, "-o", "json")).isZero();
        assertThat(keys(JSON.readTree(out))).containsExactly("k");
        assertThat(run("get", "causal", "k", "--deadline", "500ms", "--consistency",
                "at_least:" + position.path("shard").intValue() + ":999999999")).as("not in time").isEqualTo(5);
    }

    @Test void observe_streams_standard_input_and_goes_on_where_it_stood() throws IOException {
        assertThat(run("space", "create", "observed")).isZero();
        String lines = IntStream.rangeClosed(1, 40).mapToObj(i -> "the door was opened for the " + i + ". time").collect(Collectors.joining("\n"));
        assertThat(fed(lines, "observe", "observed", "--session", "door", "-o", "json")).isZero();
        assertThat(JSON.readTree(out).path("recorded").intValue()).isEqualTo(40);
        assertThat(count("observed")).isEqualTo(40);
        assertThat(fed(lines + "\nand once more", "observe", "observed", "--session", "door", "-o", "json")).isZero();
        JsonNode again = JSON.readTree(out);
        assertThat(again.path("resumed_after").intValue()).isEqualTo(40);
        assertThat(again.path("recorded").intValue()).isEqualTo(1);
        assertThat(count("observed")).isEqualTo(41);
        assertThat(fed("{\"key\":\"a\",\"text\":\"sound\"}\nno json\n{\"key\":\"b\",\"text\":\"sound\",\"confidence\":7}",
                "observe", "observed", "--json-lines")).as("done in part").isEqualTo(8);
        assertThat(err).contains("line 2").contains("rejected 2").contains("confidence");
        assertThat(run("get", "observed", "a")).isZero();
    }

    @Test void import_reads_files_and_folders_shows_how_far_it_is_and_replaces_what_was_there() throws IOException {
        Path notes = Files.createDirectories(folder.resolve("notes"));
        Files.writeString(notes.resolve("birds.md"), "# Heron\n\nThe heron stood in the stream.\n\n# Wren\n\nThe wren sang.\n");
        Files.writeString(notes.resolve("log.txt"), "one line\nanother line\n");
        Files.writeString(notes.resolve("facts.jsonl"), "{\"key\":\"fact\",\"text\":\"Tea is best at eighty degrees\"}\n{broken\n");
        assertThat(run("space", "create", "imported")).isZero();
        System.setProperty("engram.terminal", "true");
        try {
            assertThat(run("import", "imported", notes.toString(), "--lines", "-o", "json")).as("done in part").isEqualTo(8);
        } finally {
            System.clearProperty("engram.terminal");
        }
        JsonNode done = JSON.readTree(out);
        int recorded = done.path("recorded").intValue();
        assertThat(done.path("unreadable").intValue()).isEqualTo(1);
        assertThat(err).contains("facts.jsonl:2").contains(recorded + "/" + recorded + " (100 %) durable");
        assertThat(count("imported")).isEqualTo(recorded);
        assertThat(run("import", "imported", notes.toString(), "--lines")).isEqualTo(8);
        assertThat(err).as("not a terminal, no progress").doesNotContain("durable");
        assertThat(count("imported")).as("the same keys again").isEqualTo(recorded);
        assertThat(run("recall", "imported", "at which temperature is tea best?", "-k", "1", "-o", "json")).isZero();
        assertThat(JSON.readTree(out).path("matches").path(0).path("memory").path("key").textValue()).isEqualTo("fact");
        assertThat(run("import", "imported", folder.resolve("absent.md").toString())).as("wrong usage").isEqualTo(2);
    }

    @Test void a_space_is_updated_at_the_revision_meant_and_once() throws IOException {
        assertThat(run("space", "create", "revised", "--dimension", "2")).isZero();
        String[] update = {"space", "update", "revised", "--max-memories", "10", "--if-revision", "1", "--idempotency-key", "up", "-o", "json"};
        assertThat(run(update)).isZero();
        assertThat(JSON.readTree(out).path("revision").intValue()).isEqualTo(2);
        assertThat(run(update)).as("the same request again").isZero();
        assertThat(JSON.readTree(out).path("revision").intValue()).isEqualTo(2);
        assertThat(run("space", "update", "revised", "--max-memories", "11", "--if-revision", "1")).as("a conflict").isEqualTo(4);
        assertThat(run("space", "list", "--consistency", "bounded:30s", "-o", "json")).isZero();
        JsonNode all = JSON.readTree(out);
        assertThat(all.path("spaces").findValuesAsText("name")).contains("revised");
        assertThat(all.path("proofs").path(0).path("staleness").doubleValue()).isLessThan(30);
        assertThat(run("space", "delete", "revised", "--yes")).isZero();
        assertThat(run("space", "get", "revised")).as("not found").isEqualTo(3);
    }

    private long put(String space, String key, String... further) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("put", space, key, "--vector", "1,2", "-o", "json"));
        arguments.addAll(List.of(further));
        assertThat(run(arguments.toArray(String[]::new))).isZero();
        return JSON.readTree(out).path("version").longValue();
    }

    private int count(String space) throws IOException {
        assertThat(run("list", space, "--limit", "0", "--view", "keys", "-o", "json")).isZero();
        return keys(JSON.readTree(out)).size();
    }

    private static List<String> keys(JsonNode listed) {
        return StreamSupport.stream(listed.path("memories").spliterator(), false).map(memory -> memory.path("key").textValue()).toList();
    }

    private int fed(String input, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return run(arguments);
        } finally {
            System.setIn(before);
        }
    }

    private int run(String... arguments) {
        var told = new StringWriter();
        var remarked = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(told, true));
        line.setErr(new PrintWriter(remarked, true));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--endpoints", "127.0.0.1:" + node.port()));
        if (!all.contains("--deadline")) all.addAll(List.of("--deadline", "30s"));
        int code = line.execute(all.toArray(String[]::new));
        out = told.toString();
        err = remarked.toString();
        return code;
    }
}
