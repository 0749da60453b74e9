package io.engram.jepsen.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrudgeTest {
    private static final List<String> FIVE = names(5);

    private static List<String> names(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "n" + i).toList();
    }

    private static Set<String> hears(Grudge grudge, List<String> nodes, String node) {
        Set<String> heard = new HashSet<>(nodes);
        heard.removeIf(other -> grudge.isDeaf(node, other));
        return heard;
    }

    @Test
    void halves_put_the_targets_on_one_side() {
        Grudge grudge = Grudge.draw(Fault.Shape.HALVES, FIVE, List.of("n2", "n4"), new SplittableRandom(1));
        assertThat(grudge.deafTo()).isEqualTo(Map.of("n2", Set.of("n1", "n3", "n5"), "n4", Set.of("n1", "n3", "n5"), "n1", Set.of("n2", "n4"),
                "n3", Set.of("n2", "n4"), "n5", Set.of("n2", "n4")));
    }

    @Test
    void halves_of_all_are_drawn() {
        Grudge grudge = Grudge.draw(Fault.Shape.HALVES, FIVE, FIVE, new SplittableRandom(1));
        assertThat(grudge.deafTo()).hasSize(5);
        assertThat(grudge.deafTo().values().stream().filter(deaf -> deaf.size() == 3)).hasSize(2);
        assertThat(grudge.deafTo().values().stream().filter(deaf -> deaf.size() == 2)).hasSize(3);
    }

    @Test
    void isolated_targets_hear_not_even_each_other() {
        Grudge grudge = Grudge.draw(Fault.Shape.ISOLATE, FIVE, List.of("n1", "n2"), new SplittableRandom(1));
        assertThat(hears(grudge, FIVE, "n1")).containsExactly("n1");
        assertThat(hears(grudge, FIVE, "n2")).containsExactly("n2");
        assertThat(hears(grudge, FIVE, "n3")).containsExactlyInAnyOrder("n3", "n4", "n5");
    }

    @Test
    void one_way_targets_hear_nobody_and_are_heard() {
        Grudge grudge = Grudge.draw(Fault.Shape.ONE_WAY, FIVE, List.of("n5"), new SplittableRandom(1));
        assertThat(grudge.deafTo()).isEqualTo(Map.of("n5", Set.of("n1", "n2", "n3", "n4")));
    }

    @Test
    void a_bridge_hears_all_and_the_sides_do_not_hear_each_other() {
        Grudge grudge = Grudge.draw(Fault.Shape.BRIDGE, FIVE, List.of("n3"), new SplittableRandom(1));
        assertThat(hears(grudge, FIVE, "n3")).hasSize(5);
        for (String node : FIVE) {
            if (node.equals("n3")) continue;
            assertThat(hears(grudge, FIVE, node)).hasSize(3).contains("n3");
            assertThat(grudge.isDeaf("n3", node)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 9})
    void on_a_ring_each_hears_a_majority_no_two_the_same(int size) {
        List<String> nodes = names(size);
        Grudge grudge = Grudge.draw(Fault.Shape.MAJORITY_RING, nodes, List.of("n1"), new SplittableRandom(size));
        Set<Set<String>> majorities = new HashSet<>();
        for (String node : nodes) {
            assertThat(hears(grudge, nodes, node)).hasSizeGreaterThan(size / 2).hasSizeLessThan(size + (size == 4 ? 0 : 1));
            majorities.add(hears(grudge, nodes, node));
        }
        assertThat(majorities).hasSize(size);
    }

    @Test
    void three_on_a_ring_make_a_chain() {
        Grudge grudge = Grudge.draw(Fault.Shape.MAJORITY_RING, names(3), List.of("n1"), new SplittableRandom(1));
        assertThat(grudge.deafTo()).hasSize(2);
        assertThat(grudge.deafTo().values()).allSatisfy(deaf -> assertThat(deaf).hasSize(1));
    }

    @ParameterizedTest
    @EnumSource(Fault.Shape.class)
    void every_shape_cuts_something_and_nobody_from_itself(Fault.Shape shape) {
        SplittableRandom random = new SplittableRandom(7);
        for (int size = 3; size <= 5; size++)
            for (int i = 0; i < 50; i++) {
                List<String> nodes = names(size);
                Grudge grudge = Grudge.draw(shape, nodes, nodes.subList(0, random.nextInt(1, size + 1)), random);
                assertThat(grudge.deafTo()).isNotEmpty();
                grudge.deafTo().forEach((node, deaf) -> assertThat(nodes).contains(node).containsAll(deaf).satisfies(n -> assertThat(deaf).doesNotContain(node)));
            }
    }

    @Test
    void the_same_seed_draws_the_same_partition() {
        for (Fault.Shape shape : Fault.Shape.values())
            assertThat(Grudge.draw(shape, FIVE, FIVE, new SplittableRandom(3))).isEqualTo(Grudge.draw(shape, FIVE, FIVE, new SplittableRandom(3)));
    }

    @Test
    void one_node_alone_cannot_be_cut() {
        assertThatThrownBy(() -> Grudge.draw(Fault.Shape.HALVES, names(1), names(1), new SplittableRandom(1))).hasMessageContaining("two nodes");
    }

    @Test
    void says_who_is_deaf_to_whom() {
        assertThat(Grudge.oneWay(names(3), List.of("n2"))).hasToString("n2 deaf to n1 n3");
    }
}
