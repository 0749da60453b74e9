package io.engram.jepsen.run;

import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Fields;
import io.engram.jepsen.history.Value.Items;
import io.engram.jepsen.history.Value.Text;
import io.engram.jepsen.history.format.JsonValues;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/// Faults and targets as values, for schedules and histories, there and back.
///
/// A fault is `{kind: partition, shape: halves, plane: all}`; a target is a word, or a list of nodes.
final class FaultText {
    private FaultText() {}

    /// As `--nemesis` names it.
    static String kind(Fault fault) {
        return switch (fault) {
            case Fault.Partition f -> "partition";
            case Fault.Kill f -> "kill";
            case Fault.Pause f -> "pause";
            case Fault.Clock f -> "clock";
            case Fault.Packets f -> "packets";
            case Fault.DiskFull f -> "disk-full";
            case Fault.SlowDisk f -> "slow-disk";
            case Fault.LostWrites f -> "lost-writes";
            case Fault.Damage f -> "damage";
            case Fault.MemoryPressure f -> "memory";
            case Fault.Starvation f -> "starvation";
            case Fault.RollingRestart f -> "rolling-restart";
            case Fault.Replace f -> "replace";
        };
    }

    static Value write(Fault fault) {
        Map<String, Value> entries = new LinkedHashMap<>();
        entries.put("kind", Value.of(kind(fault)));
        switch (fault) {
            case Fault.Partition(var shape, var plane) -> {
                entries.put("shape", word(shape));
                entries.put("plane", word(plane));
            }
            case Fault.Clock(var motion, var by, double rate) -> {
                entries.put("motion", word(motion));
                entries.put("byMillis", Value.of(by.toMillis()));
                entries.put("rate", new Value.Real(rate));
            }
            case Fault.Packets(var delay, var jitter, double loss, double reorder) -> {
                entries.put("delayMillis", Value.of(delay.toMillis()));
                entries.put("jitterMillis", Value.of(jitter.toMillis()));
                entries.put("loss", new Value.Real(loss));
                entries.put("reorder", new Value.Real(reorder));
            }
            case Fault.SlowDisk(long bytesPerSecond) -> entries.put("bytesPerSecond", Value.of(bytesPerSecond));
            case Fault.Damage(var part, var harm) -> {
                entries.put("part", word(part));
                entries.put("harm", word(harm));
            }
            case Fault.MemoryPressure(boolean kill) -> entries.put("kill", Value.of(kill));
            case Fault.Starvation(double cpus) -> entries.put("cpus", new Value.Real(cpus));
            case Fault.Kill f -> {}
            case Fault.Pause f -> {}
            case Fault.DiskFull f -> {}
            case Fault.LostWrites f -> {}
            case Fault.RollingRestart f -> {}
            case Fault.Replace f -> {}
        }
        return new Fields(entries);
    }

    /// The fault's settings for a command: `FAULT_SHAPE=halves`.
    static Map<String, String> environment(Fault fault) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (write(fault) instanceof Fields(var entries))
            entries.forEach((name, value) -> settings.put(
                    "FAULT_" + name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT), JsonValues.write(value).asText()));
        return settings;
    }

    /// @throws IllegalArgumentException with the field and its rule
    static Fault fault(Value value) {
        Read from = new Read(value);
        String kind = from.text("kind");
        return switch (kind) {
            case "partition" -> new Fault.Partition(from.word("shape", Fault.Shape.class), from.word("plane", Fault.Plane.class));
            case "kill" -> new Fault.Kill();
            case "pause" -> new Fault.Pause();
            case "clock" -> new Fault.Clock(from.word("motion", Fault.Motion.class), from.millis("byMillis"), from.real("rate"));
            case "packets" -> new Fault.Packets(from.millis("delayMillis"), from.millis("jitterMillis"), from.real("loss"), from.real("reorder"));
            case "disk-full" -> new Fault.DiskFull();
            case "slow-disk" -> new Fault.SlowDisk(from.whole("bytesPerSecond"));
            case "lost-writes" -> new Fault.LostWrites();
            case "damage" -> new Fault.Damage(from.word("part", Fault.Part.class), from.word("harm", Fault.Harm.class));
            case "memory" -> new Fault.MemoryPressure(from.flag("kill"));
            case "starvation" -> new Fault.Starvation(from.real("cpus"));
            case "rolling-restart" -> new Fault.RollingRestart();
            case "replace" -> new Fault.Replace();
            default -> throw new IllegalArgumentException("fault.kind: no fault '" + kind + "'");
        };
    }

    static Value write(Target target) {
        return switch (target) {
            case Target.One t -> Value.of("one");
            case Target.Minority t -> Value.of("minority");
            case Target.Majority t -> Value.of("majority");
            case Target.Leader t -> Value.of("leader");
            case Target.Leaders t -> Value.of("leaders");
            case Target.All t -> Value.of("all");
            case Target.Named(var nodes) -> new Items(new TreeSet<>(nodes).stream().<Value>map(Value::of).toList());
        };
    }

    static Target target(Value value) {
        return switch (value) {
            case Text(String word) ->
                switch (word) {
                    case "one" -> new Target.One();
                    case "minority" -> new Target.Minority();
                    case "majority" -> new Target.Majority();
                    case "leader" -> new Target.Leader();
                    case "leaders" -> new Target.Leaders();
                    case "all" -> new Target.All();
                    default -> throw new IllegalArgumentException("target: no target '" + word + "'");
                };
            case Items(List<Value> nodes) -> new Target.Named(nodes.stream().map(FaultText::name).collect(java.util.stream.Collectors.toSet()));
            default -> throw new IllegalArgumentException("target must be a word or a list of nodes, was " + value);
        };
    }

    private static String name(Value value) {
        if (value instanceof Text(String name)) return name;
        throw new IllegalArgumentException("target: a node must be a name, was " + value);
    }

    private static Value word(Enum<?> constant) {
        return Value.of(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /// A table with what is expected of its fields.
    record Read(Map<String, Value> entries) {
        Read(Value value) {
            if (!(value instanceof Fields(var entries))) throw new IllegalArgumentException("must be an object, was " + value);
            this(entries);
        }

        Value at(String field) {
            Value value = entries.get(field);
            if (value == null) throw new IllegalArgumentException(field + ": is missing");
            return value;
        }

        String text(String field) {
            if (at(field) instanceof Text(String text)) return text;
            throw new IllegalArgumentException(field + ": must be a string, was " + at(field));
        }

        long whole(String field) {
            if (at(field) instanceof Value.Whole(long whole)) return whole;
            throw new IllegalArgumentException(field + ": must be a whole number, was " + at(field));
        }

        double real(String field) {
            if (at(field) instanceof Value.Real(double real)) return real;
            return whole(field);
        }

        boolean flag(String field) {
            if (at(field) instanceof Value.Bool(boolean flag)) return flag;
            throw new IllegalArgumentException(field + ": must be true or false, was " + at(field));
        }

        Duration millis(String field) {
            return Duration.ofMillis(whole(field));
        }

        List<Value> items(String field) {
            if (at(field) instanceof Items(var items)) return items;
            throw new IllegalArgumentException(field + ": must be a list, was " + at(field));
        }

        <E extends Enum<E>> E word(String field, Class<E> type) {
            String text = text(field);
            for (E constant : type.getEnumConstants()) if (constant.name().replace('_', '-').equalsIgnoreCase(text)) return constant;
            throw new IllegalArgumentException(field + ": no " + type.getSimpleName().toLowerCase(Locale.ROOT) + " '" + text + "'");
        }
    }
}
