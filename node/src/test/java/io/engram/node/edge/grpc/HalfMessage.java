package io.engram.node.edge.grpc;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A client that begins a message and never ends it, which no gRPC library would do: one call, written as HTTP/2 frames by hand.
final class HalfMessage implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Socket socket;
    private final DataOutputStream out;

    HalfMessage(int port, String path) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        out = new DataOutputStream(socket.getOutputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
        var headers = new ByteArrayOutputStream();
        for (String header : new String[] {
            ":method POST", ":scheme http", ":path " + path, ":authority localhost", "content-type application/grpc", "te trailers"}) {
            int space = header.indexOf(' ');
            headers.write(0); // a literal that is not indexed
            literal(headers, header.substring(0, space));
            literal(headers, header.substring(space + 1));
        }
        frame(HEADERS, END_HEADERS, 1, headers.toByteArray());
    }

    void whole(byte[] message) throws IOException {
        part(message.length, message);
    }

    /// @param length that the message claims to have
    void part(int length, byte[] bytes) throws IOException {
        var data = new ByteArrayOutputStream();
        new DataOutputStream(data).writeByte(0);
        new DataOutputStream(data).writeInt(length);
        data.write(bytes);
        frame(DATA, 0, 1, data.toByteArray());
    }

    /// Returns when the server has ended the call.
    ///
    /// @throws IOException it has not, within the limit, or has hung up
    void awaitEnd(int limitMillis) throws IOException {
        socket.setSoTimeout(limitMillis);
        var in = new DataInputStream(socket.getInputStream());
        while (true) {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            in.readNBytes(length);
            if (stream == 1 && (type == RST_STREAM || (type == HEADERS && (flags & END_STREAM) != 0))) return;
        }
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    private static void literal(ByteArrayOutputStream headers, String text) {
        headers.write(text.length()); // none is as long as 127
        headers.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
