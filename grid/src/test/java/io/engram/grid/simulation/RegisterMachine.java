package io.engram.grid.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.Reason;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Entry;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.Recorded;
import io.engram.grid.wire.Refused;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/// The least machine that the register workload can run on: puts with conditions, and what came of those that came before.
final class RegisterMachine implements SimMachine {
    private final SimTime time;
    private final Variation variation;
    private final TreeMap<Long, List<CompletableFuture<Void>>> waiting = new TreeMap<>();
    private TreeMap<String, Held> registers = new TreeMap<>();
    private TreeMap<String, byte[]> outcomes = new TreeMap<>();
    private long position;
    private long applied = -1;

    RegisterMachine(SimTime time, Variation variation) {
        this.time = time;
        this.variation = variation;
    }

    @Override
    public List<byte[]> apply(long logIndex, Entry entry) throws IOException {
        List<byte[]> results = new ArrayList<>();
        for (byte[] command : entry.commands()) results.add(apply(command));
        applied = logIndex;
        while (!waiting.isEmpty() && waiting.firstKey() <= position)
            waiting.pollFirstEntry().getValue().forEach(one -> one.complete(null));
        return results;
    }

    private byte[] apply(byte[] bytes) throws InvalidProtocolBufferException {
        Command command = Command.parseFrom(bytes);
        String request = command.getIdempotencyKey().toStringUtf8();
        byte[] known = outcomes.get(request);
        if (known != null && variation != Variation.DEDUPE_DROPPED) return known;
        position++;
        String key = command.getPut().getObservation().getKey();
        Held held = registers.getOrDefault(key, new Held(0, ""));
        long expected = command.getPut().getExpectedVersion();
        boolean conflict = command.getPut().getMustNotExist() ? held.version() != 0 : expected != 0 && expected != held.version();
        Outcome.Builder outcome = Outcome.newBuilder().setIndex(position);
        if (conflict) {
            outcome.setRefused(Refused.newBuilder().setReason(Reason.VERSION_CONFLICT.name()).setCurrentVersion(held.version()));
        } else {
            registers.put(key, new Held(position, command.getPut().getObservation().getText()));
            outcome.setRecorded(Recorded.newBuilder().setVersion(position).setReplacedVersion(held.version()));
        }
        byte[] made = outcome.build().toByteArray();
        outcomes.put(request, made);
        return made;
    }

    @Override
    public void skip(long logIndex) {
        applied = logIndex;
    }

    @Override
    public long applied() {
        return applied;
    }

    @Override
    public Optional<Held> get(String key) {
        return Optional.ofNullable(registers.get(key));
    }

    @Override
    public long digest() {
        return 31L * registers.hashCode() + position;
    }

    @Override
    public List<Path> snapshot(Path folder) throws IOException {
        Path file = folder.resolve("table");
        try (DataOutputStream out = new DataOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeLong(applied);
            out.writeLong(position);
            out.writeInt(registers.size());
            for (Map.Entry<String, Held> one : registers.entrySet()) {
                out.writeUTF(one.getKey());
                out.writeLong(one.getValue().version());
                out.writeUTF(one.getValue().text());
            }
            out.writeInt(outcomes.size());
            for (Map.Entry<String, byte[]> one : outcomes.entrySet()) {
                out.writeUTF(one.getKey());
                out.writeInt(one.getValue().length);
                out.write(one.getValue());
            }
        }
        return List.of(file);
    }

    @Override
    public void retain(List<Path> kept) {}

    @Override
    public void restore(Path folder, List<Path> files) throws IOException {
        TreeMap<String, Held> newRegisters = new TreeMap<>();
        TreeMap<String, byte[]> newOutcomes = new TreeMap<>();
        try (DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(Files.newInputStream(files.getFirst())))) {
            applied = in.readLong();
            position = in.readLong();
            for (int left = in.readInt(); left > 0; left--) newRegisters.put(in.readUTF(), new Held(in.readLong(), in.readUTF()));
            for (int left = in.readInt(); left > 0; left--) newOutcomes.put(in.readUTF(), in.readNBytes(in.readInt()));
        }
        registers = newRegisters;
        outcomes = newOutcomes;
    }

    @Override
    public long published() {
        return position;
    }

    @Override
    public CompletableFuture<Void> whenPublished(long index, Deadline deadline) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        if (position >= index) {
            result.complete(null);
            return result;
        }
        waiting.computeIfAbsent(index, i -> new ArrayList<>()).add(result);
        Duration left = deadline.left(time);
        var limit = time.after(left, () -> result.completeExceptionally(new TimeoutException("not published in time")));
        var _ = result.whenComplete((done, failure) -> limit.cancel());
        return result;
    }
}
