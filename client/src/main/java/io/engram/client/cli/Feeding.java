package io.engram.client.cli;

import io.engram.client.Acknowledgement;
import io.engram.client.Engram;
import io.engram.client.Observation;
import io.engram.client.ObserveOptions;
import io.engram.client.ObserveSession;
import io.engram.client.Pressure;
import io.engram.client.Rejection;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Feeds observations into a session, shows progress on standard error, and sums up. As options: how.
final class Feeding {
    private static final Duration BETWEEN = Duration.ofMillis(200);
    private static final int SHOWN_REJECTIONS = 20;

    @Option(names = "--session", paramLabel = "NAME",
            description = "Running it again with the same input under the same name goes on where it was cut off. Default: a new one.")
    private @Nullable String session;

    @Option(names = "--wait", paramLabel = "TIME", converter = Connection.Time.class, description = "How long to wait for a cluster under load (default 60s).")
    private Duration wait = Duration.ofMinutes(1);

    @Option(names = {"-q", "--quiet"}, description = "No progress.")
    private boolean quiet;

    private final AtomicLong durable = new AtomicLong();
    private final AtomicInteger rejected = new AtomicInteger();
    private long lastShown = System.nanoTime();

    /// Whether anybody sees progress. The launcher looks whether standard error is a terminal; Java 17 cannot.
    boolean showsProgress() {
        return !quiet && Boolean.getBoolean("engram.terminal");
    }

    /// @param total how many there will be; 0: not known
    /// @param unreadable read so far and not understood; asked at the end
    /// @return an [ExitCode]: all recorded, or in part
    int run(Output output, Engram engram, String space, Iterator<Observation> observations, long total, IntSupplier unreadable) {
        long began = System.nanoTime();
        String name = session == null ? "cli-" + UUID.randomUUID() : session;
        ObserveOptions options = ObserveOptions.defaults().sendTimeout(wait).listener(heard -> heard(output, heard));
        CountDownLatch allHeard = new CountDownLatch(1);
        long first;
        try (ObserveSession sending = engram.space(space).observe(name, options)) {
            sending.acknowledgements().subscribe(new LastWord(allHeard));
            first = sending.durableThrough();
            // A session that existed goes on where its last acknowledgement stood: the same input again is not sent twice.
            for (long skip = 0; skip < first && observations.hasNext(); skip++) observations.next();
            if (sending.resumed() && first > 0) output.remark("resuming session " + name + " after observation " + first);
            durable.accumulateAndGet(first, Math::max);
            while (observations.hasNext()) {
                sending.send(observations.next());
                if (System.nanoTime() - lastShown >= BETWEEN.toNanos()) progress(output, sending, total);
            }
            sending.flush(wait);
            progress(output, sending, total);
        }
        await(allHeard);
        if (showsProgress()) output.remark("");
        double seconds = (System.nanoTime() - began) / 1e9;
        long recorded = durable.get() - first - rejected.get();
        if (output.json())
            output.show(Json.object().put("session", name).put("recorded", recorded).put("rejected", rejected.get())
                    .put("unreadable", unreadable.getAsInt()).put("resumed_after", first).put("seconds", seconds));
        else
            output.line(String.format(
                    Locale.ROOT, "%d recorded, %d rejected in %.1f s (%.0f a second), session %s", recorded, rejected.get(), seconds, recorded / Math.max(1e-9, seconds), name));
        return rejected.get() == 0 && unreadable.getAsInt() == 0 ? ExitCode.OK : ExitCode.PARTLY;
    }

    /// Flushed is not told: what the last batch's rejections were may still be on its way to us.
    private void await(CountDownLatch allHeard) {
        try {
            if (!allHeard.await(wait.toMillis(), TimeUnit.MILLISECONDS))
                throw new IllegalStateException("what became of the last observations was not told within " + wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the last acknowledgements", e);
        }
    }

    /// Hears of the end only; whoever subscribed before has heard everything by then.
    private record LastWord(CountDownLatch said) implements Flow.Subscriber<Acknowledgement> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Acknowledgement acknowledgement) {}

        @Override
        public void onError(Throwable failure) {
            said.countDown();
        }

        @Override
        public void onComplete() {
            said.countDown();
        }
    }

    private void heard(Output output, Acknowledgement acknowledgement) {
        if (acknowledgement instanceof Acknowledgement.Durable mark) durable.accumulateAndGet(mark.through(), Math::max);
        if (acknowledgement instanceof Acknowledgement.Rejected refusal) {
            Rejection rejection = refusal.rejection();
            int count = rejected.incrementAndGet();
            if (count <= SHOWN_REJECTIONS) output.remark("rejected " + rejection.number() + ": " + rejection.cause().getMessage());
            if (count == SHOWN_REJECTIONS) output.remark("further rejections are only counted");
        }
    }

    private void progress(Output output, ObserveSession sending, long total) {
        if (!showsProgress()) return;
        lastShown = System.nanoTime();
        long done = sending.durableThrough();
        // The files may have grown since they were counted.
        String of = total == 0 ? "" : String.format(Locale.ROOT, "/%d (%d %%)", total, Math.min(100, done * 100 / total));
        output.progress(done + of + " durable" + sending.pressure().map(Feeding::slowed).orElse("") + "   ");
    }

    private static String slowed(Pressure pressure) {
        return String.format(Locale.ROOT, ", slowed to %.0f a second by %s", pressure.suggestedRate(), Json.name(pressure.cause()));
    }
}
