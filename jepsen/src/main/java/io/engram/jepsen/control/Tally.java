package io.engram.jepsen.control;

import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.run.FirstLine;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What came of all controls, told as it comes and once more as a table.
final class Tally {
    private static final String ROW = "%-20s %-18s %-20s %-9s %10s %8s %-9s  %s%n";

    private final PrintWriter print;
    private final List<Runnable> rows = new ArrayList<>();
    private int found;
    private int escaped;
    private int skipped;
    private int unsound;
    private int failed;

    Tally(PrintWriter print) {
        this.print = print;
    }

    /// @param baseline null: it was not asked for
    void seen(Control control, Sighting sighting, @Nullable Baseline baseline) {
        if (sighting.found()) found++;
        else escaped++;
        if (baseline != null && !baseline.sound()) unsound++;
        print.printf(
                "%-9s %s: %s%n", sighting.found() ? "found" : "ESCAPED", control.name(), control.wrong() + ". " + sighting.sentence()
                        + " (" + sighting.operations() + " operations, seed " + sighting.seed() + ")");
        if (baseline != null)
            print.printf("%-9s %s%n", "", (baseline.sound() ? "and what is not wrong is valid there: " : "BUT WHAT IS NOT WRONG IS NOT VALID THERE: ")
                    + baseline.sentence() + " (" + baseline.took().toSeconds() + " s)");
        print.flush();
        row(control, sighting.found() ? "invalid" : sighting.verdict().name(), Long.toString(sighting.operations()),
                Long.toString(sighting.took().toSeconds()), baseline == null ? "-" : baseline.verdict().name(), sighting.sentence());
    }

    void skipped(Control control) {
        skipped++;
        print.println("SKIPPED   " + control.name() + ": no Docker engine answers, and this control needs containers");
        print.flush();
        row(control, "SKIPPED", "", "", "", "needs a Docker engine");
    }

    /// The harness failed, and nothing is known of the control; the others can still be looked for.
    void failed(Control control, Exception why) {
        failed++;
        String said = FirstLine.of(why);
        print.println("FAILED    " + control.name() + ": the harness failed: " + said);
        why.printStackTrace(print);
        print.flush();
        row(control, "FAILED", "", "", "", said);
    }

    private void row(Control control, String verdict, String operations, String seconds, String baseline, String sentence) {
        rows.add(() -> print.printf(
                ROW, control.name(), control.use().workload(), faults(control), verdict.toLowerCase(Locale.ROOT), operations, seconds,
                baseline.toLowerCase(Locale.ROOT), sentence));
    }

    void table() {
        print.println();
        print.printf(ROW, "control", "workload", "faults", "verdict", "operations", "seconds", "baseline", "what was found");
        rows.forEach(Runnable::run);
        print.println();
        print.println(found + " of " + (found + escaped + skipped + failed) + " known-bad controls found"
                + (escaped > 0 ? ", " + escaped + " ESCAPED" : "") + (skipped > 0 ? ", " + skipped + " SKIPPED: no Docker engine" : "")
                + (failed > 0 ? ", " + failed + " FAILED: the harness itself" : "") + (unsound > 0 ? ", " + unsound + " BASELINES NOT VALID" : ""));
        print.flush();
    }

    int escaped() {
        return escaped;
    }

    int skipped() {
        return skipped;
    }

    /// Controls that the harness failed at.
    int failed() {
        return failed;
    }

    /// Baselines that were not valid.
    int unsound() {
        return unsound;
    }

    private static String faults(Control control) {
        if (control.faults().isEmpty()) return "none";
        return control.faults().stream().map(Planned::fault).map(Tally::kind).distinct().collect(Collectors.joining(", ")) + " x"
                + control.faults().size();
    }

    private static String kind(Fault fault) {
        return fault.getClass().getSimpleName().replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
