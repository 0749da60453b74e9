package io.engram.jepsen.history.format;

import io.engram.jepsen.history.History;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;

/// The forms in which a history is found.
public enum HistoryFormat {
    JSON_LINES,
    EDN,
    ETCD_LOG;

    /// Far enough to see past a comment at the head of a file.
    private static final int LOOK_AHEAD = 8192;

    /// Tells by the first characters, not by the file's name. Leaves the reader where it was.
    ///
    /// @throws BadHistoryException nothing that is known
    public static HistoryFormat of(BufferedReader text) throws IOException {
        text.mark(LOOK_AHEAD);
        char[] head = new char[LOOK_AHEAD];
        int length = 0;
        for (int n = 0; length < head.length && n >= 0; length += Math.max(0, n)) n = text.read(head, length, head.length - length);
        text.reset();
        String start = new String(head, 0, length).strip();
        if (start.isEmpty()) throw new BadHistoryException(1, "there is no history: the file is empty");
        if (start.startsWith("{") && start.substring(1).strip().startsWith("\"")) return JSON_LINES;
        if ("{[(#;".indexOf(start.charAt(0)) >= 0) return EDN;
        if (start.contains("jepsen.util")) return ETCD_LOG;
        throw new BadHistoryException(1, "must be JSON Lines, EDN or a log of Jepsen's etcd test, begins with '" + firstOf(start) + "'");
    }

    /// Reads to the end.
    ///
    /// @param keyed matters to EDN only: the others say their keys
    /// @throws BadHistoryException with the line and the rule that it breaks
    public History read(Reader from, Keyed keyed) throws IOException {
        return switch (this) {
            case JSON_LINES -> JsonLines.read(from);
            case EDN -> Edn.read(from, keyed);
            case ETCD_LOG -> EtcdLog.read(from);
        };
    }

    private static String firstOf(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= 40 ? line : line.substring(0, 40) + "...";
    }
}
