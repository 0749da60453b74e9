package io.engram.client;

import com.google.common.base.Throwables;
import io.grpc.Status;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Says what was wrong when no TLS connection came about: the transport itself only says "io exception", and a certificate that is
/// not trusted does not become so by asking again.
final class Handshake {
    private Handshake() {}

    static Fault explained(Fault fault, Throwable failure) {
        if (fault.code() != Status.Code.UNAVAILABLE) return fault;
        return told(failure)
                .map(why -> new Fault(fault.code(), fault.reason(), why, fault.violations(), fault.metadata(), fault.retryAfter()))
                .orElse(fault);
    }

    private static Optional<String> told(Throwable failure) {
        // From the outermost: a certificate's fault is wrapped into the handshake's.
        Optional<Throwable> tls = Optional.empty();
        for (Throwable cause : Throwables.getCausalChain(failure)) {
            if (cause instanceof CertificateException || cause instanceof CertPathValidatorException)
                return Optional.of("the node's certificate is not trusted (" + cause.getMessage()
                        + "); is the right authority given, and does the certificate name the host?");
            if (tls.isEmpty() && cause instanceof SSLException) tls = Optional.of(cause);
        }
        return tls.map(cause -> "no TLS connection came about: " + cause.getMessage());
    }
}
