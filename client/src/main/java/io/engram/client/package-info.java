/// What an application links against: the Java client. Knows gRPC and the wire, no engine.
///
/// Path: **application > client** > edge > log > segment > hot > recall > warm > cold
///
/// ```java
/// try (Engram engram = Engram.connect("10.0.0.1:7500,10.0.0.2:7500,10.0.0.3:7500")) {
///     engram.spaces().create(SpaceSettings.named("notes", 384));
///     MemorySpace notes = engram.space("notes");
///
///     Written written = notes.put(Observation.builder("the kettle is in the kitchen").key("kettle").build());
///     Answer<Memory> kettle = notes.get("kettle"); // linearizable, and the proof says so
///     notes.recall("where can I boil water?", 5).value().matches().forEach(System.out::println);
///
///     // A read that may be old, but never older than it can prove.
///     notes.get("kettle", ReadOptions.at(Consistency.bounded(Duration.ofMillis(500)))).ageOnArrival();
///
///     // Read your own writes on whatever node, and hand that on to another process.
///     CausalSession session = CausalSession.fresh();
///     notes.in(session).put(Observation.of("tea is on the shelf"));
///     String token = session.token();
///
///     // Many observations, in order, each exactly once, across crashes of nodes and of connections.
///     try (ObserveSession stream = notes.observe("sensor-7")) {
///         for (String line : lines) stream.send(Observation.of(line));
///     } // waits until all of them are durable, or says which are not
/// }
/// ```
///
/// Each call has a blocking form and one that gives a `CompletableFuture`; cancelling the future cancels the call.
/// Continuations run on the client's own threads: they must not block.
///
/// What the client does by itself: it finds the members of the cluster and the leaders of its shards; asks a second and a third node
/// beside one that has not answered for 0.7 s, and leaves a node alone that answers nothing at all for a second more; retries what is safe, within the call's deadline and a budget; gives each write an
/// idempotency key so that retrying it is safe; and checks the proof of each answer against the consistency asked for. A write of
/// which nobody can tell whether it was made ends in [OutcomeUnknownException], never in a plain failure.
///
/// Everything here may be used by many threads, except builders. All threads are daemons.
@NullMarked
package io.engram.client;

import org.jspecify.annotations.NullMarked;
