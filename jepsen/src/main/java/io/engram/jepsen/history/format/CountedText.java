package io.engram.jepsen.history.format;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import us.bpsm.edn.parser.Parseable;

/// Characters for the EDN parser, counting lines.
final class CountedText implements Parseable {
    private final Reader from;
    private int unread = END_OF_INPUT;
    private boolean hasUnread;
    private int line = 1;

    CountedText(Reader from) {
        this.from = from instanceof BufferedReader buffered ? buffered : new BufferedReader(from);
    }

    /// Of the character that is read next, from 1.
    int line() {
        return line;
    }

    @Override
    public int read() throws IOException {
        int c;
        if (hasUnread) {
            c = unread;
            hasUnread = false;
        } else {
            c = from.read();
            if (c < 0) return END_OF_INPUT;
        }
        if (c == '\n') line++;
        return c;
    }

    @Override
    public void unread(int c) {
        if (hasUnread) throw new IllegalStateException("only one character can be put back");
        unread = c;
        hasUnread = c != END_OF_INPUT;
        if (c == '\n') line--;
    }

    /// The next character that is neither white space, a comma nor in a comment; it is put back. [Parseable#END_OF_INPUT] at the end.
    int peek() throws IOException {
        for (int c = read(); ; c = read()) {
            if (c == ';') while (c != '\n' && c != END_OF_INPUT) c = read();
            if (c == END_OF_INPUT) return c;
            if (c != ',' && !Character.isWhitespace(c)) {
                unread(c);
                return c;
            }
        }
    }

    @Override
    public void close() throws IOException {
        from.close();
    }
}
