package org.lanewise.runtime.tensor;

import org.lanewise.kernels.elementwise.HalfPrecision;

/**
 * Elements of numeric and {@code BOOL} tensors of any type, read and written in runs as {@code double} or {@code long}. A run costs one dispatch on the
 * type, so operators on rare types stay short without a dispatch for every element.
 *
 * <p>{@code at} is the index of the first element in row-major order; {@code step} the number of elements from one to the next, 0 to read one element {@code n} times. Bits of a {@code UINT64} above
 * 2^63 - 1 read as {@code long} are negative.
 */
public final class Elements {
    /** Run length that keeps buffers in the first-level cache. */
    public static final int RUN = 512;

    private Elements() {}

    /** Reads integers or booleans. */
    public static void read(Tensor t, int at, int step, long[] out, int n) {
        int o = t.offset() + at;
        switch (t) {
            case LongTensor x -> {
                for (int i = 0; i < n; i++) {
                    out[i] = x.array()[o + i * step];
                }
            }
            case IntTensor x -> {
                long mask = t.type() == DataType.UINT32 ? 0xffffffffL : -1;
                for (int i = 0; i < n; i++) {
                    out[i] = x.array()[o + i * step] & mask;
                }
            }
            case ShortTensor x
            when t.type().isInteger() -> {
                long mask = t.type() == DataType.UINT16 ? 0xffff : -1;
                for (int i = 0; i < n; i++) {
                    out[i] = x.array()[o + i * step] & mask;
                }
            }
            case ByteTensor x
            when !t.type().isFloating() -> {
                long mask = t.type() == DataType.UINT8 ? 0xff : -1;
                for (int i = 0; i < n; i++) {
                    out[i] = x.array()[o + i * step] & mask;
                }
            }
            default -> throw new IllegalArgumentException(t.type() + " is not an integer type");
        }
    }

    /** Reads numbers of any type. */
    public static void read(Tensor t, int at, int step, double[] out, int n) {
        int o = t.offset() + at;
        switch (t) {
            case DoubleTensor x -> {
                for (int i = 0; i < n; i++) {
                    out[i] = x.array()[o + i * step];
                }
            }
            case FloatTensor x -> {
                for (int i = 0; i < n; i++) {
                    out[i] = x.array()[o + i * step];
                }
            }
            case ShortTensor x
            when t.type() == DataType.FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    out[i] = Float.float16ToFloat(x.array()[o + i * step]);
                }
            }
            case ShortTensor x
            when t.type() == DataType.BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    out[i] = Float.intBitsToFloat(x.array()[o + i * step] << 16);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    out[i] = t.getDouble(at + i * step);
                }
            }
        }
    }

    /** Writes integers, keeping the low bits of what is too wide; a {@code BOOL} becomes 1 for everything but 0. */
    public static void write(long[] values, Tensor t, int at, int n) {
        int o = t.offset() + at;
        switch (t) {
            case LongTensor y -> System.arraycopy(values, 0, y.array(), o, n);
            case IntTensor y -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i] = (int) values[i];
                }
            }
            case ShortTensor y
            when t.type().isInteger() -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i] = (short) values[i];
                }
            }
            case ByteTensor y
            when !t.type().isFloating() -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i] = narrow(t.type(), values[i]);
                }
            }
            default -> throw new IllegalArgumentException(t.type() + " is not an integer type");
        }
    }

    /** As {@link #write(double[], Tensor, int, int, int)}, to neighbouring elements. */
    public static void write(double[] values, Tensor t, int at, int n) {
        write(values, t, at, 1, n);
    }

    /**
     * Writes numbers to any numeric type or {@code BOOL}: to floating types rounded to nearest even, {@code FLOAT8*} and {@code FLOAT4E2M1} saturating; to integers cut
     * towards zero (what does not fit 64 bits becomes the nearest 64-bit value, then the low bits are kept).
     *
     * @param step elements from one to the next
     */
    public static void write(double[] values, Tensor t, int at, int step, int n) {
        int o = t.offset() + at;
        switch (t) {
            case DoubleTensor y -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = values[i];
                }
            }
            case FloatTensor y -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = (float) values[i];
                }
            }
            case ShortTensor y
            when t.type() == DataType.FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = Float.floatToFloat16(MiniFloat.oddFloat(values[i]));
                }
            }
            case ShortTensor y
            when t.type() == DataType.BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = HalfPrecision.toBfloat16(MiniFloat.oddFloat(values[i]));
                }
            }
            case ShortTensor y -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = (short) (long) values[i];
                }
            }
            case ByteTensor y
            when t.type().isFloating() -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = MiniFloat.encode(t.type(), MiniFloat.oddFloat(values[i]), true);
                }
            }
            case ByteTensor y
            when t.type() == DataType.BOOL -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = (byte) (values[i] != 0 ? 1 : 0);
                }
            }
            case ByteTensor y -> {
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = narrow(t.type(), (long) values[i]);
                }
            }
            case IntTensor y -> {
                boolean unsigned = t.type() == DataType.UINT32;
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = unsigned ? (int) (long) values[i] : (int) values[i];
                }
            }
            case LongTensor y -> {
                boolean unsigned = t.type() == DataType.UINT64;
                for (int i = 0; i < n; i++) {
                    y.array()[o + i * step] = unsigned ? unsignedLong(values[i]) : (long) values[i];
                }
            }
            case StringTensor text -> throw new IllegalArgumentException(text + " is not of a numeric type");
        }
    }

    private static long unsignedLong(double value) {
        return value < 0x1p63 ? (long) value : value < 0x1p64 ? (long) (value - 0x1p63) ^ Long.MIN_VALUE : -1;
    }

    private static byte narrow(DataType type, long value) {
        return switch (type) {
            case BOOL -> (byte) (value != 0 ? 1 : 0);
            case UINT4 -> (byte) (value & 15);
            case INT4 -> (byte) (value << 60 >> 60);
            case UINT2 -> (byte) (value & 3);
            case INT2 -> (byte) (value << 62 >> 62);
            default -> (byte) value;
        };
    }
}
