package io.engram.jepsen.cli;

import io.engram.jepsen.checker.Verdict;

/// What the shell learns: Jepsen's own codes. Scripts rely on them.
final class Exit {
    static final int VALID = 0;
    static final int INVALID = 1;
    static final int UNKNOWN = 2;
    static final int USAGE = 254;
    static final int FAILED = 255;

    static final String HELP = "%nExit codes: 0 valid; 1 invalid; 2 unknown; 254 bad arguments or a file that is no history; 255 the harness itself failed.";

    private Exit() {}

    static int of(Verdict verdict) {
        return switch (verdict) {
            case VALID -> VALID;
            case INVALID -> INVALID;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
