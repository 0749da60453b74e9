package io.engram.jepsen.run;

import io.engram.jepsen.nemesis.Aim;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.nemesis.Planned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Has faults carried out by a command: `HOOK inject|heal KIND NODE...`. It exits with 0 once the effect was seen, and prints what it saw;
/// anything else is a fault that did not bite. Healing what is not broken has to succeed.
///
/// The fault's settings stand in the environment: `FAULT_SHAPE`, `FAULT_PLANE`, ..., as in a schedule's file.
final class HookNemesis implements Nemesis {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int SEEN_BYTES = 2_000;

    private record Broken(Planned planned, List<String> nodes) {}

    private final Path hook;
    private final List<String> nodes;
    private final Aim aim;
    private final Map<Integer, Broken> broken = new LinkedHashMap<>();

    HookNemesis(Path hook, List<String> nodes, Aim aim) {
        this.hook = hook;
        this.nodes = nodes;
        this.aim = aim;
    }

    @Override
    public synchronized Effect inject(Planned planned) throws FaultException {
        List<String> hit = aim.at(planned.target());
        broken.put(planned.id(), new Broken(planned, hit));
        try {
            return new Effect(hit, call("inject", planned, hit), hook.getFileName().toString());
        } catch (FaultException e) {
            heal(planned);
            throw e;
        }
    }

    @Override
    public synchronized Effect heal(Planned planned) throws FaultException {
        Broken what = broken.get(planned.id());
        if (what == null) return new Effect(List.of(), "nothing was broken", "");
        String seen = call("heal", planned, what.nodes());
        broken.remove(planned.id());
        return new Effect(what.nodes(), seen, hook.getFileName().toString());
    }

    @Override
    public synchronized void healAll() throws FaultException {
        FaultException first = null;
        Collection<Broken> left = new ArrayList<>(broken.values());
        for (Broken what : left) {
            try {
                heal(what.planned());
            } catch (FaultException e) {
                if (first == null) first = e;
            }
        }
        if (first != null) throw first;
    }

    @Override
    public void close() {
        try {
            healAll();
        } catch (FaultException e) {
            throw new IllegalStateException("nodes of " + nodes + " stay broken", e);
        }
    }

    private String call(String what, Planned planned, List<String> hit) throws FaultException {
        List<String> command = new ArrayList<>(List.of(hook.toAbsolutePath().toString(), what, FaultText.kind(planned.fault())));
        command.addAll(hit);
        Path said = null;
        try {
            said = Files.createTempFile("engram-hook", ".out");
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
            builder.environment().putAll(FaultText.environment(planned.fault()));
            Process process = builder.start();
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new FaultException(command + " did not end within " + LIMIT);
            }
            byte[] bytes = Files.readAllBytes(said);
            String seen = new String(bytes, 0, Math.min(bytes.length, SEEN_BYTES), StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0) throw new FaultException(command + " ended with " + process.exitValue() + ": " + seen);
            return seen;
        } catch (IOException e) {
            throw new FaultException("could not run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException("interrupted in " + command, e);
        } finally {
            remove(said);
        }
    }

    private static void remove(@Nullable Path file) {
        try {
            if (file != null) Files.deleteIfExists(file);
        } catch (IOException leftBehind) {
            // A small file in the temporary folder.
        }
    }
}
