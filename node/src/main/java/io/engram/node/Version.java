package io.engram.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// What was built, as the build wrote it down.
///
/// @param commit of the sources; "unknown" where there was no repository
record Version(String number, String commit) {
    static Version read() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in != null) properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Version(property(properties, "version"), property(properties, "commit"));
    }

    private static String property(Properties properties, String name) {
        String value = properties.getProperty(name, "");
        // Left as it was where the build did not know it.
        return value.isEmpty() || value.startsWith("$") ? "unknown" : value;
    }

    @Override
    public String toString() {
        return number + "+" + commit;
    }
}
