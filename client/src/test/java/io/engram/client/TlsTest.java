package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.v1.ClusterServiceGrpc;
import io.engram.v1.GetStatusRequest;
import io.engram.v1.GetStatusResponse;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    /// PEM files.
    private record Identity(Path certificate, Path key) {}

    @TempDir
    private static Path folder = Path.of("");

    private static Identity node = new Identity(Path.of(""), Path.of(""));
    private static Identity client = new Identity(Path.of(""), Path.of(""));

    @BeforeAll
    static void makeIdentities() throws Exception {
        node = identity("node");
        client = identity("client");
    }

    @Test
    void a_node_whose_certificate_is_trusted_is_spoken_to() throws Exception {
        try (Serving serving = serve(TlsServerCredentials.create(node.certificate().toFile(), node.key().toFile()))) {
            assertThat(nameOf(serving, Tls.trusting(node.certificate()))).isEqualTo("secure");
            assertThatThrownBy(() -> nameOf(serving, Tls.trusting(client.certificate())))
                    .isInstanceOf(UnavailableException.class).hasMessageContaining("the node's certificate is not trusted");
            assertThatThrownBy(() -> nameOf(serving, Tls.publicAuthorities()))
                    .isInstanceOf(UnavailableException.class).hasMessageContaining("the node's certificate is not trusted");
            assertThatThrownBy(() -> nameOf(serving, Tls.plaintext())).isInstanceOf(EngramException.class);
        }
    }

    @Test
    void a_node_that_wants_to_know_its_clients_is_shown_a_certificate() throws Exception {
        ServerCredentials mutual = TlsServerCredentials.newBuilder()
                .keyManager(node.certificate().toFile(), node.key().toFile())
                .trustManager(client.certificate().toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
        try (Serving serving = serve(mutual)) {
            assertThat(nameOf(serving, Tls.mutual(node.certificate(), client.certificate(), client.key()))).isEqualTo("secure");
            assertThatThrownBy(() -> nameOf(serving, Tls.trusting(node.certificate()))).isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void a_file_that_is_not_there_is_named() {
        EngramBuilder builder = Engram.builder().endpoints("localhost:7500").tls(Tls.trusting(folder.resolve("absent.pem")));
        assertThatThrownBy(builder::connect).isInstanceOf(UncheckedIOException.class).hasMessageContaining("absent.pem");
    }

    private static String nameOf(Serving serving, Tls tls) {
        try (Engram engram = Engram.builder()
                .endpoints("localhost:" + serving.server().getPort()).tls(tls).discoverMembers(false)
                .retry(RetryPolicy.never()).deadline(Duration.ofSeconds(30)).connect()) {
            return engram.cluster().status().node();
        }
    }

    private record Serving(Server server) implements AutoCloseable {
        @Override
        public void close() {
            server.shutdownNow();
        }
    }

    private static Serving serve(ServerCredentials credentials) throws IOException {
        return new Serving(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials)
                .addService(new ClusterServiceGrpc.ClusterServiceImplBase() {
                    @Override
                    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> to) {
                        to.onNext(GetStatusResponse.newBuilder().setNode("secure").build());
                        to.onCompleted();
                    }
                })
                .build()
                .start());
    }

    private static Identity identity(String name) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=dns:localhost",
                        "-storetype", "PKCS12", "-storepass", new String(PASSWORD), "-keystore", store.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return new Identity(
                pem(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded()),
                pem(name + ".key", "PRIVATE KEY", keys.getKey(name, PASSWORD).getEncoded()));
    }

    private static Path pem(String file, String kind, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
        return Files.writeString(folder.resolve(file), "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }
}
