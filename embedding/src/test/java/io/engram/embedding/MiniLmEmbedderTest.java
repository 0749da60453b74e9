package io.engram.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.engram.grid.memory.Embedder;
import io.engram.grid.memory.Embedding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MiniLmEmbedderTest {
    private static final Embedder EMBEDDER = ServiceLoader.load(Embedder.class).findFirst().orElseThrow();

    @AfterAll static void close() {
        EMBEDDER.close();
    }

    @Test void is_found_by_the_service_loader() {
        assertThat(EMBEDDER).isInstanceOf(MiniLmEmbedder.class);
        assertThat(EMBEDDER.dimension()).isEqualTo(384);
    }

    @Test void gives_no_vectors_for_no_texts() {
        assertThat(EMBEDDER.embed(List.of())).isEmpty();
    }

    @Test void gives_384_floats_of_unit_length_for_any_text() {
        for (Embedding vector : EMBEDDER.embed(List.of("a river", "", "日本語 🙂", "x"))) {
            assertThat(vector.dimension()).isEqualTo(384);
            assertThat(vector.firstNotFinite()).isEqualTo(-1);
            assertThat(dot(vector, vector)).isCloseTo(1, within(1e-5));
        }
    }

    @Test void scores_what_means_the_same_higher_than_what_does_not() {
        List<Embedding> v = EMBEDDER.embed(List.of(
                "How do I reset my password?", "I forgot my login and need a new one", "The soup needs more salt",
                "Add some seasoning to the broth"));
        assertThat(dot(v.get(0), v.get(1))).isGreaterThan(dot(v.get(0), v.get(2)) + 0.2);
        assertThat(dot(v.get(2), v.get(3))).isGreaterThan(dot(v.get(1), v.get(3)) + 0.2);
    }

    @Test void gives_a_text_the_same_vector_whatever_it_is_embedded_with() {
        Embedding alone = EMBEDDER.embed(List.of("the same text")).getFirst();
        assertThat(EMBEDDER.embed(List.of("short", "the same text", "a very long sentence ".repeat(40))).get(1)).isEqualTo(alone);
    }

    @Test void gives_the_same_vectors_to_many_threads_at_once() throws InterruptedException, ExecutionException {
        Embedding alone = EMBEDDER.embed(List.of("shared")).getFirst();
        List<Callable<Embedding>> calls = new ArrayList<>();
        for (int i = 0; i < 16; i++) calls.add(() -> EMBEDDER.embed(List.of("shared")).getFirst());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<Embedding> vector : threads.invokeAll(calls)) assertThat(vector.get()).isEqualTo(alone);
        }
    }

    @Test void does_not_look_past_256_word_pieces() {
        String full = "memory ".repeat(254);
        List<Embedding> v = EMBEDDER.embed(List.of(full, full + "volcano eruption", "memory ".repeat(200) + "volcano eruption"));
        assertThat(v.get(1)).isEqualTo(v.get(0));
        assertThat(v.get(2)).isNotEqualTo(v.get(0));
    }

    @EnabledOnOs(OS.LINUX)
    @Test void leaves_no_unpacked_library_behind_that_a_killed_process_could_not_remove() throws IOException {
        assertThat(EMBEDDER.embed(List.of("x"))).hasSize(1);
        assertThat(UnpackedLibraries.folders()).isNotEmpty().allSatisfy(folder -> assertThat(folder).doesNotExist());
    }

    @Test void refuses_work_once_closed() {
        MiniLmEmbedder closed = new MiniLmEmbedder();
        closed.close();
        assertThat(closed.embed(List.of())).isEmpty();
        assertThatIllegalStateException().isThrownBy(() -> closed.embed(List.of("x")));
    }

    private static double dot(Embedding a, Embedding b) {
        double sum = 0;
        for (int i = 0; i < a.dimension(); i++) sum += (double) a.at(i) * b.at(i);
        return sum;
    }
}
