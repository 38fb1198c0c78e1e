package org.lanewise.runtime.ops.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.OneNode;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class QuantizationTest {
    private static Tensor bytes(DataType type, Shape shape, int... values) {
        byte[] array = new byte[values.length];
        for (int i = 0; i < array.length; i++) {
            array[i] = (byte) values[i];
        }
        return Tensor.wrap(type, shape, array, 0);
    }

    @Test
    void oneScaleRoundsToEvenAndSaturates() {
        Tensor x = Tensor.of(new float[] {1, 3, 5, 1000, -1000});
        Tensor y =
                OneNode.of("QuantizeLinear", 10).run(x, Tensor.scalar(2f), bytes(DataType.UINT8, Shape.scalar(), 10));
        assertArrayEquals(new long[] {10, 12, 12, 255, 0}, y.toLongArray());
        Tensor back =
                OneNode.of("DequantizeLinear", 10).run(y, Tensor.scalar(2f), bytes(DataType.UINT8, Shape.scalar(), 10));
        assertArrayEquals(new float[] {0, 4, 4, 490, -20}, back.toFloatArray());
    }

    @Test
    void scalesBelongToAnAxisOrItsBlocks() {
        Tensor x = Tensor.of(new float[] {2, 4, 6, 8, 10, 12}, 2, 3);
        Tensor zero = bytes(DataType.INT8, Shape.of(2), 0, 1);
        Tensor rows = OneNode.of("QuantizeLinear", 13).with("axis", 0).run(x, Tensor.of(new float[] {1, 2}), zero);
        assertArrayEquals(new long[] {2, 4, 6, 5, 6, 7}, rows.toLongArray());
        Tensor columns = OneNode.of("QuantizeLinear", 13)
                .run(x, Tensor.of(new float[] {1, 2, 3}), bytes(DataType.INT8, Shape.of(3), 0, 0, 0));
        assertArrayEquals(new long[] {2, 2, 2, 8, 5, 4}, columns.toLongArray());
        Tensor blocks = OneNode.of("QuantizeLinear", 21)
                .with("block_size", 2)
                .with("output_dtype", DataType.INT4.code())
                .run(x, Tensor.of(new float[] {1, 2, 4, 3}, 2, 2));
        assertEquals("int4[2,3]", blocks.toString());
        assertArrayEquals(new long[] {2, 4, 3, 2, 2, 4}, blocks.toLongArray());
        Tensor outer = OneNode.of("DequantizeLinear", 21)
                .with("axis", 0)
                .with("block_size", 2)
                .run(bytes(DataType.UINT8, Shape.of(2, 3), 1, 1, 1, 2, 2, 2), Tensor.of(new float[] {1, 2, 3}, 1, 3));
        assertArrayEquals(new float[] {1, 2, 3, 2, 4, 6}, outer.toFloatArray());
        InferenceException error = assertThrows(
                InferenceException.class, () -> OneNode.of("QuantizeLinear", 13).run(x, Tensor.of(new float[] {1, 2})));
        assertTrue(
                error.getMessage().contains("scales have shape [2], expected [3] for axis 1 of [2,3]"),
                error.getMessage());
    }

    @Test
    void otherTypesSaturateToTheirRange() {
        Tensor x = Tensor.of(new float[] {-1e6f, 0.5f, 1e6f});
        Tensor one = Tensor.scalar(1f);
        long[][] ranges = {{0, 0, 65_535}, {-32_768, 0, 32_767}, {0, 0, 15}, {-8, 0, 7}, {0, 0, 3}, {-2, 0, 1}};
        DataType[] types = {
            DataType.UINT16, DataType.INT16, DataType.UINT4, DataType.INT4, DataType.UINT2, DataType.INT2
        };
        for (int i = 0; i < types.length; i++) {
            Tensor y = OneNode.of("QuantizeLinear", 25)
                    .with("output_dtype", types[i].code())
                    .run(x, one);
            assertArrayEquals(ranges[i], y.toLongArray(), types[i].toString());
        }
        Tensor small = OneNode.of("QuantizeLinear", 19).run(x, one, bytes(DataType.FLOAT8E4M3FN, Shape.scalar(), 0));
        assertArrayEquals(new float[] {-448, 0.5f, 448}, small.toFloatArray());
    }

    @Test
    void dynamicRangeIncludesZero() {
        List<Tensor> out = OneNode.of("DynamicQuantizeLinear", 11)
                .outputs(3)
                .runAll(Tensor.of(new float[] {0, 2, -3, -2.5f, 1.34f, 0.5f}));
        assertArrayEquals(new long[] {153, 255, 0, 26, 221, 179}, out.get(0).toLongArray());
        assertEquals(5 / 255f, (float) out.get(1).getDouble(0));
        assertEquals(153, out.get(2).getLong(0));
        assertEquals(
                1,
                OneNode.of("DynamicQuantizeLinear", 11)
                        .outputs(3)
                        .runAll(Tensor.of(new float[3]))
                        .get(1)
                        .getDouble(0));
    }

    @Test
    void integerProductsAreExact() {
        Random random = new Random(5);
        int m = 5;
        int k = 300;
        int n = 19;
        int[] a = random.ints(m * k, 0, 256).toArray();
        int[] b = random.ints(k * n, -128, 128).toArray();
        Tensor y = OneNode.of("MatMulInteger", 10)
                .run(
                        bytes(DataType.UINT8, Shape.of(m, k), a), bytes(DataType.INT8, Shape.of(k, n), b),
                        bytes(DataType.UINT8, Shape.of(m), 0, 255, 128, 7, 9),
                                bytes(DataType.INT8, Shape.scalar(), -3));
        int[] zeros = {0, 255, 128, 7, 9};
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                long sum = 0;
                for (int x = 0; x < k; x++) {
                    sum += (a[i * k + x] - zeros[i]) * (b[x * n + j] + 3);
                }
                assertEquals(sum, y.getLong(i * n + j));
            }
        }
    }

    @Test
    void quantizedProductsAreRescaled() {
        Tensor y = OneNode.of("QLinearMatMul", 10)
                .run(
                        bytes(DataType.UINT8, Shape.of(1, 2), 10, 20),
                        Tensor.scalar(0.5f),
                        bytes(DataType.UINT8, Shape.scalar(), 0),
                        bytes(DataType.INT8, Shape.of(2, 2), 1, -1, 1, -1),
                        Tensor.of(new float[] {1, 2}),
                        bytes(DataType.INT8, Shape.of(2), 0, 0),
                        Tensor.scalar(2f),
                        bytes(DataType.UINT8, Shape.scalar(), 100));
        assertArrayEquals(new long[] {108, 85}, y.toLongArray()); // 30 / 4 = 7.5 to the even 8; -30 / 2 = -15
    }

    @Test
    void quantizedConvolutionsAddTheBias() {
        Tensor y = OneNode.of("QLinearConv", 10)
                .run(
                        bytes(DataType.UINT8, Shape.of(1, 1, 2, 2), 1, 2, 3, 4),
                        Tensor.scalar(1f),
                        bytes(DataType.UINT8, Shape.scalar(), 1),
                        bytes(DataType.INT8, Shape.of(2, 1, 1, 1), 2, -2),
                        Tensor.of(new float[] {1, 0.5f}),
                        bytes(DataType.INT8, Shape.of(2), 0, 0),
                        Tensor.scalar(1f),
                        bytes(DataType.INT8, Shape.scalar(), 3),
                        Tensor.of(new int[] {10, 0}));
        assertArrayEquals(new long[] {13, 15, 17, 19, 3, 2, 1, 0}, y.toLongArray());
        Tensor sums = OneNode.of("ConvInteger", 10)
                .run(
                        bytes(DataType.UINT8, Shape.of(1, 1, 1, 3), 1, 2, 3),
                        bytes(DataType.UINT8, Shape.of(1, 1, 1, 2), 1, 1));
        assertArrayEquals(new long[] {3, 5}, sums.toLongArray());
    }

    @Test
    void productsWithScalesForEachRowAndColumn() {
        Random random = new Random(5);
        byte[] a = new byte[2 * 3 * 4];
        byte[] b = new byte[2 * 4 * 5];
        random.nextBytes(a);
        random.nextBytes(b);
        float[] aScales = {0.5f, 0.25f, 0.125f, 1, 0.5f, 2}; // (2, 3, 1)
        float[] bScales = {1, 0.5f, 2, 4, 0.25f}; // (5)
        short[] halves = new short[aScales.length];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = Float.floatToFloat16(aScales[i]);
        }
        short[] columns = new short[bScales.length];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = Float.floatToFloat16(bScales[i]);
        }
        short[] one = {Float.floatToFloat16(1024)};
        Tensor y = OneNode.of("QLinearMatMul", 21)
                .run(
                        Tensor.wrap(DataType.UINT8, Shape.of(2, 3, 4), a, 0),
                        Tensor.wrap(DataType.FLOAT16, Shape.of(2, 3, 1), halves, 0),
                        bytes(DataType.UINT8, Shape.of(2, 3, 1), 1, 2, 3, 4, 5, 255),
                        Tensor.of(b, 2, 4, 5),
                        Tensor.wrap(DataType.FLOAT16, Shape.of(5), columns, 0),
                        bytes(DataType.INT8, Shape.of(5), -128, 127, 0, 1, 2),
                        Tensor.wrap(DataType.FLOAT16, Shape.scalar(), one, 0),
                        bytes(DataType.INT8, Shape.scalar(), 7));
        int[] aZeros = {1, 2, 3, 4, 5, 255};
        int[] bZeros = {-128, 127, 0, 1, 2};
        for (int i = 0; i < 30; i++) {
            int row = i / 5;
            int column = i % 5;
            int sum = 0;
            for (int k = 0; k < 4; k++) {
                sum += ((a[row * 4 + k] & 255) - aZeros[row]) * (b[row / 3 * 20 + k * 5 + column] - bZeros[column]);
            }
            double scaled = sum * (double) aScales[row] * bScales[column] / 1024;
            assertEquals((long) Math.clamp(Math.rint(scaled) + 7, -128, 127), y.getLong(i));
        }
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("QLinearMatMul", 21)
                        .run(
                                bytes(DataType.UINT8, Shape.of(1, 2), 1, 2),
                                Tensor.of(new double[] {1}),
                                bytes(DataType.UINT8, Shape.scalar(), 0),
                                bytes(DataType.UINT8, Shape.of(2, 1), 1, 2),
                                Tensor.scalar(1f),
                                bytes(DataType.UINT8, Shape.scalar(), 0),
                                Tensor.scalar(1f),
                                bytes(DataType.UINT8, Shape.scalar(), 0)));
        assertTrue(error.getMessage().contains("input 1 is double"), error.getMessage());
    }
}
