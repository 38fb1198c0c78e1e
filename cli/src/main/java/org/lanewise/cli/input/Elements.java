package org.lanewise.cli.input;

import java.math.BigInteger;
import java.util.function.IntFunction;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Makes tensors from numbers that come in another form. */
final class Elements {
    private Elements() {}

    /** What gives element {@code i} as a {@code double}. */
    @FunctionalInterface
    interface Source {
        double get(int i);
    }

    /**
     * A tensor of any numeric type of at least 8 bits, or bool; values are rounded to the nearest of the type and held to its range.
     *
     * @throws InputException if the type is another
     */
    static Tensor of(DataType type, Shape shape, Source source) {
        int size = shape.size();
        return switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> floating(type, shape, source);
            case BOOL -> {
                byte[] bytes = new byte[size];
                for (int i = 0; i < size; i++) {
                    bytes[i] = (byte) (source.get(i) != 0 ? 1 : 0);
                }
                yield Tensor.wrap(type, shape, bytes, 0);
            }
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> {
                double low = type.isUnsigned() ? 0 : -Math.scalb(1.0, type.bits() - 1);
                double high = Math.scalb(1.0, type.isUnsigned() ? type.bits() : type.bits() - 1) - 1;
                yield integers(type, shape, i -> {
                    double value = Math.clamp(Math.rint(source.get(i)), low, high);
                    return Math.abs(value) < 0x1p62 ? (long) value : new java.math.BigDecimal(value).longValue();
                });
            }
            default -> throw new InputException("no numbers can be given for the type " + type.onnxName());
        };
    }

    /**
     * A tensor whose elements are written out; numbers must be within the type's range, and whole for integer types.
     *
     * @throws InputException naming the element that is not
     */
    static Tensor parse(DataType type, Shape shape, IntFunction<String> text) {
        if (type == DataType.STRING) {
            String[] strings = new String[shape.size()];
            for (int i = 0; i < strings.length; i++) {
                strings[i] = text.apply(i);
            }
            return Tensor.wrap(type, shape, strings, 0);
        }
        if (type.isInteger() && type.bits() >= 8) {
            return integers(type, shape, i -> parseInteger(type, text.apply(i)));
        }
        return of(type, shape, i -> {
            try {
                return Double.parseDouble(text.apply(i));
            } catch (NumberFormatException e) {
                throw new InputException("'" + text.apply(i) + "' is not a number", e);
            }
        });
    }

    private static long parseInteger(DataType type, String text) {
        try {
            BigInteger value = new java.math.BigDecimal(text).toBigIntegerExact();
            boolean fits = type.isUnsigned()
                    ? value.signum() >= 0 && value.bitLength() <= type.bits()
                    : value.bitLength() < type.bits();
            if (fits) {
                return value.longValue();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw new InputException("'" + text + "' is not a whole number, as " + type.onnxName() + " needs", e);
        }
        throw new InputException(text + " is outside the range of " + type.onnxName());
    }

    /** What gives element {@code i} as a {@code long}. */
    private interface LongSource {
        long get(int i);
    }

    private static Tensor integers(DataType type, Shape shape, LongSource source) {
        Tensor tensor = Tensor.allocate(type, shape);
        for (int i = 0; i < shape.size(); i++) {
            long value = source.get(i);
            switch (tensor.storage()) {
                case byte[] array -> array[i] = (byte) value;
                case short[] array -> array[i] = (short) value;
                case int[] array -> array[i] = (int) value;
                case long[] array -> array[i] = value;
                default -> throw new IllegalStateException(type + " is not stored as integers");
            }
        }
        return tensor;
    }

    private static Tensor floating(DataType type, Shape shape, Source source) {
        Tensor tensor = Tensor.allocate(type, shape);
        for (int i = 0; i < shape.size(); i++) {
            double value = source.get(i);
            switch (tensor.storage()) {
                case float[] array -> array[i] = (float) value;
                case double[] array -> array[i] = value;
                case short[] array ->
                    array[i] =
                            type == DataType.FLOAT16 ? Float.floatToFloat16((float) value) : toBfloat16((float) value);
                default -> throw new IllegalStateException(type + " is not stored as floating-point numbers");
            }
        }
        return tensor;
    }

    /** Rounds to the nearest, ties to even; NaN stays NaN. */
    private static short toBfloat16(float value) {
        int bits = Float.floatToIntBits(value);
        return (short) (Float.isNaN(value) ? bits >>> 16 : (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
    }
}
