package io.engram.jepsen.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What went on at each moment of a run, in one word, so that figures can be split by it.
///
/// One of [#HEALTHY]; the kinds of the faults in effect, in order of the alphabet, joined by `+` (kill+partition); [#RECOVERY] for
/// a while after the last of them was mended; [#CLOSING] from the final reads on. A fault in effect comes before all else.
public final class Phases {
    public static final String HEALTHY = "healthy";
    public static final String RECOVERY = "recovery";
    public static final String CLOSING = "closing";

    /// An election, the restart of a process on a busy machine, and what was waiting for them, is over by then. Checkers and reports
    /// count alike, so that phases mean the same in both.
    public static final Duration USUAL_RECOVERY = Duration.ofSeconds(10);

    private final List<Span> spans;
    private final long[] begins;

    /// @param from in ns since the history began, first moment of the span
    /// @param to first moment after it
    public record Span(String phase, long from, long to) {}

    private Phases(List<Span> spans) {
        this.spans = List.copyOf(spans);
        begins = spans.stream().mapToLong(Span::from).toArray();
    }

    /// @param recovery how long after a heal the cluster counts as recovering
    /// @throws IllegalArgumentException as [FaultWindow#in(History)]
    public static Phases of(History history, Duration recovery) {
        if (recovery.isNegative()) throw new IllegalArgumentException("recovery must not be negative, was " + recovery);
        List<FaultWindow> windows = FaultWindow.in(history);
        long end = history.ops().isEmpty() ? 1 : history.ops().getLast().time() + 1;
        long closing = closing(history);
        TreeSet<Long> edges = new TreeSet<>(List.of(0L));
        if (closing < end) edges.add(closing);
        for (FaultWindow window : windows) {
            edges.add(window.injectBegan());
            if (window.healDone() < end) edges.add(window.healDone());
            long recovered = recovered(window, recovery);
            if (recovered < end) edges.add(recovered);
        }
        List<Span> spans = new ArrayList<>();
        for (long edge : edges) {
            String phase = phase(edge, windows, closing, recovery);
            Span last = spans.isEmpty() ? null : spans.getLast();
            if (last != null && last.phase().equals(phase)) continue;
            if (last != null) spans.set(spans.size() - 1, new Span(last.phase(), last.from(), edge));
            spans.add(new Span(phase, edge, end));
        }
        return new Phases(spans);
    }

    /// The phase of a moment. Before the first event and after the last one: as at that event.
    public String at(long time) {
        int place = Arrays.binarySearch(begins, time);
        int span = place >= 0 ? place : -place - 2;
        return spans.get(Math.max(span, 0)).phase();
    }

    /// From the beginning of the history to its last event, without gaps; neighbours differ.
    public List<Span> spans() {
        return spans;
    }

    private static String phase(long time, List<FaultWindow> windows, long closing, Duration recovery) {
        String faults = windows.stream().filter(w -> w.activeAt(time)).map(FaultWindow::fault).distinct().sorted().collect(Collectors.joining("+"));
        if (!faults.isEmpty()) return faults;
        if (time >= closing) return CLOSING;
        boolean recovering = windows.stream().anyMatch(w -> w.healDone() <= time && time < recovered(w, recovery));
        return recovering ? RECOVERY : HEALTHY;
    }

    private static long recovered(FaultWindow window, Duration recovery) {
        return window.healDone() == FaultWindow.NEVER ? FaultWindow.NEVER : window.healDone() + recovery.toNanos();
    }

    private static long closing(History history) {
        return history.ops().stream()
                .filter(op -> !op.ofClient() && op.function().equals("phase") && op.value().equals(Value.of("closing")))
                .mapToLong(Op::time)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
