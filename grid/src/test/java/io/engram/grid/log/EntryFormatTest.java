package io.engram.grid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.wire.Command;
import io.engram.grid.wire.Forget;
import io.engram.grid.wire.LogEntry;
import io.engram.grid.wire.Tick;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryFormatTest {
    private static final Command TICK = Command.newBuilder().setTick(Tick.getDefaultInstance()).build();
    private static final Command FORGET = Command.newBuilder().setForget(Forget.newBuilder().setKey("k").setSpace(7)).build();

    @Test
    void an_entry_is_what_protobuf_would_have_written() throws IOException {
        var entry = new Entry(Duration.ofMillis(1234), List.of(TICK.toByteArray(), FORGET.toByteArray()));
        var bytes = EntryFormat.encode(entry);
        assertThat(LogEntry.parseFrom(bytes))
                .isEqualTo(LogEntry.newBuilder().setElapsedMs(1234).addCommands(TICK).addCommands(FORGET).build());
        var back = EntryFormat.decode(ByteBuffer.wrap(bytes));
        assertThat(back.elapsed()).isEqualTo(Duration.ofMillis(1234));
        assertThat(back.commands()).containsExactly(TICK.toByteArray(), FORGET.toByteArray());
    }

    @Test
    void bytes_that_are_no_entry_are_refused() {
        assertThatThrownBy(() -> EntryFormat.decode(ByteBuffer.wrap(new byte[] {0x12, 0x7f, 1}))).isInstanceOf(IOException.class);
    }
}
