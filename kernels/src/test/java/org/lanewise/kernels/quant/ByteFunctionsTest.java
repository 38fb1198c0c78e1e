package org.lanewise.kernels.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.conv.WindowAxis;
import org.lanewise.kernels.pool.PoolGeometry;

class ByteFunctionsTest {
    @Test
    void bytesStandForValuesAndBack() {
        float[] values = ByteValues.of(0.5f, 10, true);
        assertEquals(-5, values[0]);
        assertEquals(122.5f, values[255]);
        assertEquals(-69, ByteValues.of(0.5f, 10, false)[128]);
        byte[] back = ByteValues.quantized(values, 0.5f, 10, true);
        byte[] same = new byte[256];
        ByteTable.apply(back, back, 0, same, 0, 256);
        for (int i = 0; i < 256; i++) {
            assertEquals((byte) i, same[i]);
        }
    }

    @Test
    void sumsRoundAfterTheZeroPoint() {
        byte[] y = new byte[4];
        ByteSum sum = new ByteSum(0.5f, 0, 0.5f, 0, 1, 1, true);
        // 0.5 + 1 and 1.5 + 1 are ties: 2 and 2
        sum.run(new byte[] {1, 2, (byte) 255, 0}, 0, 1, new byte[] {0, 1, (byte) 255, 0}, 0, 1, y, 0, 4);
        assertArrayEquals(new byte[] {2, 2, (byte) 255, 1}, y);
        ByteSum signed = new ByteSum(1, -128, 2, 127, 1, -1, false);
        signed.run(new byte[] {-128, 127}, 0, 1, new byte[] {127}, 0, 0, y, 0, 2);
        assertArrayEquals(new byte[] {-1, 127, (byte) 255, 1}, y);
        signed.run(new byte[] {127}, 0, 0, new byte[] {-128, 0}, 0, 1, y, 2, 2);
        assertArrayEquals(new byte[] {-1, 127, -128, 0}, y);
    }

    @Test
    void productsRoundAfterTheZeroPoint() {
        byte[] y = new byte[3];
        ByteMul mul = new ByteMul(0.5f, 1, 1, 2, 1, 1, true);
        // 0.5 * 1 * 1 + 1 = 1.5, 0.5 * 3 * 1 + 1 = 2.5, -0.5 * 2 + 1
        mul.run(new byte[] {2, 4, 0}, 0, 1, new byte[] {3, 3, 4}, 0, 1, y, 0, 3);
        assertArrayEquals(new byte[] {2, 2, 0}, y);
        new ByteMul(1, 0, 1, 0, 1, 0, false).run(new byte[] {-128, -128, 127}, 0, 1, new byte[] {-128}, 0, 0, y, 0, 3);
        assertArrayEquals(new byte[] {127, 127, -128}, y);
    }

    @Test
    void vectorsAgreeWithSingleElements() {
        byte[] a = new byte[1 << 16];
        byte[] b = new byte[1 << 16];
        for (int i = 0; i < a.length; i++) {
            a[i] = (byte) (i >> 8);
            b[i] = (byte) i;
        }
        byte[] all = new byte[a.length + 3];
        byte[] one = new byte[a.length];
        for (boolean unsigned : new boolean[] {true, false}) {
            int zero = unsigned ? 77 : -3;
            ByteSum sum = new ByteSum(0.013f, zero, 0.031f, zero + 9, 0.027f, zero - 5, unsigned);
            sum.run(a, 0, 1, b, 0, 1, all, 3, a.length);
            ByteMul mul = new ByteMul(0.013f, zero, 0.031f, zero + 9, 0.9f, zero - 5, unsigned);
            byte[] products = new byte[a.length];
            mul.run(a, 0, 1, b, 0, 1, products, 0, a.length);
            for (int i = 0; i < a.length; i++) {
                sum.run(a, i, 0, b, i, 0, one, i, 1);
                assertEquals(one[i], all[i + 3]);
                mul.run(a, i, 0, b, i, 0, one, i, 1);
                assertEquals(one[i], products[i]);
            }
        }
    }

    @Test
    void sumsToBytesAndFloatsByColumn() {
        int[] sums = {3, -3, 1000, Integer.MAX_VALUE};
        float[] scales = {9, 0.5f, 0.5f, 0.25f, 1};
        byte[] bytes = new byte[4];
        Rescale.toBytes(sums, 0, bytes, 0, 4, scales, 1, 1, 3, false);
        assertArrayEquals(new byte[] {5, 1, 127, 127}, bytes);
        Rescale.toBytes(sums, 0, bytes, 0, 4, scales, 2, 0, 3, true);
        assertArrayEquals(new byte[] {5, 1, (byte) 255, (byte) 255}, bytes);
        float[] floats = new float[4];
        Rescale.toFloats(sums, 0, floats, 1, 3, scales, 1, 1, new float[] {0, 1, 2, 3}, 1);
        assertArrayEquals(new float[] {0, 2.5f, 0.5f, 253}, floats);
    }

    @Test
    void sixteenBitsRoundToEvenAndSaturate() {
        float[] x = {0.5f, 1.5f, -2.5f, 1e9f, -1e9f, Float.NaN};
        short[] y = new short[6];
        QuantizeShort.quantize(x, 0, y, 0, 6, new float[] {1}, new int[] {65_535}, 0, 0, true);
        assertArrayEquals(new short[] {-1, -1, -3, -1, 0, -1}, y);
        QuantizeShort.quantize(x, 1, y, 0, 2, new float[] {0, 0.5f, 1}, new int[] {0, 1, 32_767}, 1, 1, false);
        assertArrayEquals(new short[] {4, 32_765, -3, -1, 0, -1}, y);
        float[] back = new float[2];
        QuantizeShort.dequantize(y, 1, back, 0, 2, new float[] {2, 1}, new int[] {32_767, 1}, 0, 1, true);
        assertArrayEquals(new float[] {-4, 65_532}, back);
        QuantizeShort.dequantize(y, 2, back, 0, 1, new float[] {2}, new int[] {1}, 0, 0, false);
        assertArrayEquals(new float[] {-8, 65_532}, back);
    }

    @Test
    void meansOfWindowsAtTheEdge() {
        WindowAxis axis = WindowAxis.padded(3, 2, 2, 1, 0, 1, false);
        PoolGeometry g = new PoolGeometry(1, 2, List.of(axis));
        byte[] y = new byte[4];
        float[] values = ByteValues.of(1, 0, true);
        // windows (pad, 1) and (2, 3): 1 and 2.5, plus 1
        byte[] x = {1, 2, 3, 10, 20, 31};
        new QuantizedAveragePool(values, 1, 1, true, false, false).run(g, x, 0, y, 0, 0, 2);
        assertArrayEquals(new byte[] {2, 4, 11, 26}, y);
        byte[] last = {1, 10, 2, 20, 3, 31};
        new QuantizedAveragePool(values, 1, 1, true, true, true).run(g, last, 0, y, 0, 0, 2);
        assertArrayEquals(new byte[] {2, 6, 4, 26}, y);
    }
}
