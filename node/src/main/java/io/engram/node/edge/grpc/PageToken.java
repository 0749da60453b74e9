package io.engram.node.edge.grpc;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32C;

/// Where the next page starts, for clients to hand back unread: version, query, key, checksum. It holds only for the query it came from.
final class PageToken {
    private static final byte VERSION = 1;
    private static final int MAX_CHARS = 1024;

    private PageToken() {}

    /// @param query [Fingerprint] of the request without what may change from page to page
    static String write(long query, String key) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocate(1 + Long.BYTES + text.length + Integer.BYTES);
        buffer.put(VERSION).putLong(query).put(text).putInt(checksum(buffer.array(), buffer.position()));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
    }

    /// @return the key
    static String read(String field, String token, long query) {
        if (token.length() > MAX_CHARS) throw damaged(field);
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(token);
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            byte version = buffer.get();
            long of = buffer.getLong();
            byte[] text = new byte[buffer.remaining() - Integer.BYTES];
            buffer.get(text);
            if (version != VERSION || buffer.getInt() != checksum(bytes, bytes.length - Integer.BYTES)) throw damaged(field);
            if (of != query) throw new InvalidFieldException(field, "must be used with the query that it came from");
            return new String(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException | BufferUnderflowException | NegativeArraySizeException e) {
            throw damaged(field);
        }
    }

    private static InvalidFieldException damaged(String field) {
        return new InvalidFieldException(field, "must be a page token as it was received");
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
