package io.engram.jepsen.control;

import io.engram.jepsen.checker.Verdict;
import java.time.Duration;

/// What came of a control's workload and faults on a system that is not wrong: all checkers together have to say valid, or the control's
/// verdict would say nothing about what is wrong with it.
record Baseline(Verdict verdict, String sentence, Duration took) {
    boolean sound() {
        return verdict == Verdict.VALID;
    }
}
