package io.engram.grid.tier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which addresses of this machine have a listening TCP socket on a port, as Linux tells it.
public final class Listening {
    private static final String STATE_LISTEN = "0A";

    private Listening() {}

    public static List<String> onPort(int port) {
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : lines(Path.of(table))) {
                String[] fields = line.trim().split("\\s+", -1);
                String[] local = fields[1].split(":", -1);
                if (fields[3].equals(STATE_LISTEN) && Integer.parseInt(local[1], 16) == port) addresses.add(address(local[0]));
            }
        }
        return addresses;
    }

    private static List<String> lines(Path table) {
        try {
            List<String> lines = Files.readAllLines(table);
            return lines.subList(1, lines.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// IPv4, also when it is carried in an IPv6 socket; anything else as it is.
    private static String address(String hex) {
        if (hex.length() == 32 && !hex.startsWith("0000000000000000FFFF0000")) return hex;
        String v4 = hex.substring(hex.length() - 8);
        int[] bytes = new int[4];
        for (int i = 0; i < 4; i++) bytes[i] = Integer.parseInt(v4.substring(2 * i, 2 * i + 2), 16);
        return bytes[3] + "." + bytes[2] + "." + bytes[1] + "." + bytes[0];
    }
}
