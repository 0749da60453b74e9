package io.engram.node.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The settings as texts, merged from their sources, and the faults found while they are read: command line, then
/// environment, then file, then default. A setting that does not parse yields its default, so that reading goes on and
/// finds the other faults.
final class Settings {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private record Setting(String value, String source) {}

    private final Map<Key, Setting> settings = new EnumMap<>(Key.class);
    private final List<String> faults = new ArrayList<>();

    static Settings merge(List<String> arguments, Map<String, String> environment) {
        Settings merged = new Settings();
        Map<Key, String> commandLine = new EnumMap<>(Key.class);
        Optional<String> file = merged.readArguments(arguments, commandLine)
                .or(() -> Optional.ofNullable(environment.get("ENGRAM_CONFIG")).filter(f -> !f.isBlank()));
        file.ifPresent(name -> merged.readFile(Path.of(name)));
        for (Key key : Key.values()) {
            String value = environment.get(key.environmentName());
            if (value != null) merged.settings.put(key, new Setting(value.strip(), key.environmentName()));
        }
        commandLine.forEach((key, value) -> merged.settings.put(key, new Setting(value, "--" + key.text())));
        return merged;
    }

    /// @return the file named with `--config`
    private Optional<String> readArguments(List<String> arguments, Map<Key, String> into) {
        Optional<String> file = Optional.empty();
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
            String argument = rest.next();
            if (!argument.startsWith("--")) {
                faults.add("argument '" + argument + "' must have the form --key=value or --key value");
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument.substring(2) : argument.substring(2, equals);
            Optional<Key> key = Key.of(name);
            if (key.isEmpty() && !name.equals("config")) {
                faults.add(unknown(name, "the command line"));
            } else if (equals < 0 && !rest.hasNext() && !name.equals(Key.DEV.text())) {
                faults.add(name + " must be given a value");
            } else {
                // The one switch that may stand alone.
                boolean alone = equals < 0 && name.equals(Key.DEV.text());
                String value = alone ? "true" : equals < 0 ? rest.next() : argument.substring(equals + 1);
                if (name.equals("config")) file = Optional.of(value);
                key.ifPresent(k -> into.put(k, value.strip()));
            }
        }
        return file;
    }

    private void readFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            faults.add("--config " + file + " cannot be read: " + e);
        }
        for (String name : properties.stringPropertyNames()) {
            Optional<Key> key = Key.of(name);
            key.ifPresent(k -> settings.put(k, new Setting(properties.getProperty(name).strip(), file + ": " + name)));
            if (key.isEmpty()) faults.add(unknown(name, file.toString()));
        }
    }

    private static String unknown(String name, String where) {
        return name + " in " + where + " is not a setting (--help lists them)";
    }

    String text(Key key) {
        Setting setting = settings.get(key);
        return setting == null ? key.byDefault() : setting.value();
    }

    boolean isEmpty(Key key) {
        return text(key).isEmpty();
    }

    /// The key's value, or that of its default where the value is at fault.
    <T> T read(Key key, Function<String, T> parse) {
        try {
            return parse.apply(text(key));
        } catch (IllegalArgumentException e) {
            fault(key, String.valueOf(e.getMessage()));
            return parse.apply(key.byDefault());
        }
    }

    int whole(Key key, int min, int max) {
        return (int) whole(key, (long) min, (long) max);
    }

    long whole(Key key, long min, long max) {
        return read(key, text -> parseWhole(text, min, max));
    }

    static long parseWhole(String text, long min, long max) {
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) return value;
        } catch (NumberFormatException e) {
            // Falls through to the one message for both faults.
        }
        throw new IllegalArgumentException("must be a whole number " + min + ".." + max + ", was '" + text + "'");
    }

    boolean flag(Key key) {
        return read(key, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false, was '" + text + "'");
        });
    }

    Bytes bytes(Key key, Bytes min, Bytes max) {
        return read(key, text -> {
            Bytes value = Bytes.parse(text);
            if (value.count() < min.count() || value.count() > max.count())
                throw new IllegalArgumentException("must be " + min + ".." + max + ", was " + value);
            return value;
        });
    }

    Duration duration(Key key, Duration min, Duration max) {
        return read(key, text -> {
            Matcher matcher = DURATION.matcher(text);
            if (!matcher.matches())
                throw new IllegalArgumentException("must be a whole number with ms, s, m or h, was '" + text + "'");
            long number = Long.parseLong(matcher.group(1));
            Duration value = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
            if (value.compareTo(min) < 0 || value.compareTo(max) > 0)
                throw new IllegalArgumentException("must be " + min + ".." + max + ", was '" + text + "'");
            return value;
        });
    }

    void fault(Key key, String rule) {
        Setting setting = settings.get(key);
        faults.add(key.text() + " " + rule + (setting == null ? "" : " (from " + setting.source() + ")"));
    }

    List<String> faults() {
        return faults;
    }

    /// `key=value` for each setting, secrets masked, ready for the log.
    String masked() {
        List<String> shown = new ArrayList<>();
        for (Key key : Key.values()) {
            String value = text(key);
            shown.add(key.text() + "=" + (key.isSecret() && !value.isEmpty() ? "****" : value));
        }
        return String.join(" ", shown);
    }
}
