package io.engram.client.reading;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Cuts a document into passages along blank lines: short paragraphs are joined until they are worth remembering, long ones are cut between
/// sentences, and a passage never runs over a heading. A sentence model takes in some 250 words, so there is no use in more.
final class Passages {
    /// Joined until at least this many characters.
    private static final int ENOUGH = 300;
    /// Cut at this many.
    private static final int MOST = 1_200;

    private final List<Passage> passages = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();
    private int openedAt = 1;
    private String heading = "";

    private Passages() {}

    /// @param markdown whether lines that start with `#` are headings
    static List<Passage> cut(String document, boolean markdown) {
        Passages cutter = new Passages();
        StringBuilder paragraph = new StringBuilder();
        int startedAt = 1;
        int number = 0;
        boolean fenced = false;
        for (String line : document.lines().toList()) {
            number++;
            if (markdown && line.startsWith("```")) fenced = !fenced;
            boolean isHeading = markdown && !fenced && line.startsWith("#");
            if (line.isBlank() || isHeading) {
                cutter.add(paragraph, startedAt);
                if (isHeading) cutter.under(line);
            } else {
                if (paragraph.isEmpty()) startedAt = number;
                else paragraph.append('\n');
                paragraph.append(line.stripTrailing());
            }
        }
        cutter.add(paragraph, startedAt);
        cutter.close();
        return cutter.passages;
    }

    private void under(String line) {
        close();
        heading = line.replaceFirst("^#+\\s*", "").strip();
    }

    private void add(StringBuilder paragraph, int startedAt) {
        if (paragraph.isEmpty()) return;
        if (open.length() + paragraph.length() > MOST) close();
        if (open.isEmpty()) openedAt = startedAt;
        else open.append("\n\n");
        open.append(paragraph);
        paragraph.setLength(0);
        if (open.length() >= ENOUGH) close();
    }

    private void close() {
        String text = open.toString().strip();
        open.setLength(0);
        if (text.length() <= MOST) {
            if (!text.isEmpty()) passages.add(new Passage(text, openedAt, heading));
            return;
        }
        BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
        sentences.setText(text);
        int from = 0;
        while (from < text.length()) {
            int to = text.length() - from <= MOST ? text.length() : sentences.preceding(from + MOST + 1);
            // A sentence longer than a passage is cut between words, and a word longer than that where it stands.
            if (to <= from) to = lastSpace(text, from, from + MOST);
            String piece = text.substring(from, to).strip();
            if (!piece.isEmpty()) passages.add(new Passage(piece, openedAt + linesIn(text, from), heading));
            from = to;
        }
    }

    private static int lastSpace(String text, int from, int limit) {
        int to = text.lastIndexOf(' ', limit);
        if (to > from) return to;
        return Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    }

    private static int linesIn(String text, int end) {
        return (int) text.chars().limit(end).filter(c -> c == '\n').count();
    }
}
