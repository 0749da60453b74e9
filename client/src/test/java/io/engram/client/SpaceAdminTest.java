package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.v1.CreateSpaceRequest;
import io.engram.v1.UpdateSpaceRequest;
import io.grpc.Status;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpaceAdminTest {
    private final FakeCluster cluster = FakeCluster.of(1);
    private final FakeNode node = cluster.node(0);
    private final Engram engram = Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false).connect();
    private final SpaceAdmin spaces = engram.spaces();

    @AfterEach
    void stop() {
        engram.close();
        cluster.close();
    }

    @Test
    void a_space_is_made_shown_and_deleted() {
        Space made = spaces.create(SpaceSettings.named("notes", 384).similarity(Similarity.EUCLIDEAN).limits(SpaceLimits.defaults().maxSessions(7)));
        assertThat(made.dimension()).isEqualTo(384);
        assertThat(spaces.get("notes").value()).isEqualTo(made);
        assertThat(made.similarity()).isEqualTo(Similarity.EUCLIDEAN);
        assertThat(made.limits().maxSessions()).isEqualTo(OptionalInt.of(7));
        assertThat(spaces.delete("notes").index()).isPositive();
        assertThatThrownBy(() -> spaces.get("notes")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void making_one_is_safe_to_repeat() {
        node.next.add(new FakeNode.Misbehaviour.DoThenFail(Status.UNAVAILABLE.asRuntimeException()));
        spaces.create(SpaceSettings.named("notes", 3));
        assertThat(node.asked(CreateSpaceRequest.class)).hasSize(2);
        assertThat(node.asked(CreateSpaceRequest.class).get(1)).isEqualTo(node.asked(CreateSpaceRequest.class).get(0));
        assertThatThrownBy(() -> spaces.create(SpaceSettings.named("notes", 3))).isInstanceOf(AlreadyExistsException.class);
    }

    @Test
    void all_are_listed_over_several_pages() {
        for (int i = 0; i < 230; i++) spaces.create(SpaceSettings.named("s%03d".formatted(i), 3));
        assertThat(spaces.list().map(Space::name)).hasSize(230).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void an_update_sends_only_what_is_to_change_and_the_revision_it_expects() {
        Space made = spaces.create(SpaceSettings.named("notes", 3));
        SpaceLimits change = SpaceLimits.defaults().sessionIdle(Duration.ofMinutes(5)).maxMemories(10);
        Space changed = spaces.update("notes", change, WriteOptions.defaults().when(WriteCondition.version(made.revision())));
        assertThat(changed.revision()).isEqualTo(2);
        assertThat(changed.limits().maxMemories()).isEqualTo(OptionalLong.of(10));
        UpdateSpaceRequest asked = node.asked(UpdateSpaceRequest.class).get(0);
        assertThat(asked.getExpectedRevision()).isEqualTo(1);
        assertThat(asked.getLimits().getMaxSessions()).isZero();
        assertThatThrownBy(() -> spaces.update("notes", change, WriteOptions.defaults().when(WriteCondition.version(1))))
                .isInstanceOfSatisfying(ConflictException.class, conflict -> assertThat(conflict.currentVersion()).hasValue(2));
    }

    @Test
    void conditions_that_make_no_sense_are_refused_here() {
        WriteOptions absent = WriteOptions.defaults().when(WriteCondition.mustNotExist());
        assertThatThrownBy(() -> spaces.delete("notes", absent)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spaces.update("notes", SpaceLimits.defaults(), absent)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spaces.create(SpaceSettings.named("notes", 3), absent)).isInstanceOf(IllegalArgumentException.class);
    }
}
