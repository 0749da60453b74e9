package io.engram.jepsen.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.nemesis.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final String NASTY = "</script><script>alert(1)</script><img src=x onerror=\"alert('2')\">&{{js}}";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void the_page_asks_no_network_for_anything() {
        String page = Report.html(new SyntheticRun(1, 200).invalid(folder));
        assertThat(page).doesNotContainPattern("(?i)(src|href)\\s*=\\s*[\"']?https?:").doesNotContain("@import", "url(http", "fetch(", "XMLHttpRequest");
        assertThat(page).contains("default-src 'none'").doesNotContainPattern("\\{\\{\\w+}}");
    }

    @Test
    void no_text_of_the_run_becomes_markup() {
        RunRecord run = new SyntheticRun(2, 100).valid(folder);
        Op invoke = new Op(0, OpType.INVOKE, 0, NASTY, NASTY, Value.of(NASTY), 1, Evidence.from(NASTY), null);
        Op fail = new Op(1, OpType.FAIL, 0, NASTY, NASTY, Value.of(NASTY), 2_000, Evidence.from(NASTY), NASTY);
        RunFacts f = run.facts();
        RunFacts facts = new RunFacts(NASTY, List.of(NASTY), List.of(NASTY), NASTY, 1, 1, f.timeLimit(), 1, f.startedAt(), NASTY, NASTY, Map.of(NASTY, NASTY), Map.of(NASTY, NASTY), NASTY);
        Results results = Results.of(List.of(Finding.invalid(NASTY, NASTY, Map.of(NASTY, Value.of(NASTY)), List.of(invoke, fail))), Map.of());
        String page = Report.html(new RunRecord(facts, results, new History(List.of(invoke, fail)), new Schedule(1, List.of()), Map.of(NASTY, folder)));

        assertThat(page).doesNotContain("<script>alert", "<img", "</script><script>alert", "onerror=\"");
        assertThat(data(page).path("functions").get(0).asText()).as("the data has it as it was").isEqualTo(NASTY);
    }

    @Test
    void every_operation_is_in_the_data_as_it_was() throws IOException {
        RunRecord run = new SyntheticRun(3, 2_000).valid(folder);
        List<Operation> operations = run.history().operations();
        JsonNode data = data(Report.html(run));

        assertThat(data.path("n").asInt()).isEqualTo(2_000);
        long[] at = column(data, "at");
        long[] took = column(data, "took");
        long[] outcome = column(data, "outcome");
        long[] version = column(data, "version");
        long[] argument = column(data, "argument");
        long time = 0;
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            time += at[i];
            assertThat(time).isEqualTo(operation.invoked() / 1_000);
            Op answer = operation.completion();
            assertThat(took[i]).isEqualTo(answer == null ? 0 : (answer.time() - operation.invoked()) / 1_000 + 1);
            assertThat(List.of(OpType.OK, OpType.FAIL, OpType.INFO).get((int) outcome[i])).isEqualTo(operation.outcome());
            Long told = answer == null ? null : answer.evidence().version();
            assertThat(version[i]).isEqualTo(told == null ? 0 : told + 1);
            String text = argument[i] == 0 ? "nil" : data.path("texts").get((int) argument[i] - 1).asText();
            assertThat(text).isEqualTo(Shown.value(operation.invocation().value()));
        }
    }

    @Test
    void a_history_without_any_operation_is_a_report_too() {
        RunRecord run = new SyntheticRun(4, 10).valid(folder);
        String page = Report.html(new RunRecord(run.facts(), run.results(), new History(List.of()), run.schedule(), Map.of()));
        assertThat(data(page).path("n").asInt()).isZero();
    }

    @Test
    void of_a_very_long_run_all_failures_and_evidence_are_kept_and_the_rest_is_thinned() {
        List<Operation> operations = new SyntheticRun(5, 10_000).valid(folder).history().operations();
        int named = operations.stream().filter(o -> o.outcome() == OpType.OK).skip(17).findFirst().orElseThrow().invocation().index();
        Drawn drawn = Drawn.of(operations, Set.of(named), 3_000);
        assertThat(drawn.stride()).isGreaterThan(1);
        assertThat(drawn.operations()).hasSizeLessThanOrEqualTo(3_001)
                .containsAll(operations.stream().filter(o -> o.outcome() != OpType.OK).toList())
                .anyMatch(o -> o.invocation().index() == named);
        assertThat(Drawn.of(operations, Set.of(), 10_000).stride()).isEqualTo(1);
    }

    @Test
    void when_texts_become_too_many_new_ones_are_cut_shorter() {
        Texts texts = new Texts(20, 100);
        for (int i = 0; i < 10; i++) texts.place("a text of some length " + i + " and more");
        assertThat(texts.cut()).isTrue();
        List<String> kept = new ArrayList<>();
        texts.json().forEach(t -> kept.add(t.asText()));
        assertThat(kept).contains("a text of some leng…").allMatch(t -> t.length() <= 20);
        texts = new Texts(20, 10);
        texts.place("twelve chars and more");
        assertThat(texts.place("short")).isEqualTo(2);
        int place = texts.place("something rather long");
        assertThat(texts.json().get(place - 1).asText()).hasSize(12);
    }

    @Test
    void where_several_rules_are_broken_no_single_operation_is_blamed() {
        RunRecord run = new SyntheticRun(9, 100).invalid(folder);
        Finding one = run.results().findings().getFirst();
        assertThat(Report.html(run)).contains("class=\"bar ok failing\"");
        Finding several = Finding.invalid("staleness", "several", Map.of("violations", new Value.Fields(Map.of("lost", Value.of(1), "stale", Value.of(2)))), one.evidence());
        String page = Report.html(new RunRecord(run.facts(), Results.of(List.of(several), Map.of()), run.history(), run.schedule(), Map.of()));
        assertThat(page).contains("Several rules are broken", "class=\"bar ok\"").doesNotContain("class=\"bar ok failing\"");
    }

    @Test
    void the_schedule_stands_beside_what_came_of_it() {
        String page = Report.html(new SyntheticRun(6, 100).valid(folder));
        assertThat(page).contains("partition isolate, all", "n1 got no answer within 500 ms", "starvation cpus 0.1");
        assertThat(page).contains("--seed 6</pre>", "data-copy=\"command\"");
    }

    @Test
    void the_nodes_errors_are_quoted_with_what_follows_them() {
        String page = Report.html(new SyntheticRun(7, 100).valid(folder));
        assertThat(page).contains("9 lines, 1 errors, 1 warnings", "append failed shard=2 &lt;b&gt;not markup&lt;/b&gt;", "java.io.IOException: No space left on device");
        assertThat(page).contains("no log was kept at n3.log").doesNotContain("IOUtil.write(");
    }

    private static JsonNode data(String page) {
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"run\">(.*?)</script>", Pattern.DOTALL).matcher(page);
        assertThat(data.find()).isTrue();
        try {
            return new ObjectMapper().readTree(data.group(1));
        } catch (IOException e) {
            throw new AssertionError("the data must be JSON", e);
        }
    }

    /// As the page's script reads it.
    private static long[] column(JsonNode data, String name) {
        byte[] bytes = Base64.getDecoder().decode(data.path("columns").path(name).asText());
        long[] numbers = new long[data.path("n").asInt()];
        int at = 0;
        for (int i = 0; i < numbers.length; i++) {
            for (int shift = 0; ; shift += 7) {
                byte b = bytes[at++];
                numbers[i] |= (long) (b & 127) << shift;
                if (b >= 0) break;
            }
        }
        assertThat(at).isEqualTo(bytes.length);
        return numbers;
    }

    @Test
    void writing_leaves_the_page_and_nothing_else() throws IOException {
        Path file = folder.resolve("out/report.html");
        Report.write(new SyntheticRun(8, 50).valid(folder), file);
        try (var files = Files.list(folder.resolve("out"))) {
            assertThat(files).containsExactly(file);
        }
    }
}
