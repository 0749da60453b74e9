package io.engram.client;

import java.util.Optional;

/// Opens ingest sessions.
interface SessionOpening {
    ObserveSession open(String space, String sessionId, ObserveOptions options, Optional<CausalSession> session);
}
