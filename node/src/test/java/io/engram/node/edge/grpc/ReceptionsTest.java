package io.engram.node.edge.grpc;

import static io.engram.node.edge.grpc.EdgeFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.engram.grid.memory.Similarity;
import io.engram.node.config.Bytes;
import io.engram.node.config.NodeConfig.LimitsConfig;
import io.engram.node.edge.grpc.EdgeFixture.Told;
import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.Observation;
import io.engram.v1.ObserveRequest;
import io.engram.v1.OpenSession;
import io.engram.v1.PutRequest;
import io.engram.v1.PutResponse;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is on its way in has a bound, and an end.
@Timeout(120)
class ReceptionsTest {
    private static final int ROOM = 256 << 10;
    private static final int LIMIT_MILLIS = 30_000;
    private final FakeStore store = new FakeStore().with("cos", 3, Similarity.COSINE);
    private EdgeFixture fixture = open(Duration.ofSeconds(1));

    /// @param within how long a message may take to come
    private EdgeFixture open(Duration within) {
        return EdgeFixture.open(store, Optional.empty(), new LimitsConfig(
                Bytes.mebibytes(1), 16, 4, Bytes.mebibytes(16), Bytes.mebibytes(1), new Bytes(ROOM), within, within));
    }

    @AfterEach void close() {
        fixture.close();
    }

    @Nested class More_bytes_than_there_is_room_for {
        /// What is held must not be given up while it is looked at.
        @BeforeEach void wait_for_long() {
            fixture.close();
            fixture = open(Duration.ofMinutes(5));
        }

        @Test void are_refused_with_the_call_that_they_are_of() {
            Told told = Told.of(catchThrowable(() -> put(2 * ROOM)));
            assertThat(told.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(told.reason()).isEqualTo("OVERLOADED");
            assertThat(told.retry()).isTrue();
            assertThat(told.message()).contains("receiving more than " + ROOM);
            nothingIsHeld();
        }

        @Test void of_several_calls_count_together() throws IOException {
            try (HalfMessage half = observe()) {
                half.part(ROOM, new byte[16_000]);
                await().until(() -> held() == 16_000);
                assertThat(Told.of(catchThrowable(() -> put(ROOM - 8_000))).reason()).isEqualTo("OVERLOADED");
                // Each of these has room, and gives it back.
                for (int i = 0; i < 20; i++) assertThat(put(60_000).getVersion()).isPositive();
                await().until(() -> held() == 16_000);
            }
            nothingIsHeld();
        }
    }

    @Nested class A_message_that_does_not_come_whole {
        @Test void ends_its_call() throws IOException {
            try (HalfMessage half = new HalfMessage(fixture.edge.port(), "/engram.v1.MemoryService/Put")) {
                half.part(100_000, new byte[10_000]);
                await().until(() -> held() == 10_000);
                half.awaitEnd(LIMIT_MILLIS);
                nothingIsHeld();
            }
        }

        @Test void ends_its_stream() throws IOException {
            try (HalfMessage half = observe()) {
                half.part(100_000, new byte[10_000]);
                await().until(() -> held() == 10_000);
                half.awaitEnd(LIMIT_MILLIS);
                nothingIsHeld();
                await().until(() -> sample("engram_streams_open") == 0);
            }
        }

        @Test void ends_its_call_even_if_nothing_comes_of_it() throws IOException {
            try (HalfMessage half = new HalfMessage(fixture.edge.port(), "/engram.v1.MemoryService/Put")) {
                half.awaitEnd(LIMIT_MILLIS);
            }
        }
    }

    @Test void a_stream_that_is_silent_between_messages_is_left_alone() throws IOException {
        try (HalfMessage _ = observe(); HalfMessage half = new HalfMessage(fixture.edge.port(), "/engram.v1.MemoryService/Put")) {
            half.awaitEnd(LIMIT_MILLIS);
            assertThat(sample("engram_streams_open")).isEqualTo(1);
        }
    }

    private HalfMessage observe() throws IOException {
        HalfMessage stream = new HalfMessage(fixture.edge.port(), "/engram.v1.MemoryService/Observe");
        stream.whole(ObserveRequest.newBuilder().setOpen(OpenSession.newBuilder().setSpace("cos").setSession("s")).build().toByteArray());
        await().until(() -> sample("engram_streams_open") == 1 && held() == 0);
        return stream;
    }

    private PutResponse put(int bytes) {
        // Larger than any text may be, unless it is refused before anybody looks at it.
        var observation = Observation.newBuilder().setKey("k").setText("x".repeat(bytes)).setVector(EdgeFixture.vector(1, 2, 3));
        return MemoryServiceGrpc.newBlockingStub(fixture.channel)
                .put(PutRequest.newBuilder().setSpace("cos").setObservation(observation).build());
    }

    private void nothingIsHeld() {
        await().until(() -> held() == 0);
    }

    private double held() {
        return sample("engram_receiving_bytes");
    }

    private double sample(String name) {
        Double value = fixture.registry.getSampleValue(name);
        return value == null ? -1 : value;
    }
}
