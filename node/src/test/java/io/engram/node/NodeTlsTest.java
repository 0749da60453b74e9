package io.engram.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.client.Engram;
import io.engram.client.EngramException;
import io.engram.client.Observation;
import io.engram.client.RetryPolicy;
import io.engram.client.SpaceSettings;
import io.engram.client.Tls;
import io.engram.client.UnavailableException;
import io.engram.client.Vector;
import io.engram.node.config.NodeConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real node with key files, and clients that trust it or do not.
@Timeout(240)
class NodeTlsTest {
    @TempDir private Path folder;

    @Test void speaks_to_those_that_trust_its_certificate_and_the_others_learn_why_they_do_not() throws Exception {
        PemFiles own = PemFiles.make(folder, "node");
        PemFiles stranger = PemFiles.make(folder, "stranger");
        NodeConfig config = TestNode.config(
                folder.resolve("data"), "--tls.cert=" + own.certificate(), "--tls.key=" + own.key(), "--cold.enabled=false");
        try (TestNode node = TestNode.open(config)) {
            try (Engram engram = connect(node, Tls.trusting(own.certificate()))) {
                engram.spaces().create(SpaceSettings.named("notes", 2));
                engram.space("notes").put(Observation.builder("behind the clock").key("keys").vector(Vector.of(1, 2)).build());
                assertThat(engram.space("notes").get("keys").value().text()).isEqualTo("behind the clock");
            }
            try (Engram engram = connect(node, Tls.trusting(stranger.certificate()))) {
                assertThatThrownBy(() -> engram.space("notes").get("keys")).isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("the node's certificate is not trusted");
            }
            try (Engram engram = connect(node, Tls.plaintext())) {
                assertThatThrownBy(() -> engram.space("notes").get("keys")).isInstanceOf(EngramException.class);
            }
        }
    }

    private static Engram connect(TestNode node, Tls tls) {
        return Engram.builder().endpoints("localhost:" + node.port()).tls(tls)
                .discoverMembers(false).retry(RetryPolicy.never()).deadline(Duration.ofSeconds(30)).connect();
    }
}
