package io.engram.node.edge.grpc;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Hashes requests, so that the same request can be told from another one under the same name.
final class Fingerprint {
    private Fingerprint() {}

    /// The same for equal messages on every node, whatever the order in which their maps were filled.
    static long of(Message request) {
        byte[] bytes = new byte[request.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            request.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Hasher hasher = Hashing.murmur3_128().newHasher();
        hasher.putString(request.getDescriptorForType().getFullName(), StandardCharsets.UTF_8).putByte((byte) 0).putBytes(bytes);
        return hasher.hash().asLong();
    }
}
