package io.engram.client;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/// Feeds a session from a `Flow.Publisher`: asks for as many observations as the session has credit and room for.
/// For one publisher.
public interface ObservationSink extends Flow.Subscriber<Observation> {
    /// Completes with the session's durable mark when the publisher has ended and all of it is durable or rejected; fails with
    /// the publisher's failure or the session's.
    CompletionStage<Long> done();
}
