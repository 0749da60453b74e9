package io.engram.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A TCP connection's way to a node on loopback. When it is cut, connections are accepted and stay open, and whatever is sent vanishes: as with
/// a node that is paused, or a network that drops packets. What was swallowed never arrives; a mended cable serves new connections.
final class Cable implements AutoCloseable {
    private final ServerSocket listening;
    private final int to;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    private Cable(ServerSocket listening, int to) {
        this.listening = listening;
        this.to = to;
    }

    /// @param endpoint host:port of a node on loopback
    static Cable to(String endpoint) {
        try {
            Cable cable = new Cable(
                    new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), Integer.parseInt(endpoint.substring(endpoint.indexOf(':') + 1)));
            cable.run("accept", cable::accept);
            return cable;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String endpoint() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    void cut() {
        cut = true;
    }

    void mend() {
        cut = false;
    }

    private void accept() throws IOException {
        while (true) {
            Socket near = listening.accept();
            open.add(near);
            if (cut) {
                run("swallow", () -> copy(near, null));
                continue;
            }
            Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
            open.add(far);
            run("out", () -> copy(near, far));
            run("back", () -> copy(far, near));
        }
    }

    private void copy(Socket from, @Nullable Socket into) throws IOException {
        byte[] bytes = new byte[8192];
        // A connection that has lost bytes stays dead.
        boolean lost = into == null;
        try (from) {
            InputStream in = from.getInputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                lost |= cut;
                if (lost || into == null) continue;
                OutputStream out = into.getOutputStream();
                out.write(bytes, 0, count);
                out.flush();
            }
            if (into != null && !lost && !cut) into.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void run(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException ended) {
                // By one of its ends, or by closing the cable.
            }
        }, "cable-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : open) socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
