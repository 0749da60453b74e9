package io.engram.grid.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFolderTest {
    private final Locale before = Locale.getDefault();
    @TempDir
    Path temp;

    @AfterEach
    void resetLocale() {
        Locale.setDefault(before);
    }

    @Test
    void keeps_the_newest_snapshots_when_the_locale_and_its_digits_change() throws Exception {
        SnapshotFolder snapshots = new SnapshotFolder(temp.resolve("snapshots"));
        assertThat(snapshots.load()).isNull();
        long index = 0;
        for (String locale : List.of("ar-EG", "ar-EG", "en-US", "en-US", "fa-IR", "en-US")) {
            Locale.setDefault(Locale.forLanguageTag(locale));
            index++;
            Path part = Files.writeString(snapshots.path().resolve(index + ".part"), locale);
            snapshots.publish(TermIndex.valueOf(1, index), List.of(part));
            assertThat(snapshots.forgetOld()).as("kept after snapshot %d", index).contains(part);
            SnapshotFolder afterRestart = new SnapshotFolder(temp.resolve("snapshots"));
            assertThat(Objects.requireNonNull(afterRestart.load()).at().getIndex()).isEqualTo(index);
        }
    }
}
