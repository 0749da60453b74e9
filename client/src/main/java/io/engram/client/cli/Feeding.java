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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Feeds observations into a session, shows progress on standard error, and sums up.
final class Feeding {
    private static final Duration BETWEEN = Duration.ofMillis(200);
    private static final int SHOWN_REJECTIONS = 20;
    /// The launcher looks whether standard error is one; Java 17 cannot.
    private static final boolean TERMINAL = Boolean.getBoolean("engram.terminal");

    private final Output output;
    private final boolean quiet;
    private final AtomicLong durable = new AtomicLong();
    private final AtomicInteger rejected = new AtomicInteger();
    private long lastShown = System.nanoTime();
    private boolean shown;

    Feeding(Output output, boolean quiet) {
        this.output = output;
        this.quiet = quiet;
    }

    /// @param total how many there will be; 0: not known
    /// @return an [ExitCode]: all recorded, or in part
    int run(Engram engram, String space, String session, Duration wait, Iterator<Observation> observations, long total) {
        long began = System.nanoTime();
        ObserveOptions options = ObserveOptions.defaults().sendTimeout(wait).listener(this::heard);
        long first;
        try (ObserveSession sending = engram.space(space).observe(session, options)) {
            first = sending.durableThrough();
            // A session that existed goes on where its last acknowledgement stood: the same input again is not sent twice.
            for (long skip = 0; skip < first && observations.hasNext(); skip++) observations.next();
            if (sending.resumed() && first > 0) output.remark("resuming session " + session + " after observation " + first);
            durable.accumulateAndGet(first, Math::max);
            while (observations.hasNext()) {
                sending.send(observations.next());
                progress(sending, first, total);
            }
            sending.flush(wait);
        }
        if (shown) System.err.println();
        double seconds = (System.nanoTime() - began) / 1e9;
        long recorded = durable.get() - first - rejected.get();
        if (output.json())
            output.show(Json.object().put("session", session).put("recorded", recorded).put("rejected", rejected.get()).put("resumed_after", first).put("seconds", seconds));
        else
            output.line(String.format(
                    Locale.ROOT, "%d recorded, %d rejected in %.1f s (%.0f a second), session %s", recorded, rejected.get(), seconds, recorded / Math.max(1e-9, seconds), session));
        return rejected.get() == 0 ? ExitCode.OK : ExitCode.PARTLY;
    }

    private void heard(Acknowledgement acknowledgement) {
        if (acknowledgement instanceof Acknowledgement.Durable mark) durable.accumulateAndGet(mark.through(), Math::max);
        if (acknowledgement instanceof Acknowledgement.Rejected refusal) {
            Rejection rejection = refusal.rejection();
            int count = rejected.incrementAndGet();
            if (count <= SHOWN_REJECTIONS) output.remark("rejected " + rejection.number() + ": " + rejection.cause().getMessage());
            if (count == SHOWN_REJECTIONS) output.remark("further rejections are only counted");
        }
    }

    private void progress(ObserveSession sending, long first, long total) {
        long now = System.nanoTime();
        if (quiet || !TERMINAL || now - lastShown < BETWEEN.toNanos()) return;
        shown = true;
        lastShown = now;
        long done = durable.get() - first;
        String pressure = sending.pressure().map(Feeding::slowed).orElse("");
        System.err.printf(Locale.ROOT, "\r%d%s durable%s   ", done, total == 0 ? "" : "/" + total, pressure);
        System.err.flush();
    }

    private static String slowed(Pressure pressure) {
        return String.format(Locale.ROOT, ", slowed to %.0f a second by %s", pressure.suggestedRate(), Json.name(pressure.cause()));
    }
}
