package io.engram.grid.log;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.engram.grid.wire.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;

/// [Entry] to the bytes of an `engram.grid.v1.LogEntry` and back. Commands are serialized already: they are copied in and out
/// as they stand, since parsing them here would cost more than the append.
final class EntryFormat {
    private EntryFormat() {}

    static byte[] encode(Entry entry) {
        long millis = entry.elapsed().toMillis();
        int size = CodedOutputStream.computeUInt64Size(LogEntry.ELAPSED_MS_FIELD_NUMBER, millis);
        for (var command : entry.commands())
            size += CodedOutputStream.computeByteArraySize(LogEntry.COMMANDS_FIELD_NUMBER, command);
        var bytes = new byte[size];
        var out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeUInt64(LogEntry.ELAPSED_MS_FIELD_NUMBER, millis);
            for (var command : entry.commands()) out.writeByteArray(LogEntry.COMMANDS_FIELD_NUMBER, command);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new IllegalStateException("an array of the computed size was too small", e);
        }
        return bytes;
    }

    /// @throws IOException the bytes are no log entry
    static Entry decode(ByteBuffer bytes) throws IOException {
        var in = CodedInputStream.newInstance(bytes);
        long millis = 0;
        var commands = new ArrayList<byte[]>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case LogEntry.ELAPSED_MS_FIELD_NUMBER -> millis = in.readUInt64();
                case LogEntry.COMMANDS_FIELD_NUMBER -> commands.add(in.readByteArray());
                default -> {
                    // A field of a later version.
                    boolean more = in.skipField(tag);
                    if (!more) throw new IOException("log entry ends inside a group");
                }
            }
        }
        return new Entry(Duration.ofMillis(millis), commands);
    }
}
