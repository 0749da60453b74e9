package io.engram.grid;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports of the loopback address that nobody has. Below the range that outgoing connections, and sockets of any port, take theirs from, so
/// that none of them has taken one when it is used, or used again after a restart.
public final class FreePorts {
    private static final int FIRST = 20_000;
    private static final int COUNT = 10_000;
    /// Another process begins elsewhere.
    private static final AtomicInteger NEXT = new AtomicInteger((int) (ProcessHandle.current().pid() % 400) * 25);

    private FreePorts() {}

    /// No two the same, and none that is given out again for long.
    public static int[] pick(int count) {
        int[] ports = new int[count];
        int found = 0;
        for (int looks = 0; looks < COUNT && found < count; looks++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (isFree(port)) ports[found++] = port;
        }
        if (found < count) throw new IllegalStateException("no " + count + " free ports among " + COUNT + " from " + FIRST);
        return ports;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
