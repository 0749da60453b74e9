package io.engram.jepsen.report;

import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A few operations as an SVG timeline: a row for each process, a bar from invocation to answer. The order of all beginnings and
/// ends is true, and so is what overlaps; distances are not to scale, because microseconds and seconds stand side by side.
final class Drawing {
    private static final int ROW = 46;
    private static final int BAR = 26;
    private static final int LEFT = 96;
    private static final int TOP = 14;
    /// Room for a character of the 12 px type that the bars are labelled in, generously.
    private static final double CHARACTER = 7.6;
    private static final double STEP = 26;
    /// Room for the line of text below.
    private static final double CAPTION = 520;

    private final List<Operation> operations;
    private final @Nullable Operation failing;
    private final List<Integer> processes;
    /// Moments in order: of each operation its beginning, and its end if there is one.
    private final List<Moment> moments;
    private final double[] x;

    private record Moment(int operation, boolean begin, long time, int index) {}

    /// @param operations in order of invocation, not empty
    /// @param failing is marked; null if there is no single one
    Drawing(List<Operation> operations, @Nullable Operation failing) {
        this.operations = operations;
        this.failing = failing;
        processes = List.copyOf(new TreeSet<>(operations.stream().map(o -> o.invocation().process()).toList()));
        moments = moments();
        x = places();
    }

    private List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            moments.add(new Moment(i, true, operation.invoked(), operation.invocation().index()));
            if (!open(operation))
                moments.add(new Moment(i, false, operation.completed(), Objects.requireNonNull(operation.completion()).index()));
        }
        moments.sort(Comparator.comparingLong(Moment::time).thenComparingInt(Moment::index).thenComparing(m -> !m.begin()));
        return moments;
    }

    /// Each moment a step after the one before, and each bar wide enough for its text.
    private double[] places() {
        double[] places = new double[moments.size()];
        double[] begins = new double[operations.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = i == 0 ? LEFT + 20 : places[i - 1] + STEP;
            Moment moment = moments.get(i);
            if (moment.begin()) begins[moment.operation()] = places[i];
            else places[i] = Math.max(places[i], begins[moment.operation()] + room(moment.operation()));
        }
        return places;
    }

    private double room(int operation) {
        return label(operations.get(operation)).length() * CHARACTER + 18;
    }

    private static String label(Operation operation) {
        return Shown.cut(Shown.brief(operation), 34);
    }

    String svg(List<Faulted> faults, String title) {
        double right = Math.max(x[x.length - 1] + 30, LEFT + CAPTION);
        for (int i = 0; i < moments.size(); i++) {
            Moment moment = moments.get(i);
            if (moment.begin() && open(operations.get(moment.operation()))) right = Math.max(right, x[i] + room(moment.operation()) + 10);
        }
        int bottom = TOP + processes.size() * ROW;
        Html svg = new Html();
        svg.tag(String.format(Locale.ROOT, "<svg role=\"img\" width=\"%.0f\" height=\"%d\" viewBox=\"0 0 %.0f %d\" aria-label=\"", right + 10, bottom + 24, right + 10, bottom + 24))
                .text(title).tag("\">");
        shade(svg, faults, right, bottom);
        for (int row = 0; row < processes.size(); row++) {
            double y = TOP + row * ROW + ROW / 2.0;
            svg.tag(String.format(Locale.ROOT, "<line class=\"row\" x1=\"%d\" y1=\"%.1f\" x2=\"%.0f\" y2=\"%.1f\"/>", LEFT, y, right, y));
            svg.tag(String.format(Locale.ROOT, "<text x=\"0\" y=\"%.1f\">", y + 4)).text("process " + processes.get(row)).tag("</text>");
        }
        for (int i = 0; i < operations.size(); i++) bar(svg, i, right);
        svg.tag(String.format(Locale.ROOT, "<text class=\"dim\" x=\"%d\" y=\"%d\">", LEFT, bottom + 16))
                .text("time → from " + Shown.moment(moments.getFirst().time()) + " to " + Shown.moment(moments.getLast().time()) + "; order and overlap are true, distances are not to scale")
                .tag("</text></svg>");
        return svg.toString();
    }

    private void bar(Html svg, int i, double right) {
        Operation operation = operations.get(i);
        boolean bad = operation.equals(failing);
        double from = at(i, true);
        double to = open(operation) ? right : at(i, false);
        int row = processes.indexOf(operation.invocation().process());
        double y = TOP + row * ROW + (ROW - BAR) / 2.0;
        String outcome = operation.outcome().name().toLowerCase(Locale.ROOT);
        svg.tag("<g><title>").text(Shown.operation(operation) + where(operation)).tag("</title>");
        svg.tag(String.format(Locale.ROOT, "<rect class=\"bar %s%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"4\"/>",
                outcome, bad ? " failing" : "", from, y, Math.max(6, to - from), BAR));
        svg.tag(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\"%s>", from + 9, y + BAR / 2.0 + 4, bad ? " class=\"failing-text\"" : ""))
                .text(label(operation)).tag("</text></g>");
    }

    private static String where(Operation operation) {
        String node = operation.completion() == null ? operation.invocation().evidence().node() : operation.completion().evidence().node();
        String took = operation.completed() == Long.MAX_VALUE ? ", pending" : ", " + Shown.nanos(operation.completed() - operation.invoked());
        return " (began " + Shown.moment(operation.invoked()) + took + (node == null ? "" : ", " + node) + ")";
    }

    /// Whether it reaches to the right edge: what is not known to be over, and what was over only after the contradiction was
    /// complete, which no longer matters for it.
    private boolean open(Operation operation) {
        Op end = operation.completion();
        if (end == null || operation.outcome() == OpType.INFO) return true;
        return failing != null && failing.completion() != null && end.index() > failing.completion().index();
    }

    private double at(int operation, boolean begin) {
        return IntStream.range(0, x.length)
                .filter(i -> moments.get(i).operation() == operation && moments.get(i).begin() == begin)
                .mapToDouble(i -> x[i])
                .findFirst()
                .orElseThrow();
    }

    /// The faults that were in effect, each from the place that its time has between the moments.
    private void shade(Html svg, List<Faulted> faults, double right, int bottom) {
        for (Faulted fault : faults) {
            FaultWindow window = fault.window();
            if (!window.applied() || window.healDone() <= moments.getFirst().time() || window.injectBegan() >= moments.getLast().time()) continue;
            double from = place(window.injectBegan(), right);
            double to = place(window.healDone(), right);
            svg.tag("<g><title>").text(fault.label() + " " + String.join(", ", window.nodes())).tag("</title>");
            svg.tag(String.format(Locale.ROOT, "<rect class=\"window\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\"/>", from, Math.max(2, to - from), bottom));
            svg.tag(String.format(Locale.ROOT, "<text class=\"dim\" x=\"%.1f\" y=\"11\">", from + 4)).text(fault.label()).tag("</text></g>");
        }
    }

    private double place(long time, double right) {
        if (time <= moments.getFirst().time()) return LEFT;
        for (int i = 1; i < x.length; i++) {
            long before = moments.get(i - 1).time();
            long after = moments.get(i).time();
            if (time <= after) return after == before ? x[i] : x[i - 1] + (x[i] - x[i - 1]) * (time - before) / (double) (after - before);
        }
        return right;
    }
}
