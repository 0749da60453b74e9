package io.engram.grid;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Carries TCP connections from one node to one port of another, until it is cut: then it drops them and takes none.
final class CuttableLink implements AutoCloseable {
    private final ServerSocket door;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    CuttableLink(int target) {
        this.target = target;
        try {
            door = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    void cut(boolean now) {
        cut = now;
        if (now) open.forEach(CuttableLink::end);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket from = door.accept();
                open.add(from);
                if (cut) end(from);
                else Thread.ofVirtual().start(() -> connect(from));
            } catch (IOException e) {
                // The door was closed.
                return;
            }
        }
    }

    private void connect(Socket from) {
        try {
            Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(to);
            if (cut) end(to);
            Thread.ofVirtual().start(() -> copy(from, to));
            copy(to, from);
        } catch (IOException e) {
            end(from);
        }
    }

    private void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Either side went away.
        } finally {
            end(from);
            end(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut(true);
    }
}
