package io.engram.jepsen.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/// Finds runs of free ports on loopback, below the range that the system hands out for outgoing connections.
final class Ports {
    /// Ports that a node uses, from its base port on.
    static final int PER_NODE = 10;

    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES = 200;

    private Ports() {}

    /// First of `count` ports that were free a moment ago.
    static int run(int count, RandomGenerator random) {
        for (int i = 0; i < TRIES; i++) {
            int base = random.nextInt(LOWEST, HIGHEST - count) / PER_NODE * PER_NODE;
            if (allFree(base, count)) return base;
        }
        throw new IllegalStateException("no run of " + count + " free ports between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean allFree(int base, int count) {
        for (int port = base; port < base + count; port++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException taken) {
                return false;
            }
        }
        return true;
    }
}
