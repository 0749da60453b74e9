package io.engram.jepsen.checker;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.history.Op;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ViolationsTest {
    @Test
    void all_are_counted_and_the_first_of_each_kind_is_shown() {
        var operations = aHistory().did("add", null, 1).from(0).to(1).did("add", null, 2).from(2).to(3).did("read", null).from(4).to(5)
                .build().operations();
        var violations = new Violations();
        for (int i = 0; i < 10; i++) violations.add("lost", "element " + i + " was lost", operations.get(2), operations.get(0));
        violations.add("phantom", "element 99 is a phantom", operations.get(2));

        var finding = violations.finding("set", Map.of());

        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).isEqualTo("element 0 was lost (and 10 more: 10 lost, 1 phantom)");
        assertThat(Figures.whole(finding, "violations", "lost")).isEqualTo(10);
        assertThat(finding.evidence()).extracting(Op::index).containsExactly(0, 1, 4, 5);
    }
}
