package io.engram.grid.memory.segment;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.wire.Record;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Records as bytes.
final class Records {
    private Records() {}

    static byte[] write(SpaceId space, Observation observation, long version) {
        return Record.newBuilder()
                .setSpace(space.value())
                .setVersion(version)
                .setObservation(WireFormat.of(observation))
                .build()
                .toByteArray();
    }

    static SegmentStore.Recorded parse(byte[] bytes) {
        try {
            Record record = Record.parseFrom(bytes);
            return new SegmentStore.Recorded(WireFormat.from(record.getObservation()), record.getVersion(),
                    new SpaceId(record.getSpace()), bytes, RecordFormat.crc(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a record: " + e.getMessage(), e);
        }
    }

    /// The vector alone, without building the rest.
    static void vector(byte[] bytes, float[] into) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            enter(in, Record.OBSERVATION_FIELD_NUMBER);
            int length = enter(in, io.engram.grid.wire.Observation.VECTOR_FIELD_NUMBER);
            if (length != into.length * Float.BYTES)
                throw new IllegalStateException("record has a vector of " + length + " bytes, its space has " + into.length + " dimensions");
            ByteBuffer.wrap(bytes, in.getTotalBytesRead(), length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(into);
        } catch (IOException e) {
            throw new UncheckedIOException("a record that passed its checksum cannot be read", e);
        }
    }

    private static int enter(CodedInputStream in, int field) throws IOException {
        int wanted = field << 3 | com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED;
        for (int tag = in.readTag(); tag != wanted; tag = in.readTag())
            if (tag == 0 || !in.skipField(tag)) throw new IllegalStateException("record has no field " + field);
        return in.readRawVarint32();
    }
}
