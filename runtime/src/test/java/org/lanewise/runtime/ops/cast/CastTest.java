package org.lanewise.runtime.ops.cast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.OneNode;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class CastTest {
    private static Tensor cast(Tensor x, DataType to) {
        return OneNode.of("Cast", 21).with("to", to.code()).run(x);
    }

    private static String[] text(Tensor x) {
        return (String[]) cast(x, DataType.STRING).storage();
    }

    @Test
    void everyPairOfNumericTypesKeepsSmallIntegers() {
        for (DataType from : DataType.values()) {
            for (DataType to : DataType.values()) {
                if (from.isNumeric() && to.isNumeric()) {
                    Tensor one = cast(cast(Tensor.of(new float[] {1, 0, 1}), from), to);
                    double zero = to == DataType.FLOAT8E8M0 || from == DataType.FLOAT8E8M0 ? 0x1p-127 : 0;
                    assertEquals(to, one.type());
                    assertEquals(1, one.getDouble(0), from + " to " + to);
                    assertEquals(zero, one.getDouble(1), 0x1p-126, from + " to " + to);
                }
            }
        }
    }

    @Test
    void integersKeepTheirLowBits() {
        Tensor x = Tensor.of(new long[] {200, -1, 65_537});
        assertArrayEquals(new long[] {-56, -1, 1}, cast(x, DataType.INT8).toLongArray());
        assertArrayEquals(new long[] {200, 65_535, 1}, cast(x, DataType.UINT16).toLongArray());
        assertArrayEquals(new long[] {1, 1, 1}, cast(x, DataType.BOOL).toLongArray());
        assertArrayEquals(new long[] {-8, -1, 1}, cast(x, DataType.INT4).toLongArray());
    }

    @Test
    void floatsAreCutTowardsZero() {
        Tensor x = Tensor.of(new float[] {-1.9f, 1.9f, 0.2f});
        assertArrayEquals(new long[] {-1, 1, 0}, cast(x, DataType.INT32).toLongArray());
        assertArrayEquals(new long[] {1, 1, 1}, cast(x, DataType.BOOL).toLongArray());
    }

    @Test
    void unsigned64BitsRoundOnce() {
        Tensor x = Tensor.wrap(DataType.UINT64, Shape.of(2), new long[] {-1, (1L << 63) + (1L << 39) + 1}, 0);
        assertArrayEquals(
                new float[] {0x1p64f, 0x1.000002p63f}, cast(x, DataType.FLOAT).toFloatArray());
        assertArrayEquals(
                x.toLongArray(), cast(cast(x, DataType.STRING), DataType.UINT64).toLongArray());
    }

    @Test
    void numbersAsTextReadAsInNumpy() {
        assertArrayEquals(
                new String[] {"1.0", "-0.1", "1e-05", "1.5e+20", "nan", "inf", "-inf", "0.0"},
                text(Tensor.of(new float[] {1, -0.1f, 1e-5f, 1.5e20f, Float.NaN, 1 / 0f, -1 / 0f, 0})));
        assertArrayEquals(new String[] {"0.47892547"}, text(Tensor.of(new float[] {0.47892547f})));
        assertArrayEquals(new String[] {"-7"}, text(Tensor.of(new long[] {-7})));
        assertArrayEquals(new String[] {"True", "False"}, text(Tensor.of(new boolean[] {true, false})));
        Tensor half = Tensor.wrap(DataType.FLOAT16, Shape.of(1), new short[] {Float.floatToFloat16(0.1f)}, 0);
        assertArrayEquals(new String[] {"0.1"}, text(half));
    }

    @Test
    void textIsReadWithItsSpecialNames() {
        Tensor x = Tensor.of(new String[] {"3.14", "1e-5", "1E8", "+inf", "-INF", "NaN"});
        float inf = Float.POSITIVE_INFINITY;
        assertArrayEquals(
                new float[] {3.14f, 1e-5f, 1e8f, inf, -inf, Float.NaN},
                cast(x, DataType.FLOAT).toFloatArray());
        assertArrayEquals(
                new long[] {100, -7},
                cast(Tensor.of(new String[] {"100.5", " -7"}), DataType.INT32).toLongArray());
        InferenceException error =
                assertThrows(InferenceException.class, () -> cast(Tensor.of(new String[] {"Hello"}), DataType.FLOAT));
        assertTrue(error.getMessage().contains("'Hello' is not a number"), error.getMessage());
    }

    @Test
    void float8SaturatesUnlessToldOtherwise() {
        Tensor x = Tensor.of(new float[] {1e6f});
        Tensor e4m3 =
                OneNode.of("Cast", 21).with("to", DataType.FLOAT8E4M3FN.code()).run(x);
        assertEquals(448, e4m3.getDouble(0));
        Tensor lost = OneNode.of("Cast", 21)
                .with("to", DataType.FLOAT8E4M3FN.code())
                .with("saturate", 0)
                .run(x);
        assertTrue(Double.isNaN(lost.getDouble(0)));
    }

    @Test
    void opset1NamesTheType() {
        assertEquals(
                "int64[1]",
                OneNode.of("Cast", 1)
                        .with("to", "INT64")
                        .run(Tensor.of(new float[] {2}))
                        .toString());
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("Cast", 13).with("to", 14).run(Tensor.of(new float[] {2})));
        assertTrue(error.getMessage().contains("'to' is complex64, which is not supported"), error.getMessage());
    }

    @Test
    void bitsAreKeptByBitCast() {
        Tensor bits =
                OneNode.of("BitCast", 26).with("to", DataType.INT32.code()).run(Tensor.of(new float[] {-0f, 1}));
        assertArrayEquals(new long[] {Integer.MIN_VALUE, 0x3f800000}, bits.toLongArray());
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("BitCast", 26)
                        .with("to", DataType.INT64.code())
                        .run(Tensor.of(new float[] {1})));
        assertTrue(error.getMessage().contains("input 0 is float of 32 bits, int64 has 64"), error.getMessage());
    }
}
