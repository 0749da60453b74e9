package io.engram.client;

import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// One call as the caller sees it, however many attempts it takes. The request is sent with the same bytes each time.
///
/// @param idempotencyKey of a write; empty: a read. Either is safe to repeat
/// @param place where its memory lies, for the way to the leader; empty: anywhere
/// @param answer from the reply, on the thread that brought it; may refuse it with an [EngramException]
record Call<Q, R, T>(
        MethodDescriptor<Q, R> method,
        Q request,
        Optional<String> idempotencyKey,
        Duration deadline,
        Optional<Leaders.Place> place,
        Function<Reply<R>, T> answer) {

    static <Q, R, T> Call<Q, R, T> read(
            MethodDescriptor<Q, R> method, Q request, Duration deadline, Function<Reply<R>, T> answer) {
        return new Call<>(method, request, Optional.empty(), deadline, Optional.empty(), answer);
    }

    static <Q, R, T> Call<Q, R, T> write(
            MethodDescriptor<Q, R> method, Q request, String idempotencyKey, Duration deadline, Function<Reply<R>, T> answer) {
        return new Call<>(method, request, Optional.of(idempotencyKey), deadline, Optional.empty(), answer);
    }

    Call<Q, R, T> at(Leaders.Place place) {
        return new Call<>(method, request, idempotencyKey, deadline, Optional.of(place), answer);
    }

    String name() {
        return method.getBareMethodName() == null ? method.getFullMethodName() : method.getBareMethodName();
    }

    /// @param time from sending the attempt that was answered to having the answer
    record Reply<R>(R response, Duration time) {}
}
