package io.engram.jepsen.report;

import java.util.List;

/// Markup under construction. Whatever is not markup of ours goes through [#text(String)].
final class Html {
    private final StringBuilder out = new StringBuilder(4096);

    /// Safe inside of elements and of quoted attributes.
    static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                // No control character is allowed in HTML but these.
                default -> safe.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
            }
        }
        return safe.toString();
    }

    /// Our own markup, as it is.
    Html tag(String markup) {
        out.append(markup);
        return this;
    }

    /// Anything else, escaped.
    Html text(String text) {
        out.append(escape(text));
        return this;
    }

    /// An element with text in it.
    ///
    /// @param open name and attributes: `td class="num"`
    Html element(String open, String text) {
        int space = open.indexOf(' ');
        return tag("<" + open + ">").text(text).tag("</" + (space < 0 ? open : open.substring(0, space)) + ">");
    }

    /// A row of plain cells; those named in `numeric` are set to the right.
    Html row(List<String> cells, List<Boolean> numeric) {
        tag("<tr>");
        for (int i = 0; i < cells.size(); i++) element(numeric.get(i) ? "td class=\"num\"" : "td", cells.get(i));
        return tag("</tr>");
    }

    Html head(List<String> cells, List<Boolean> numeric) {
        tag("<thead><tr>");
        for (int i = 0; i < cells.size(); i++) element(numeric.get(i) ? "th class=\"num\"" : "th", cells.get(i));
        return tag("</tr></thead>");
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
