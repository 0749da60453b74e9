package io.engram.grid.memory.shard;

import com.google.protobuf.ByteString;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.SessionBatch;
import io.engram.grid.wire.SettleSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Commands of every kind for shard 0, sensible and not, as a seed says.
final class RandomCommands {
    static final Space ALONE = Wire.space(101, 1, new SpaceLimits(Duration.ofSeconds(5), 25, 3));
    static final Space SPREAD = Wire.space(102, 3, new SpaceLimits(Duration.ofSeconds(8), 0, 2));

    private final Random random;
    private final List<Command> earlier = new ArrayList<>();
    /// What sessions were told; the newest last.
    private final List<SessionBatch> opened = new ArrayList<>();

    RandomCommands(long seed) {
        random = new Random(seed);
    }

    Duration elapsed() {
        return Duration.ofMillis(random.nextInt(10) == 0 ? random.nextInt(12_000) : random.nextInt(300));
    }

    List<Command> entry() {
        List<Command> commands = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) commands.add(next());
        return commands;
    }

    /// What became of it steers what comes next, as it would with clients.
    void outcome(Command command, Outcome outcome) {
        if (outcome.hasSession() && command.hasOpenSession())
            opened.add(SessionBatch.newBuilder()
                    .setSpace(command.getOpenSession().getSpace())
                    .setSession(command.getOpenSession().getSession())
                    .setIncarnation(outcome.getSession().getIncarnation())
                    .setStream(outcome.getSession().getStream())
                    .setFrom(outcome.getSession().getCoveredThrough())
                    .build());
    }

    private Command next() {
        if (!earlier.isEmpty() && random.nextInt(12) == 0) return earlier.get(random.nextInt(earlier.size()));
        Command command = fresh();
        if (random.nextInt(4) == 0) earlier.add(command);
        return command;
    }

    private Space space() {
        return random.nextBoolean() ? ALONE : SPREAD;
    }

    private String key(Space space) {
        while (true) {
            String key = "key" + random.nextInt(60);
            if (space.shardOf(new MemoryKey(key)).value() == 0 || random.nextInt(50) == 0) return key;
        }
    }

    private String session(Space space) {
        while (true) {
            String session = "s" + random.nextInt(12);
            if (space.homeOf(new SessionId(session)).value() == 0 || random.nextInt(4) == 0) return session;
        }
    }

    private Command fresh() {
        Space space = space();
        return switch (random.nextInt(22)) {
            case 0, 1, 2, 3, 4 -> put(space);
            case 5, 6 -> Wire.forget(space, key(space));
            case 7, 8 -> Wire.openHome(space, session(space), random.nextInt(4) == 0 ? random.nextInt(5) : 0);
            case 9 -> Wire.openGuest(space, session(space), 1 + random.nextInt(400), 1 + random.nextInt(400), random.nextBoolean());
            case 10 -> settle();
            case 11, 12, 13, 14 -> batch();
            case 15 -> Wire.close(space, session(space), random.nextInt(400));
            case 16 -> Wire.create("space-" + (char) ('a' + random.nextInt(8)));
            case 17 -> random.nextBoolean()
                    ? Wire.update("space-" + (char) ('a' + random.nextInt(8)), random.nextInt(3), random.nextInt(50))
                    : Wire.delete("space-" + (char) ('a' + random.nextInt(8)));
            case 18 -> Wire.stepDone(1 + random.nextInt(400), 1 + random.nextInt(2));
            case 19 -> random.nextInt(20) == 0 ? Wire.drop(Wire.space(200 + random.nextInt(5), 1)) : Wire.tick();
            case 20 -> Wire.install(random.nextInt(3) == 0 ? Wire.space(200 + random.nextInt(5), 1) : space);
            default -> random.nextInt(25) == 0
                    ? Wire.install(Wire.revised(space, new SpaceLimits(Duration.ofSeconds(1 + random.nextInt(9)), 20, 2)))
                    : Wire.tick();
        };
    }

    private Command put(Space space) {
        var put = Wire.putOf(space, key(space), "text " + random.nextInt(1000));
        if (random.nextInt(5) == 0) put.setMustNotExist(true);
        if (random.nextInt(8) == 0) put.setExpectedVersion(1 + random.nextInt(400));
        Command.Builder command = Command.newBuilder().setPut(put);
        if (random.nextBoolean())
            command.setIdempotencyKey(ByteString.copyFromUtf8("i" + random.nextInt(30))).setFingerprint(random.nextInt(2));
        if (random.nextInt(10) == 0) command.setNotAfterMs(random.nextInt(100_000));
        return command.build();
    }

    private Command settle() {
        if (opened.isEmpty()) return Wire.tick();
        SessionBatch session = opened.get(opened.size() - 1 - random.nextInt(Math.min(3, opened.size())));
        return Command.newBuilder()
                .setSettleSession(SettleSession.newBuilder()
                        .setSpace(session.getSpace())
                        .setSession(session.getSession())
                        .setIncarnation(session.getIncarnation())
                        .setStream(session.getStream()))
                .build();
    }

    private Command batch() {
        if (opened.isEmpty()) return Wire.tick();
        SessionBatch session = opened.get(opened.size() - 1 - random.nextInt(Math.min(5, opened.size())));
        Space space = session.getSpace() == ALONE.id().value() ? ALONE : SPREAD;
        long from = Math.max(0, session.getFrom() + random.nextInt(5) - 2);
        long through = from + random.nextInt(6);
        SessionBatch.Builder batch = session.toBuilder().setFrom(from).setThrough(through).setAcknowledgedThrough(random.nextInt(3));
        for (long n = from + 1; n <= through; n++) {
            int kind = random.nextInt(4);
            if (kind == 0) batch.addRejections(Wire.rejection(n));
            else if (kind < 3) batch.addItems(Wire.item(n, key(space)));
        }
        return Wire.of(batch);
    }
}
