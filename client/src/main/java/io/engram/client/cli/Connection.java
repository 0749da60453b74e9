package io.engram.client.cli;

import io.engram.client.Engram;
import io.engram.client.EngramBuilder;
import io.engram.client.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/// How to reach the cluster. Options win over the environment.
final class Connection {
    static final String DEFAULT_ENDPOINTS = "127.0.0.1:7500";

    private final Map<String, String> environment = System.getenv();

    @Option(names = "--endpoints", paramLabel = "HOST:PORT,...", description = "Nodes to ask (ENGRAM_ENDPOINTS; default " + DEFAULT_ENDPOINTS + ").")
    private @Nullable String endpoints;

    @Option(names = "--token", paramLabel = "TOKEN", description = "Bearer token (ENGRAM_TOKEN).")
    private @Nullable String token;

    @Option(names = "--ca", paramLabel = "FILE", description = "Use TLS and trust these authorities, PEM (ENGRAM_CA).")
    private @Nullable Path authorities;

    @Option(names = "--cert", paramLabel = "FILE", description = "With --ca and --key: show this certificate, PEM.")
    private @Nullable Path certificate;

    @Option(names = "--key-file", paramLabel = "FILE", description = "Private key of --cert, PEM.")
    private @Nullable Path key;

    @Option(names = "--deadline", paramLabel = "TIME", converter = Time.class, description = "For each call, such as 5s or 500ms (default 5s).")
    private @Nullable Duration deadline;

    /// @param patience for each call, if the caller gave no deadline
    Engram open(Optional<Duration> patience) {
        EngramBuilder builder = Engram.builder().endpoints(first(endpoints, "ENGRAM_ENDPOINTS", DEFAULT_ENDPOINTS)).userAgent("engram-cli");
        String bearer = first(token, "ENGRAM_TOKEN", "");
        if (!bearer.isEmpty()) builder.bearerToken(bearer);
        String trusted = first(authorities == null ? null : authorities.toString(), "ENGRAM_CA", "");
        if (certificate != null && key != null) {
            if (trusted.isEmpty()) throw new IllegalArgumentException("--cert needs --ca");
            builder.tls(Tls.mutual(Path.of(trusted), certificate, key));
        } else if (certificate != null || key != null) {
            throw new IllegalArgumentException("--cert and --key-file go together");
        } else if (!trusted.isEmpty()) {
            builder.tls(Tls.trusting(Path.of(trusted)));
        }
        Optional.ofNullable(deadline).or(() -> patience).ifPresent(builder::deadline);
        return builder.connect();
    }

    private String first(@Nullable String option, String variable, String otherwise) {
        if (option != null) return option;
        String value = environment.get(variable);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    /// `5s`, `500ms`, `2m`, `1h`, or ISO 8601.
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                if (text.endsWith("ms")) return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
                return Duration.parse(text.startsWith("P") ? text : "PT" + text);
            } catch (DateTimeParseException | NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is no time: write 500ms, 5s, 2m or 1h", e);
            }
        }
    }
}
