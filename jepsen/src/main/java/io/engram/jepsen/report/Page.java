package io.engram.jepsen.report;

/// The look of the report, for pages around it.
public final class Page {
    private Page() {}

    /// @param title as plain text
    /// @param heading as plain text
    /// @param body as markup
    public static String of(String title, String heading, String body) {
        return """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title><style>%s</style></head><body><section><h1>%s</h1>%s</section></body></html>
                """.formatted(Html.escape(title), Report.resource("page.css"), Html.escape(heading), body);
    }

    /// A part of a page, by its file name.
    public static String resource(String name) {
        return Report.resource(name);
    }

    public static String escape(String text) {
        return Html.escape(text);
    }

    public static String count(long count) {
        return Shown.count(count);
    }

    public static String nanos(long nanos) {
        return Shown.nanos(nanos);
    }
}
