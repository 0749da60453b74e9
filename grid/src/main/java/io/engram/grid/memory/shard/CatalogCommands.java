package io.engram.grid.memory.shard;

import io.engram.grid.Reason;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.shard.ShardReading.Cataloged;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.CreateSpace;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.SpaceStepDone;
import io.engram.grid.wire.UpdateSpace;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The catalog of spaces; shard 0 only.
final class CatalogCommands {
    /// Outcomes of commands to the catalog are kept apart from those of any space.
    private static final SpaceId CATALOG = new SpaceId(0);

    private CatalogCommands() {}

    static Outcome create(Draft draft, Command command, int maxSpaces) throws IOException {
        CreateSpace create = command.getCreateSpace();
        Outcome outcome = Once.apply(
                draft, command, CATALOG, create.getSpace().getName(), () -> create(draft, create, maxSpaces));
        return asOfNow(draft, outcome);
    }

    private static Outcome create(Draft draft, CreateSpace create, int maxSpaces) {
        Space space;
        try {
            space = WireFormat.from(create.getSpace().toBuilder().setId(draft.position()).setRevision(1).build());
        } catch (IllegalArgumentException e) {
            return Answers.refused(Reason.INVALID_ARGUMENT, "space." + e.getMessage());
        }
        Cataloged taken = draft.catalog().get(space.name());
        if (taken != null)
            return Answers.refused(
                    Reason.SPACE_EXISTS,
                    taken.dropping() ? "the name is taken until the space of that name is deleted" : "the name is taken");
        if (draft.catalog().size() >= maxSpaces)
            return Answers.refused(Reason.TOO_MANY_SPACES, "there are " + maxSpaces + " spaces");
        return store(draft, new Cataloged(space, false, false));
    }

    static Outcome update(Draft draft, Command command) throws IOException {
        UpdateSpace update = command.getUpdateSpace();
        Outcome outcome = Once.apply(draft, command, CATALOG, update.getName(), () -> update(draft, update));
        return asOfNow(draft, outcome);
    }

    private static Outcome update(Draft draft, UpdateSpace update) {
        Cataloged entry = entry(draft, update.getName());
        if (entry == null || !entry.visible()) return notFound(update.getName());
        Space space = entry.space();
        if (update.getExpectedRevision() != 0 && update.getExpectedRevision() != space.revision())
            return Answers.refused(
                    Reason.REVISION_CONFLICT,
                    "expected revision " + update.getExpectedRevision() + ", but it is " + space.revision(), space.revision());
        SpaceLimits limits = new SpaceLimits(
                update.hasSessionIdleMs() ? Duration.ofMillis(update.getSessionIdleMs()) : space.limits().sessionIdle(),
                update.hasMaxMemories() ? update.getMaxMemories() : space.limits().maxMemories(),
                update.hasMaxSessions() ? update.getMaxSessions() : space.limits().maxSessions());
        try {
            return store(draft, new Cataloged(WireFormat.from(WireFormat.of(revised(space, limits))), false, false));
        } catch (IllegalArgumentException e) {
            return Answers.refused(Reason.INVALID_ARGUMENT, "limits." + e.getMessage());
        }
    }

    static Outcome delete(Draft draft, Command command) throws IOException {
        String name = command.getDeleteSpace().getName();
        return asOfNow(draft, Once.apply(draft, command, CATALOG, name, () -> delete(draft, name)));
    }

    private static Outcome delete(Draft draft, String name) {
        Cataloged entry = entry(draft, name);
        if (entry == null) return notFound(name);
        // Whoever asks while it is under way waits for the same end.
        if (entry.dropping()) return Answers.changed(entry);
        return store(draft, new Cataloged(revised(entry.space(), entry.space().limits()), false, true));
    }

    static Outcome stepDone(Draft draft, SpaceStepDone done) {
        for (Cataloged entry : draft.catalog().values()) {
            Space space = entry.space();
            if (space.id().value() != done.getSpace() || space.revision() != done.getRevision()) continue;
            if (entry.dropping()) draft.uncatalog(space.name());
            else draft.catalog(new Cataloged(space, true, false));
            break;
        }
        return Answers.done();
    }

    private static Outcome store(Draft draft, Cataloged entry) {
        draft.catalog(entry);
        return Answers.changed(entry);
    }

    private static @Nullable Cataloged entry(Draft draft, String name) {
        try {
            return draft.catalog().get(new SpaceName(name));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Space revised(Space space, SpaceLimits limits) {
        return new Space(
                space.id(), space.name(), space.dimension(), space.similarity(), space.shards(), limits, space.createdAt(),
                space.revision() + 1);
    }

    private static Outcome notFound(String name) {
        return Answers.refused(Reason.SPACE_NOT_FOUND, "there is no space '" + name + "'");
    }

    /// The outcome with `settled` as it is now: one that is asked for again waits only for what is still under way. A space that
    /// is gone has nothing under way.
    private static Outcome asOfNow(Draft draft, Outcome outcome) {
        if (!outcome.hasSpace()) return outcome;
        boolean settled = draft.catalog().values().stream()
                .filter(entry -> entry.space().id().value() == outcome.getSpace().getSpace().getId())
                .allMatch(Cataloged::settled);
        return outcome.toBuilder().setSpace(outcome.getSpace().toBuilder().setSettled(settled)).build();
    }
}
