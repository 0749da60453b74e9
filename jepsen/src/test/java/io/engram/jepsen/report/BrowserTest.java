package io.engram.jepsen.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.history.History;
import io.engram.jepsen.report.serve.RunServer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The report, looked at in a real browser. With `-Dengram.screenshots=DIR` the pictures are kept there.
class BrowserTest {
    private static final List<String> CHARTS = List.of("overview", "faults", "latency", "rate", "stale", "nodes", "timeline", "axis", "distribution");
    private static final Pattern ROOT = Pattern.compile("<html[^>]*>");
    private static final Pattern CANVAS = Pattern.compile("data-chart=\"(\\w+)\"[^<]*(?:<h3>[^<]*</h3>)?<canvas[^>]*data-painted=\"(\\d+)\" data-colours=\"(\\d+)\"");

    private final Path folder;
    private final Path runs;
    private final Path pictures;
    private final Chromium chromium;

    BrowserTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        runs = Files.createDirectory(folder.resolve("runs"));
        String kept = System.getProperty("engram.screenshots");
        pictures = kept == null ? Files.createDirectory(folder.resolve("pictures")) : Files.createDirectories(Path.of(kept));
        chromium = Chromium.find(Files.createDirectory(folder.resolve("browser")));
    }

    @Test
    void a_valid_run_is_drawn_without_an_error() throws Exception {
        String page = write("valid", new SyntheticRun(1, 1_000).valid(folder));
        String dom = chromium.dom(page);

        assertThat(root(dom)).contains("data-ready=\"true\"", "data-ops=\"1000\"").doesNotContain("data-errors");
        assertThat(element(dom, "sentence")).startsWith("Every one of 20 keys has an order");
        assertThat(dom.contains("class=\"badge valid\"")).as("the badge").isTrue();
        assertThat(painted(dom)).containsOnlyKeys(CHARTS);
        assertThat(painted(dom)).allSatisfy((chart, colours) -> assertThat(colours).as("colours of " + chart).isGreaterThan(5));
        // The scatter: its background, the shaded windows, and points over them.
        assertThat(painted(dom).get("latency")).isGreaterThan(100);
        assertThat(colours(shot("valid-light", page, 1280, 1500), 60)).as("colours of the picture").isGreaterThan(60);
    }

    @Test
    void an_invalid_run_shows_the_counterexample_with_the_failing_operation() throws Exception {
        String page = write("invalid", new SyntheticRun(2, 1_000).invalid(folder));
        String dom = chromium.dom(page);

        assertThat(root(dom)).contains("data-ready=\"true\"", "data-ops=\"1005\"").doesNotContain("data-errors");
        assertThat(element(dom, "sentence")).contains("could only be 4 or 5 here; this read returned 3");
        assertThat(dom.contains("class=\"badge invalid\"")).as("the badge").isTrue();
        Matcher failing = Pattern.compile("<rect class=\"bar ok failing\"[^>]*>(?:</rect>)?<text[^>]*>([^<]*)").matcher(dom);
        assertThat(failing.find()).as("one bar is marked").isTrue();
        assertThat(failing.group(1)).isEqualTo("read bad → 3");
        shot("invalid-light", page, 1280, 1500);
    }

    @Test
    void a_run_that_did_nothing_is_shown_too() throws Exception {
        RunRecord run = new SyntheticRun(9, 10).valid(folder);
        String page = write("empty", new RunRecord(run.facts(), run.results(), new History(List.of()), run.schedule(), Map.of()));
        assertThat(root(chromium.dom(page))).contains("data-ready=\"true\"", "data-ops=\"0\"").doesNotContain("data-errors");
    }

    @Test
    void dark_and_light_follow_the_system() throws Exception {
        String page = write("valid", new SyntheticRun(3, 300).valid(folder));
        assertThat(corner(shot("dark", page, 900, 900, "--blink-settings=preferredColorScheme=0"))).as("dark background").isLessThan(60);
        assertThat(corner(shot("light", page, 900, 900, "--blink-settings=preferredColorScheme=1"))).as("light background").isGreaterThan(200);
    }

    @Test
    void a_hundred_thousand_operations_fit_and_are_drawn() throws Exception {
        String page = write("huge", new SyntheticRun(4, 100_000).valid(folder));
        assertThat(Files.size(runs.resolve("huge/report.html"))).as("bytes").isLessThan(6_000_000);
        String dom = chromium.dom(page + "#from=8&to=8.4");

        assertThat(root(dom)).contains("data-ready=\"true\"", "data-ops=\"100000\"").doesNotContain("data-errors");
        assertThat(element(dom, "range")).startsWith("8.000 s – 8.400 s of ");
        assertThat(painted(dom).get("timeline")).isGreaterThan(5);
        shot("huge-dark", page + "#theme=dark", 1280, 1500);
    }

    @Test
    void the_mouse_explains_zooms_and_filters() throws Exception {
        String page = write("mouse", new SyntheticRun(8, 500).valid(folder));
        Path file = runs.resolve("mouse/report.html");
        // A hand on the mouse: looks for a point in the scatter, drags over a third of the charts, and hides an outcome.
        Files.writeString(file, Files.readString(file).replace("</body>", """
                <script>
                const chart = document.querySelector('[data-chart=latency] canvas'), box = chart.getBoundingClientRect(), told = document.documentElement.dataset;
                const send = (type, x, y) => document.elementFromPoint(x, y).dispatchEvent(new PointerEvent(type, { bubbles: true, clientX: x, clientY: y, button: 0, pointerId: 1 }));
                for (let y = box.top + 20; y < box.bottom && !told.hover; y += 6)
                  for (let x = box.left + 80; x < box.right - 20 && !told.hover; x += 9) {
                    send('pointermove', x, y);
                    const tip = document.getElementById('tip');
                    if (tip.style.display === 'block' && tip.textContent.includes('process')) told.hover = tip.textContent;
                  }
                const middle = box.top + box.height / 2;
                send('pointerdown', box.left + 300, middle); send('pointermove', box.left + 500, middle); send('pointerup', box.left + 500, middle);
                requestAnimationFrame(() => { told.range = document.getElementById('range').textContent;
                  const count = () => { const all = chart.getContext('2d').getImageData(0, 0, chart.width, chart.height).data; let sum = 0; for (const b of all) sum += b; return sum; };
                  const before = count();
                  document.querySelector('#outcomes button').click();
                  requestAnimationFrame(() => { told.filtered = String(before !== count()); }); });
                </script></body>"""));
        String root = root(chromium.dom(page, "--window-size=1280,1600", "--virtual-time-budget=5000"));
        assertThat(root).doesNotContain("data-errors").contains("data-filtered=\"true\"");
        assertThat(root).containsPattern("data-hover=\"(read|write|cas) k\\d+.*(ok|fail|info).*began at .* · process \\d+ · n\\d");
        assertThat(root).containsPattern("data-range=\"[1-9][0-9.]+ s – [0-9.]+ s of [0-9.]+ s\"");
    }

    @Test
    void a_fault_of_the_page_itself_does_not_stay_unseen() throws Exception {
        String page = write("broken", new SyntheticRun(5, 100).valid(folder));
        Path file = runs.resolve("broken/report.html");
        Files.writeString(file, Files.readString(file).replace("\"columns\":{\"at\":\"", "\"columns\":{\"at\":\"AAAA"));
        assertThat(root(chromium.dom(page))).contains("data-errors=").contains("column at").doesNotContain("data-ready");
    }

    @Test
    void the_index_lists_runs_with_their_verdicts() throws Exception {
        write("one", new SyntheticRun(6, 200).valid(folder));
        write("two", new SyntheticRun(7, 200).invalid(folder));
        try (RunServer server = RunServer.start(runs, 0)) {
            String dom = chromium.dom(server.url());
            assertThat(dom).contains("<span class=\"badge valid\"", "<span class=\"badge invalid\"", "href=\"/one/report.html\"", "href=\"/two/report.html\"");
            shot("index", server.url(), 1100, 420);
        }
    }

    /// @return its address
    private String write(String name, RunRecord run) throws IOException {
        Path to = runs.resolve(name);
        Report.write(run, ReportFolder.report(to));
        SyntheticFolder.write(to, run);
        return ReportFolder.report(to).toUri().toString();
    }

    private BufferedImage shot(String name, String url, int width, int height, String... flags) throws Exception {
        Path png = pictures.resolve(name + ".png");
        chromium.screenshot(url, png, width, height, flags);
        return Objects.requireNonNull(ImageIO.read(png.toFile()), "a picture");
    }

    /// The text of the element with this id: a message with a whole page in it helps nobody.
    private static String element(String dom, String id) {
        Matcher element = Pattern.compile("id=\"" + id + "\"[^>]*>([^<]*)<").matcher(dom);
        assertThat(element.find()).as("an element " + id).isTrue();
        return element.group(1);
    }

    private static String root(String dom) {
        Matcher root = ROOT.matcher(dom);
        assertThat(root.find()).as("an html element").isTrue();
        return root.group();
    }

    /// How many colours each canvas shows, as the page read them back from its own pixels.
    private static Map<String, Integer> painted(String dom) {
        Map<String, Integer> colours = new LinkedHashMap<>();
        Matcher canvas = CANVAS.matcher(dom);
        while (canvas.find()) {
            assertThat(Integer.parseInt(canvas.group(2))).as("pixels of " + canvas.group(1)).isPositive();
            colours.put(canvas.group(1), Integer.parseInt(canvas.group(3)));
        }
        return colours;
    }

    private static int corner(BufferedImage picture) {
        return picture.getRGB(3, picture.getHeight() - 3) & 0xff;
    }

    private static int colours(BufferedImage picture, int enough) {
        List<Integer> seen = new ArrayList<>();
        for (int y = 0; y < picture.getHeight(); y += 3)
            for (int x = 0; x < picture.getWidth() && seen.size() <= enough; x += 3) if (!seen.contains(picture.getRGB(x, y))) seen.add(picture.getRGB(x, y));
        return seen.size();
    }
}
