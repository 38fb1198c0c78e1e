package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import java.util.TreeSet;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Elements of any type as {@code long} keys in the same order: equal where the elements are equal, NaN equal to itself and above all. */
final class SortKeys {
    private SortKeys() {}

    /** Whether {@link #of(Tensor, int, int, long[])} orders this type. */
    static boolean isNumber(DataType type) {
        return type.isNumeric() || type == DataType.BOOL;
    }

    /** Keys of {@code keys.length} elements, {@code step} apart from element {@code at} on, of a tensor that is not of strings. */
    static void of(Tensor tensor, int at, int step, long[] keys) {
        if (tensor instanceof FloatTensor floats) {
            float[] array = floats.array();
            for (int i = 0; i < keys.length; i++) {
                keys[i] = key(array[floats.offset() + at + i * step]);
            }
        } else if (tensor.type().isFloating()) {
            for (int i = 0; i < keys.length; i++) {
                keys[i] = key(tensor.getDouble(at + i * step));
            }
        } else {
            long flip = tensor.type() == DataType.UINT64 ? Long.MIN_VALUE : 0;
            for (int i = 0; i < keys.length; i++) {
                keys[i] = tensor.getLong(at + i * step) ^ flip;
            }
        }
    }

    /** Keys of all elements of a tensor of any type; strings by code points. */
    static long[] of(Tensor tensor) {
        long[] keys = new long[tensor.size()];
        if (!(tensor instanceof StringTensor strings)) {
            of(tensor, 0, 1, keys);
            return keys;
        }
        TreeSet<String> distinct = new TreeSet<>(SortKeys::compareCodePoints);
        for (int i = 0; i < keys.length; i++) {
            distinct.add(strings.get(i));
        }
        String[] sorted = distinct.toArray(String[]::new);
        for (int i = 0; i < keys.length; i++) {
            keys[i] = Arrays.binarySearch(sorted, strings.get(i), SortKeys::compareCodePoints);
        }
        return keys;
    }

    private static long key(float value) {
        int bits = Float.floatToIntBits(value + 0f); // makes -0 and +0 the same, and every NaN the same
        return bits ^ bits >> 31 & 0x7fffffff;
    }

    private static long key(double value) {
        long bits = Double.doubleToLongBits(value + 0d);
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    private static int compareCodePoints(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // Surrogates stand for code points above all other characters.
                boolean high = Character.isSurrogate(x);
                return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
