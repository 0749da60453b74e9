package io.engram.jepsen.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class FirstLineTest {
    @Test
    void of_a_message_with_a_log_at_its_end_is_what_is_said() {
        assertThat(FirstLine.of(new IllegalStateException("\nnode n2 was not ready\nits log\n"))).isEqualTo("node n2 was not ready");
    }

    @Test
    void of_an_exception_that_says_nothing_is_its_name() {
        assertThat(FirstLine.of(new IOException())).isEqualTo("java.io.IOException");
        assertThat(FirstLine.of(new IOException(" \n"))).startsWith("java.io.IOException");
    }
}
