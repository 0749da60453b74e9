package io.engram.client.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.client.AttributeValue;
import io.engram.client.Observation;
import io.engram.client.reading.Documents.Cut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsTest {
    @TempDir
    Path folder;

    private final List<String> problems = new ArrayList<>();

    @Test
    void joins_short_paragraphs_and_never_crosses_a_heading() throws IOException {
        List<Observation> read = read("notes.md", "# Herons\n\nThey stand.\n\nThey wait.\n\n# Reeds\n\nThey bend.\n", Cut.PASSAGES);
        assertThat(read).extracting(Observation::text).containsExactly("They stand.\n\nThey wait.", "They bend.");
        assertThat(read).extracting(o -> o.attributes().get("heading")).containsExactly(AttributeValue.of("Herons"), AttributeValue.of("Reeds"));
        assertThat(read).extracting(o -> o.key().orElseThrow()).containsExactly("notes.md#1", "notes.md#2");
        assertThat(read).extracting(o -> o.attributes().get("line")).containsExactly(AttributeValue.of(3), AttributeValue.of(9));
    }

    @Test
    void cuts_long_text_between_sentences_and_loses_nothing() throws IOException {
        String sentence = "The heron stood in the reeds and waited for the evening to come. ";
        List<Observation> read = read("long.txt", sentence.repeat(100), Cut.PASSAGES);
        assertThat(read).hasSizeGreaterThan(4).allSatisfy(o -> assertThat(o.text()).hasSizeLessThanOrEqualTo(1_200).endsWith("come."));
        assertThat(String.join(" ", read.stream().map(Observation::text).toList())).isEqualTo(sentence.repeat(100).strip());
    }

    @Test
    void cuts_a_word_without_end() throws IOException {
        List<Observation> read = read("word.txt", "x".repeat(5_000), Cut.PASSAGES);
        assertThat(String.join("", read.stream().map(Observation::text).toList())).isEqualTo("x".repeat(5_000));
    }

    @Test
    void reads_one_memory_a_line() throws IOException {
        assertThat(read("list.txt", "one\n\n two \nthree", Cut.LINES)).extracting(Observation::text).containsExactly("one", "two", "three");
    }

    @Test
    void reads_json_lines_and_names_what_is_wrong_with_the_others() throws IOException {
        List<Observation> read = read(
                "facts.jsonl",
                """
                {"key":"a","text":"first","vector":[1,0.5],"confidence":0.5,"attributes":{"n":3},"room":"kitchen","links":[{"key":"b"}]}
                {"text":7}
                not json
                {"text":"second","vector":["x"]}
                {"text":"third"}
                """,
                Cut.PASSAGES);
        assertThat(read).extracting(Observation::text).containsExactly("first", "third");
        assertThat(read.get(0).attributes()).containsEntry("n", AttributeValue.of(3)).containsEntry("room", AttributeValue.of("kitchen"));
        assertThat(read.get(0).links()).hasSize(1);
        assertThat(problems).hasSize(3);
        assertThat(problems.get(0)).contains(":2: text must be a string");
        assertThat(problems.get(2)).contains(":4: vector[0] must be a number");
    }

    @Test
    void passes_over_what_is_not_text_and_what_builds_leave_behind() throws IOException {
        Files.createDirectories(folder.resolve("target"));
        Files.createDirectories(folder.resolve(".git"));
        for (String name : List.of("a.md", "b.bin", "target/c.md", ".git/d.md")) Files.writeString(folder.resolve(name), "text");
        assertThat(documents(Cut.PASSAGES).files(List.of(folder))).containsExactly(folder.resolve("a.md"));
        assertThatThrownBy(() -> documents(Cut.PASSAGES).files(List.of(folder.resolve("none")))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void reports_a_named_file_that_is_not_text() throws IOException {
        Path file = folder.resolve("bytes.txt");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        try (Stream<Observation> read = documents(Cut.PASSAGES).read(file, "bytes.txt")) {
            assertThat(read).isEmpty();
        }
        assertThat(problems).singleElement().asString().contains("not UTF-8");
    }

    @Test
    void keeps_the_end_of_a_long_name_in_whole_characters() {
        assertThat(Documents.tail("aé😀", 4)).isEqualTo("😀");
        assertThat(Documents.tail("aé😀", 5)).isEqualTo("😀");
        assertThat(Documents.tail("aé😀", 6)).isEqualTo("é😀");
    }

    private Documents documents(Cut cut) {
        return new Documents(cut, (file, line, problem) -> problems.add(file + ":" + line + ": " + problem));
    }

    private List<Observation> read(String name, String content, Cut cut) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, content);
        try (Stream<Observation> read = documents(cut).read(file, name)) {
            return read.toList();
        }
    }
}
