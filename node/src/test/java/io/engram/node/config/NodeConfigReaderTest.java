package io.engram.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.engram.grid.log.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigReaderTest {
    @TempDir private Path folder;

    @Test void needs_nothing_for_a_single_node_on_loopback() {
        NodeConfig config = read();
        assertThat(config.cluster().members()).hasSize(1);
        assertThat(config.listen().host()).isEqualTo("127.0.0.1");
        assertThat(config.listen().ports().clients()).isEqualTo(7500);
        assertThat(config.listen().ports().http()).isEqualTo(7506);
        assertThat(config.store().replication()).isEqualTo(1);
        assertThat(config.limits().defaultDeadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.limits().maxDeadline()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.limits().message()).isEqualTo(Bytes.mebibytes(8));
    }

    @Test void takes_the_command_line_before_the_environment_before_the_file_before_the_default() throws IOException {
        Path file = Files.writeString(folder.resolve("node.properties"), "shards=2\nlimits.calls=20\nlimits.streams=30\n");
        NodeConfig config = NodeConfigReader.read(List.of("--config", file.toString(), "--shards=8"),
                Map.of("ENGRAM_SHARDS", "6", "ENGRAM_LIMITS_CALLS", "60")).config();
        assertThat(config.store().shards()).isEqualTo(8);
        assertThat(config.limits().calls()).isEqualTo(60);
        assertThat(config.limits().streams()).isEqualTo(30);
        assertThat(config.store().log().entriesInFlight()).isEqualTo(1);
    }

    @Test void takes_the_base_port_and_replication_from_the_members() {
        NodeConfig config = read("--node", "n2", "--members", "n1=a:7500,n2=b:7510,n3=[::1]:7520");
        assertThat(config.cluster().self()).isEqualTo(new NodeId("n2"));
        assertThat(config.listen().ports().clients()).isEqualTo(7510);
        assertThat(config.store().replication()).isEqualTo(3);
        assertThat(config.cluster().members().get(2).host()).isEqualTo("[::1]");
    }

    @Test void reports_all_faults_together_each_with_key_rule_and_source() {
        InvalidConfigException fault = faults(
                Map.of("ENGRAM_SHARDS", "65", "ENGRAM_HOT_ENABLED", "yes"),
                "--node=N1", "--replication=2", "--limits.message-bytes=1TiB", "--limits.default-deadline=31s", "--colour=red", "stray",
                "--tls.cert=/nowhere.pem", "--log.election-min=2s", "--hot.max-bytes=many", "--limits.stream-in-flight-bytes=1GiB");
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("shards must be a whole number 1..64", "ENGRAM_SHARDS"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("hot.enabled must be true or false", "ENGRAM_HOT_ENABLED"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("node", "must match", "--node"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("replication must be odd"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("replication must be at most the number of members (1)"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("limits.message-bytes must be 512KiB..64MiB"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("limits.default-deadline must be at most"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("colour", "is not a setting"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("'stray'"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("tls.cert must be a readable file"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("tls.key must be set together"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("log.election-max must be longer"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("hot.max-bytes must be a whole number with"));
        assertThat(fault.faults()).anySatisfy(f -> assertThat(f).contains("limits.stream-in-flight-bytes must be at most"));
        assertThat(fault.faults()).hasSize(14);
    }

    @Test void refuses_a_node_that_is_no_member_and_a_member_named_twice() {
        assertThat(faults(Map.of(), "--node=n9", "--members=n1=a:1,n2=b:2,n3=c:3").faults())
                .singleElement().asString().contains("node must be one of the members");
        assertThat(faults(Map.of(), "--members=n1=a:1,n1=b:2").faults()).anySatisfy(f -> assertThat(f).contains("twice"));
        assertThat(faults(Map.of(), "--members=n1=a:65530").faults()).anySatisfy(f -> assertThat(f).contains("1..65529"));
        assertThat(faults(Map.of(), "--members=n1").faults()).anySatisfy(f -> assertThat(f).contains("id=host:basePort"));
    }

    @Test void keeps_a_development_node_on_loopback_and_alone() {
        assertThat(read("--dev", "--data", folder.toString()).data()).isEqualTo(folder);
        assertThat(faults(Map.of(), "--dev", "--listen.host=0.0.0.0", "--members=n1=a:1").faults())
                .anySatisfy(f -> assertThat(f).contains("listen.host must be on loopback"))
                .anySatisfy(f -> assertThat(f).contains("members must be empty"));
    }

    @Test void names_a_file_that_it_cannot_read_and_a_folder_that_is_none() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThat(faults(Map.of(), "--config=/nowhere", "--data=" + file).faults())
                .anySatisfy(f -> assertThat(f).contains("/nowhere", "cannot be read"))
                .anySatisfy(f -> assertThat(f).contains("data must be a folder"));
    }

    @Test void shows_every_setting_but_no_secret() {
        String shown = NodeConfigReader.read(List.of("--token=hunter2", "--cluster.secret=swordfish"), Map.of()).shown();
        assertThat(shown).contains("token=****", "cluster.secret=****", "shards=4").doesNotContain("hunter2", "swordfish");
        assertThat(read("--token=hunter2").toString()).doesNotContain("hunter2");
    }

    @Test void lists_every_setting_in_the_help() {
        assertThat(NodeConfigReader.help()).contains("limits.message-bytes", "ENGRAM_LIMITS_MESSAGE_BYTES", "[8MiB]");
    }

    private static NodeConfig read(String... arguments) {
        return NodeConfigReader.read(List.of(arguments), Map.of()).config();
    }

    private static InvalidConfigException faults(Map<String, String> environment, String... arguments) {
        return catchThrowableOfType(InvalidConfigException.class, () -> NodeConfigReader.read(List.of(arguments), environment));
    }
}
