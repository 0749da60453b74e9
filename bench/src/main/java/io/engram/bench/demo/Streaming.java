package io.engram.bench.demo;

import io.engram.client.Acknowledgement;
import io.engram.client.Engram;
import io.engram.client.Observation;
import io.engram.client.ObserveOptions;
import io.engram.client.ObserveSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Streams observations in one session and measures it.
final class Streaming {
    private static final Duration FLUSH = Duration.ofMinutes(5);

    record Result(long acknowledged, int rejected, Duration took) {
        double rate() {
            return acknowledged / Math.max(1e-9, took.toNanos() / 1e9);
        }
    }

    /// Told of the durable mark as it moves, on the client's threads.
    @FunctionalInterface
    interface Watch {
        void durable(long through);
    }

    private final Engram engram;
    private final Stage stage;

    Streaming(Engram engram, Stage stage) {
        this.engram = engram;
        this.stage = stage;
    }

    Result run(String session, List<Observation> observations) {
        stage.chapter("Streaming " + observations.size() + " memories; the nodes turn the text into vectors");
        Result result = run(session, observations, through -> {});
        stage.say(result.acknowledged() + " durable on a majority in " + Report.seconds(result.took()) + ", " + result.rejected() + " rejected");
        return result;
    }

    Result run(String session, List<Observation> observations, Watch watch) {
        AtomicLong through = new AtomicLong();
        AtomicInteger rejected = new AtomicInteger();
        ObserveOptions options = ObserveOptions.defaults().sendTimeout(FLUSH).listener(acknowledgement -> {
            switch (acknowledgement) {
                case Acknowledgement.Durable durable -> {
                    through.set(durable.through());
                    watch.durable(durable.through());
                }
                case Acknowledgement.Rejected refusal -> rejected.incrementAndGet();
            }
        });
        long began = System.nanoTime();
        try (ObserveSession sending = engram.space(Demo.SPACE).observe(session, options)) {
            for (Observation observation : observations) {
                sending.send(observation);
                stage.progress("streaming", through.get(), observations.size(), "durable");
            }
            sending.flush(FLUSH);
            stage.progress("streaming", observations.size(), observations.size(), "durable");
        }
        return new Result(through.get() - rejected.get(), rejected.get(), Duration.ofNanos(System.nanoTime() - began));
    }
}
