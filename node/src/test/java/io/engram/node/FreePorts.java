package io.engram.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports of the loopback address that nobody has. Below the range that outgoing connections take theirs from, so that none of them has taken
/// one when it is used, or used again after a restart.
public final class FreePorts {
    private static final int FIRST = 10_000;
    private static final int COUNT = 10_000;
    /// Another process begins elsewhere.
    private static final AtomicInteger NEXT = new AtomicInteger((int) (ProcessHandle.current().pid() % 400) * 25);

    private FreePorts() {}

    /// The first of so many, which are not given out again for long.
    public static int inARow(int count) throws IOException {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int first = FIRST + Math.floorMod(NEXT.getAndAdd(count), COUNT);
            if (areFree(first, count)) return first;
        }
        throw new IOException("no " + count + " free ports in a row from " + FIRST);
    }

    private static boolean areFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (!socket.isBound()) return false;
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
