package io.engram.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// How the connection is protected.
public sealed interface Tls {
    /// Not at all: for loopback and trusted networks.
    record Plaintext() implements Tls {}

    /// Encrypted; the node shows a certificate that the system's authorities signed.
    record PublicAuthorities() implements Tls {}

    /// Encrypted; the node shows a certificate that these authorities signed.
    ///
    /// @param authorities PEM file
    record Trusting(Path authorities) implements Tls {}

    /// As [Trusting], and the client shows a certificate of its own.
    ///
    /// @param certificate PEM file, the chain
    /// @param privateKey PEM file, PKCS #8, not encrypted
    record Mutual(Path authorities, Path certificate, Path privateKey) implements Tls {}

    static Tls plaintext() {
        return new Plaintext();
    }

    static Tls publicAuthorities() {
        return new PublicAuthorities();
    }

    static Tls trusting(Path authorities) {
        return new Trusting(authorities);
    }

    static Tls mutual(Path authorities, Path certificate, Path privateKey) {
        return new Mutual(authorities, certificate, privateKey);
    }

    /// @throws UncheckedIOException if a file cannot be read
    default ChannelCredentials credentials() {
        try {
            if (this instanceof Trusting trusting)
                return TlsChannelCredentials.newBuilder().trustManager(trusting.authorities().toFile()).build();
            if (this instanceof Mutual mutual)
                return TlsChannelCredentials.newBuilder()
                        .trustManager(mutual.authorities().toFile())
                        .keyManager(mutual.certificate().toFile(), mutual.privateKey().toFile())
                        .build();
            if (this instanceof PublicAuthorities) return TlsChannelCredentials.create();
            return InsecureChannelCredentials.create();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("reading certificates of " + this, unreadable);
        }
    }
}
