package io.engram.jepsen.history.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Fields;
import io.engram.jepsen.history.Value.Items;
import io.engram.jepsen.history.Value.Real;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatsTest {
    private static final Evidence PROOF = new Evidence("n1", "leader", 3, 77L, 12L, Duration.ofNanos(250));

    /// Every type of event and value, and characters that want escaping.
    private static final History ALL = new History(List.of(
            new Op(0, OpType.INFO, Op.NEMESIS, "phase", null, Value.of("mixed"), 0, Evidence.NONE, null),
            new Op(1, OpType.INVOKE, 0, "write", "k1", Value.of(5), 10, Evidence.NONE, null),
            new Op(2, OpType.INVOKE, 1, "read", "k\"2\\\n", Value.NIL, 11, Evidence.NONE, null),
            new Op(3, OpType.OK, 0, "write", "k1", Value.of(5), 20, PROOF, null),
            new Op(4, OpType.OK, 1, "read", "k\"2\\\n", Value.items(Value.of("ü\t\u0001;,"), Value.of(true), new Real(1.5)), 20, Evidence.from("n2"), null),
            new Op(5, OpType.INVOKE, 1, "cas", "k1", Value.items(Value.of(-5), Value.of(Long.MAX_VALUE)), 30, Evidence.NONE, null),
            new Op(6, OpType.INVOKE, 2, "read", "k1", new Fields(Map.of("with space", new Items(List.of()))), 31, Evidence.NONE, null),
            new Op(7, OpType.FAIL, 1, "cas", "k1", Value.NIL, 40, Evidence.NONE, "conflict"),
            new Op(8, OpType.INFO, 2, "read", "k1", Value.NIL, 41, Evidence.NONE, "deadline: \"late\"")));

    private static String text(History history, HistoryFormat format) throws IOException {
        StringWriter text = new StringWriter();
        if (format == HistoryFormat.JSON_LINES) JsonLines.write(history, text);
        else Edn.write(history, text);
        return text.toString();
    }

    private static HistoryFile read(String text, Keyed keyed) throws IOException {
        BufferedReader reader = new BufferedReader(new StringReader(text));
        HistoryFormat format = HistoryFormat.of(reader);
        return new HistoryFile(format, format.read(reader, keyed));
    }

    @Nested
    class A_history_that_was_written {
        @ParameterizedTest
        @CsvSource({"JSON_LINES,NO", "EDN,YES", "EDN,DETECT"})
        void is_read_back_as_it_was(HistoryFormat format, Keyed keyed) throws IOException {
            HistoryFile back = read(text(ALL, format), keyed);
            assertThat(back.format()).isEqualTo(format);
            assertThat(back.history()).isEqualTo(ALL);
        }

        @Test
        void has_the_agreed_json_form() {
            assertThat(JsonLines.line(ALL.ops().get(3)))
                    .isEqualTo("{\"index\":3,\"type\":\"ok\",\"process\":0,\"f\":\"write\",\"key\":\"k1\",\"value\":5,\"time\":20,\"node\":\"n1\",\"role\":\"leader\",\"shard\":3,"
                            + "\"position\":77,\"version\":12,\"stalenessNanos\":250}");
            assertThat(JsonLines.line(ALL.ops().get(0))).contains("\"process\":\"nemesis\"").doesNotContain("key").doesNotContain("error");
        }

        @Test
        void has_jepsens_edn_form() throws IOException {
            assertThat(text(ALL, HistoryFormat.EDN))
                    .contains("{:index 1, :type :invoke, :process 0, :f :write, :value [\"k1\" 5], :time 10}\n")
                    .contains(":process :nemesis, :f :phase, :value \"mixed\"");
        }

        @Test
        void loses_only_the_line_that_a_killed_recorder_did_not_finish() throws IOException {
            String text = text(ALL, HistoryFormat.JSON_LINES);
            assertThat(read(text.substring(0, text.length() - 5), Keyed.NO).history().ops()).isEqualTo(ALL.ops().subList(0, 8));
        }
    }

    @Nested
    class Somebody_elses_edn {
        @Test
        void may_be_one_vector_or_a_line_for_each_event_with_tags_and_words() throws IOException {
            String lines = """
                    ; a comment
                    {:process 0, :type :invoke, :f :read, :value nil}
                    #jepsen.history.Op{:process :nemesis, :type :info, :f :start, :value {:cut #{"a" "b"}}}
                    {:process 0, :type :ok, :f :read, :value :absent, :debug (1 2N 3.5M \\c)}
                    """;
            History history = read(lines, Keyed.DETECT).history();
            assertThat(history.ops()).hasSize(3);
            assertThat(history.ops().get(2).value()).isEqualTo(Value.of("absent"));
            assertThat(history.ops().get(1).process()).isEqualTo(Op.NEMESIS);
            assertThat(history.ops()).extracting(Op::time).containsExactly(0L, 1L, 2L);
            assertThat(read("[" + lines + "]", Keyed.DETECT).history()).isEqualTo(history);
            assertThat(read("(" + lines + ")", Keyed.DETECT).history()).isEqualTo(history);
        }

        @Test
        void is_keyed_when_every_value_is_a_tuple_and_not_only_those_of_compare_and_sets() throws IOException {
            String keyed = """
                    {:process 0, :type :invoke, :f :cas, :value [7 [1 2]]}
                    {:process 1, :type :invoke, :f :read, :value [7 nil]}
                    """;
            assertThat(read(keyed, Keyed.DETECT).history().ops()).extracting(Op::key).containsExactly("7", "7");
            String plain = "{:process 0, :type :invoke, :f :cas, :value [1 2]}";
            assertThat(read(plain, Keyed.DETECT).history().ops().getFirst().key()).isNull();
            assertThat(read(plain, Keyed.YES).history().ops().getFirst().key()).isEqualTo("1");
        }

        @Test
        void takes_its_order_from_the_file_when_times_go_down() throws IOException {
            String text = "{:process 0, :type :invoke, :f :read, :time 9} {:process 0, :type :ok, :f :read, :time 7}";
            assertThat(read(text, Keyed.NO).history().ops()).extracting(Op::time).containsExactly(9L, 9L);
        }
    }

    @Test
    void the_log_of_the_etcd_test_is_read() throws IOException {
        History history = read(
                        """
                        INFO  jepsen.util - 0	:invoke	:cas	[1 2]
                        INFO  jepsen.core - nothing of ours
                        INFO  jepsen.util - 1   :invoke :read   nil
                        INFO  jepsen.util - 0	:info	:cas	:timed-out
                        INFO  jepsen.util - 1	:ok	:read	4
                        """,
                        Keyed.DETECT)
                .history();
        assertThat(history.operations()).hasSize(2);
        assertThat(history.ops().get(0).value()).isEqualTo(Value.items(Value.of(1), Value.of(2)));
        assertThat(history.ops().get(2).error()).isEqualTo("timed-out");
        assertThat(history.ops().get(3).value()).isEqualTo(Value.of(4));
    }

    @Nested
    class A_bad_file {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{\"type\":\"begin\",\"process\":0,\"f\":\"read\"} | type must be invoke, ok, fail or info, was \"begin\"",
                    "{\"type\":\"invoke\",\"process\":-7,\"f\":\"read\"} | process must be a whole number of 0 or more, or \"nemesis\", was -7",
                    "{\"type\":\"invoke\",\"process\":1} | f must be a word",
                    "{\"type\":\"invoke\",\"process\":1,\"f\":\"read\",\"time\":-1} | time must be a whole number of 0 or more, was -1",
                    "{\"type\":\"invoke\",\"process\":1,\"f\":\"read\",\"value\":99999999999999999999} | whole numbers must fit 64 bits",
                    "{\"type\":\"invoke\",\"process\":1,\"f\":\"read\",\"shard\":99999999999} | shard must fit 32 bits",
                    "{\"type\":\"invoke\" | must be one JSON object",
                    "{\"type\":\"ok\",\"process\":1,\"f\":\"read\",\"time\":5} | process 1 completes a read that it did not invoke",
                    "{\"type\":\"invoke\",\"process\":0,\"f\":\"read\",\"time\":5} | process 0 invokes read while its write (event 0) is open",
                    "{\"type\":\"ok\",\"process\":0,\"f\":\"read\",\"time\":5} | completes a read but its open operation (event 0) is a write",
                    "{\"type\":\"invoke\",\"process\":3,\"f\":\"read\",\"time\":4} | time must not go down: 4 after 5",
                })
        void in_json_names_line_and_rule(String line, String rule) {
            String text = "{\"type\":\"invoke\",\"process\":0,\"f\":\"write\",\"value\":1,\"time\":5}\n\n" + line + "\n";
            assertThatThrownBy(() -> read(text, Keyed.NO)).isInstanceOf(BadHistoryException.class).hasMessageStartingWith("line 3: ").hasMessageContaining(rule);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{:process 1 :type :begin :f :read} | :type must be :invoke, :ok, :fail or :info, was begin",
                    "{:process 1.5 :type :invoke :f :read} | :process must be a whole number of 0 or more, or :nemesis, was 1.5",
                    "{:process 1 :type :invoke} | :f must be a keyword, was nil",
                    "{:process 1 :type :invoke :f :read :time :now} | :time must be a whole number of 0 or more, was now",
                    "{:process 1 :type :invoke :f :read :value 99999999999999999999N} | whole numbers must fit 64 bits",
                    "{:process 1 :type | must be EDN",
                    "{:process} | must be EDN",
                    "17 | an event must be a map, was 17",
                    "{:process 1 :type :ok :f :read} | process 1 completes a read that it did not invoke",
                })
        void in_edn_names_line_and_rule(String line, String rule) {
            String text = "{:process 0 :type :invoke :f :write :value 1}\n\n" + line + "\n";
            assertThatThrownBy(() -> read(text, Keyed.NO)).isInstanceOf(BadHistoryException.class).hasMessageStartingWith("line 3: ").hasMessageContaining(rule);
        }

        @Test
        void of_edn_tuples_names_the_value_that_is_none() {
            assertThatThrownBy(() -> read("{:process 0 :type :invoke :f :write :value 1}", Keyed.YES))
                    .hasMessage("line 1: value must be a [key value] tuple, was 1");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {"[{:process 0 :type :invoke :f :read} | without its closing ']'", "[] {} | nothing may follow", "hello | must be JSON Lines, EDN or", "`` | empty"})
        void as_a_whole_says_what_it_lacks(String text, String rule) {
            assertThatThrownBy(() -> read(text, Keyed.NO)).isInstanceOf(BadHistoryException.class).hasMessageContaining(rule);
        }

        @Test
        void of_the_etcd_test_names_line_and_rule() {
            String text = "INFO  jepsen.util - 0	:invoke	:write	1\nINFO  jepsen.util - 0	:ok	:write	one\n";
            assertThatThrownBy(() -> read(text, Keyed.NO)).hasMessageStartingWith("line 2: value must be nil, a whole number");
        }
    }
}
