package io.engram.bench.demo;

import java.io.PrintStream;
import java.time.Duration;

/// Where the demo speaks: chapters, lines, and a progress line that moves in a terminal and stays quiet in a file. For one thread.
final class Stage {
    private static final Duration BETWEEN = Duration.ofMillis(100);
    private static final int WIDTH = 100;

    private final PrintStream out;
    private final boolean terminal = terminal();
    private long lastProgress;

    // With jdk.console=java.base there is still none when output is redirected.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean terminal() {
        return System.console() != null && System.console().isTerminal();
    }

    Stage(PrintStream out) {
        this.out = out;
    }

    void chapter(String title) {
        out.println();
        out.println(terminal ? "\u001b[1m" + title + "\u001b[0m" : "== " + title);
    }

    void say(String line) {
        out.println("  " + line);
    }

    void failed(@org.jspecify.annotations.Nullable String why) {
        out.println("  FAILED: " + why);
    }

    /// Shows how far it is, at most ten times a second.
    void progress(String what, long done, long total, String detail) {
        long now = System.nanoTime();
        if (!terminal || (now - lastProgress < BETWEEN.toNanos() && done < total)) return;
        lastProgress = now;
        int filled = total == 0 ? 0 : (int) (30 * done / total);
        String line = "  " + what + " [" + "#".repeat(filled) + ".".repeat(30 - filled) + "] " + done + "/" + total + " " + detail;
        out.print("\r" + (line.length() > WIDTH ? line.substring(0, WIDTH) : line + " ".repeat(WIDTH - line.length())));
        if (done >= total) out.println();
        out.flush();
    }
}
