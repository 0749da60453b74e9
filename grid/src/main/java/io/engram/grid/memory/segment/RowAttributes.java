package io.engram.grid.memory.segment;

import io.engram.grid.memory.AttributeValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A row's attributes in one array, for filters: `(length of name u16, name, length of value u32, kind u8, value)*`, text as UTF-8.
final class RowAttributes {
    static final byte TEXT = 0;
    static final byte WHOLE = 1;
    static final byte REAL = 2;
    static final byte FLAG = 3;
    private static final int FIXED_BYTES = Short.BYTES + Integer.BYTES + 1;
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private RowAttributes() {}

    /// @return null: none
    static byte @Nullable [] encode(Map<String, AttributeValue> attributes) {
        if (attributes.isEmpty()) return null;
        byte[][] names = new byte[attributes.size()][];
        byte[][] values = new byte[names.length][];
        byte[] kinds = new byte[names.length];
        int size = 0;
        int i = 0;
        for (var attribute : attributes.entrySet()) {
            names[i] = attribute.getKey().getBytes(StandardCharsets.UTF_8);
            if (names[i].length > 0xffff) throw new IllegalArgumentException("attribute name of " + names[i].length + " bytes");
            kinds[i] = kind(attribute.getValue());
            values[i] = value(attribute.getValue());
            size = Math.addExact(size, FIXED_BYTES + names[i].length + values[i].length);
            i++;
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        for (i = 0; i < names.length; i++)
            bytes.putShort((short) names[i].length).put(names[i]).putInt(values[i].length).put(kinds[i]).put(values[i]);
        return bytes.array();
    }

    static byte kind(AttributeValue value) {
        return switch (value) {
            case AttributeValue.Text _ -> TEXT;
            case AttributeValue.Whole _ -> WHOLE;
            case AttributeValue.Real _ -> REAL;
            case AttributeValue.Flag _ -> FLAG;
        };
    }

    private static byte[] value(AttributeValue value) {
        return switch (value) {
            case AttributeValue.Text text -> text.value().getBytes(StandardCharsets.UTF_8);
            case AttributeValue.Whole whole -> ByteBuffer.allocate(Long.BYTES).putLong(whole.value()).array();
            case AttributeValue.Real real -> ByteBuffer.allocate(Double.BYTES).putDouble(real.value()).array();
            case AttributeValue.Flag flag -> new byte[] {(byte) (flag.value() ? 1 : 0)};
        };
    }

    /// @return where the value's length stands, for the accessors below; -1: no such attribute
    static int find(byte @Nullable [] row, byte[] name) {
        if (row == null) return -1;
        for (int at = 0; at < row.length; ) {
            int start = at + Short.BYTES;
            int end = start + Short.toUnsignedInt((short) SHORT.get(row, at));
            if (Arrays.equals(row, start, end, name, 0, name.length)) return end;
            at = end + Integer.BYTES + 1 + (int) INT.get(row, end);
        }
        return -1;
    }

    static byte kind(byte[] row, int at) {
        return row[at + Integer.BYTES];
    }

    static int compareText(byte[] row, int at, byte[] other) {
        int start = at + Integer.BYTES + 1;
        return Arrays.compareUnsigned(row, start, start + (int) INT.get(row, at), other, 0, other.length);
    }

    static long whole(byte[] row, int at) {
        return (long) LONG.get(row, at + Integer.BYTES + 1);
    }

    static double real(byte[] row, int at) {
        return Double.longBitsToDouble(whole(row, at));
    }

    static boolean flag(byte[] row, int at) {
        return row[at + Integer.BYTES + 1] != 0;
    }
}
