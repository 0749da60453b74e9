package io.engram.jepsen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int check(String... arguments) {
        List<String> all = new ArrayList<>(List.of("check"));
        all.addAll(List.of(arguments));
        return Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(all.toArray(String[]::new));
    }

    private static String known(String name) {
        try {
            return Path.of(Objects.requireNonNull(CheckCommandTest.class.getResource("/histories/" + name)).toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("history"), text).toString();
    }

    @Nested
    class A_history_that_has_an_order {
        @Test
        void is_valid_in_one_line_with_counts() {
            assertThat(check(known("register-concurrent.jsonl"), "--model", "register")).isEqualTo(Exit.VALID);
            assertThat(out.toString()).startsWith("VALID: an order was found that the register could go through").contains("operations=5");
        }
    }

    @Nested
    class A_history_that_has_none {
        @Test
        void is_invalid_and_shows_the_few_events_that_say_so() {
            assertThat(check(known("register-stale-read.jsonl"), "--model", "register")).isEqualTo(Exit.INVALID);
            assertThat(out.toString())
                    .startsWith("INVALID: the register could only be 2 here; this read returned 1 (event 7, process 0)")
                    .containsPattern("7\\s+0\\s+ok\\s+read\\s+1");
        }

        @Test
        void names_its_key() {
            assertThat(check(known("register-keys.jsonl"), "--model", "register")).isEqualTo(Exit.INVALID);
            assertThat(out.toString()).startsWith("INVALID: key a: the register could only be 2 here; this read returned 1");
        }

        @Test
        void is_one_json_object_for_programs() throws IOException {
            assertThat(check(known("register-keys.jsonl"), "--model", "register", "--json")).isEqualTo(Exit.INVALID);
            JsonNode finding = new ObjectMapper().readTree(out.toString());
            assertThat(finding.path("verdict").asText()).isEqualTo("invalid");
            assertThat(finding.path("figures").path("keys").asInt()).isEqualTo(2);
            assertThat(finding.path("evidence").size()).isEqualTo(finding.path("figures").path("counterexampleOperations").asInt() * 2 - pending(finding));
        }

        private int pending(JsonNode finding) {
            int open = 0;
            for (JsonNode event : finding.path("evidence")) open += event.path("type").asText().equals("invoke") ? 1 : -1;
            return open;
        }
    }

    @Nested
    class How_answers_are_read {
        private static final String NIL = "{:process 0 :type :invoke :f :write :value 1} {:process 0 :type :ok :f :write :value 1}"
                + " {:process 0 :type :invoke :f :read} {:process 0 :type :ok :f :read :value nil}";
        private static final String CAS = "{:process 0 :type :invoke :f :write :value 1} {:process 0 :type :ok :f :write :value 1}"
                + " {:process 0 :type :invoke :f :cas :value [1 2]} {:process 0 :type :fail :f :cas :value [1 2]}";

        @Test
        void nil_is_unknown_in_edn_unless_it_is_said_to_be_absent() throws IOException {
            assertThat(check(file(NIL), "--model", "register")).isEqualTo(Exit.VALID);
            assertThat(check(file(NIL), "--model", "register", "--nil-read", "absent")).isEqualTo(Exit.INVALID);
        }

        @Test
        void a_failed_compare_and_set_says_nothing_in_edn_unless_it_is_said_to_assert() throws IOException {
            assertThat(check(file(CAS), "--model", "cas-register")).isEqualTo(Exit.VALID);
            assertThat(check(file(CAS), "--model", "cas-register", "--failed-cas", "asserts")).isEqualTo(Exit.INVALID);
        }

        @Test
        void the_first_state_can_be_given() throws IOException {
            String text = "{:process 0 :type :invoke :f :read} {:process 0 :type :ok :f :read :value 7}";
            assertThat(check(file(text), "--model", "register")).isEqualTo(Exit.INVALID);
            assertThat(check(file(text), "--model", "register", "--initial", "7")).isEqualTo(Exit.VALID);
        }

        @Test
        void tuples_are_keys_only_if_asked_for_where_it_cannot_be_told() throws IOException {
            String text = "{:process 0 :type :invoke :f :cas :value [1 2]} {:process 0 :type :ok :f :cas :value [1 2]}";
            assertThat(check(file(text), "--model", "cas-register")).isEqualTo(Exit.INVALID);
            assertThat(check(file(text), "--model", "cas-register", "--initial", "1", "--no-keyed")).isEqualTo(Exit.VALID);
            assertThat(check(file(text), "--model", "cas-register", "--keyed")).isEqualTo(Exit.USAGE);
            assertThat(err.toString()).contains("event 0: cas must carry [from to], was 2");
        }
    }

    @Test
    void nothing_to_judge_is_unknown() throws IOException {
        assertThat(check(file("{:process :nemesis :type :info :f :start}"), "--model", "register")).isEqualTo(Exit.UNKNOWN);
        assertThat(out.toString()).contains("UNKNOWN: there is no operation to judge");
    }

    @Nested
    class A_wrong_use {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "--model registre | --model must be one of register, cas-register, kv, mutex, set, counter, fifo-queue, was 'registre'",
                    "--model register --time-limit soon | must be a number with ms, s, m or h (60s), was 'soon'",
                    "--model register --time-limit 0s | must be above zero",
                    "--model register --threads 0 | --threads must be 1 or more, was 0",
                    "--model register --failed-cas maybe | --failed-cas",
                    "--json | --model",
                })
        void names_the_option_and_the_rule(String options, String rule) {
            List<String> arguments = new ArrayList<>(List.of(known("register-keys.jsonl")));
            arguments.addAll(List.of(options.split(" ")));
            assertThat(check(arguments.toArray(String[]::new))).isEqualTo(Exit.USAGE);
            assertThat(err.toString()).contains(rule);
        }

        @Test
        void such_as_a_file_that_is_not_there_names_it() {
            assertThat(check("/nowhere/history.edn", "--model", "register")).isEqualTo(Exit.USAGE);
            assertThat(err.toString()).contains("no such file: /nowhere/history.edn");
        }

        @Test
        void such_as_a_file_that_is_no_history_names_line_and_rule() throws IOException {
            assertThat(check(file("{\"type\":\"invoke\",\"process\":0,\"f\":\"read\"}\n{\"type\":\"done\"}\n"), "--model", "register")).isEqualTo(Exit.USAGE);
            assertThat(err.toString()).contains("line 2: type must be invoke, ok, fail or info, was \"done\"");
        }

        @Test
        void such_as_a_model_that_does_not_know_an_operation_names_the_event() {
            assertThat(check(known("mutex-two-holders.edn"), "--model", "register")).isEqualTo(Exit.USAGE);
            assertThat(err.toString()).contains("event 0: model register knows read and write (get, put), not acquire");
        }
    }
}
