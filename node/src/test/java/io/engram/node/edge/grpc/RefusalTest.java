package io.engram.node.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RefusalTest {
    @Test void every_reason_has_the_code_that_was_promised() {
        assertThat(PromisedCodes.OF.keySet())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Reason.values()).map(Reason::name).toList());
        for (Reason reason : Reason.values())
            assertThat(Refusal.code(reason)).as("%s", reason).isEqualTo(PromisedCodes.OF.get(reason.name()));
    }

    @Test void the_page_on_errors_promises_the_same() throws IOException {
        Matcher rows = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| ([A-Z_]+)").matcher(Files.readString(Path.of("../docs/errors.md")));
        Map<String, String> page = new TreeMap<>();
        while (rows.find()) page.put(rows.group(1), rows.group(2));
        Map<String, String> promised = new TreeMap<>();
        PromisedCodes.OF.forEach((reason, code) -> promised.put(reason, code.name()));
        assertThat(page).isEqualTo(promised);
    }
}
