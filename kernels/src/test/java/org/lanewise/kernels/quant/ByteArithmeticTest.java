package org.lanewise.kernels.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.conv.WindowAxis;
import org.lanewise.kernels.pool.PoolGeometry;

class ByteArithmeticTest {
    @Property(tries = 60)
    void equalsTheFormula(@ForAll long seed) {
        Random random = new Random(seed);
        boolean unsigned = random.nextBoolean();
        int low = unsigned ? 0 : -128;
        int za = low + random.nextInt(256);
        int zb = low + random.nextInt(256);
        int zy = low + random.nextInt(256);
        float sa = random.nextInt(3) == 0 ? 0.5f : random.nextFloat() + 0.01f;
        float sb = random.nextInt(3) == 0 ? 0.5f : random.nextFloat() + 0.01f;
        float sy = random.nextInt(3) == 0 ? 1f : random.nextFloat() + 0.01f;
        int n = random.nextInt(200);
        byte[] a = new byte[n + 1];
        byte[] b = new byte[n + 2];
        random.nextBytes(a);
        random.nextBytes(b);
        ByteArithmetic q = ByteArithmetic.of(sa, za, sb, zb, sy, zy, unsigned);
        byte[] sum = new byte[n];
        byte[] product = new byte[n];
        q.add(a, 1, b, 2, sum, 0, n);
        q.mul(a, 1, b, 2, product, 0, n);
        float left = sa / sy;
        float right = sb / sy;
        float both = sa * sb / sy;
        for (int i = 0; i < n; i++) {
            int u = (unsigned ? a[1 + i] & 0xff : a[1 + i]) - za;
            int v = (unsigned ? b[2 + i] & 0xff : b[2 + i]) - zb;
            float added = u * left + v * right;
            assertEquals(saturate(Math.rint(added) + zy, low), sum[i], "sum " + i);
            assertEquals(saturate(Math.rint(u * v * both) + zy, low), product[i], "product " + i);
        }
        if (n > 0) {
            byte[] tabled = new byte[n];
            byte[] same = new byte[n];
            byte[] other = new byte[n];
            java.util.Arrays.fill(other, b[2]);
            ByteTable.apply(q.table(false, b[2]), a, 1, tabled, 0, n);
            q.add(a, 1, other, 0, same, 0, n);
            assertArrayEquals(same, tabled);
        }
    }

    private static byte saturate(double value, int low) {
        return (byte) Math.clamp(value, low, low + 255);
    }

    @Test
    void roundsTiesToEvenBeforeTheZeroPoint() {
        ByteArithmetic q = ByteArithmetic.of(0.5f, 0, 0.5f, 0, 1, 3, false);
        byte[] y = new byte[20];
        byte[] a = new byte[20];
        java.util.Arrays.fill(a, (byte) 1);
        q.add(a, 0, new byte[20], 0, y, 0, 20); // 0.5 is rounded to 0
        for (byte v : y) {
            assertEquals(3, v);
        }
        Requantization r = Requantization.of(20, new float[] {0.5f}, null, 3, false);
        int[] ones = new int[64];
        java.util.Arrays.fill(ones, 5); // 2.5 is rounded to 2
        r.store(ones, 0, 20, new int[64], 0, 1, 0, 20, y, 0, 20);
        for (byte v : y) {
            assertEquals(5, v);
        }
        assertEquals(5, r.apply(5, 0));
        r.within(3, 4).store(ones, 0, 20, new int[64], 0, 1, 0, 20, y, 0, 20);
        assertEquals(4, y[0]);
        assertEquals(4, y[19]);
        byte[] table = new byte[256];
        table[5] = 99;
        assertEquals(99, r.withTable(table).apply(5, 0));
        assertThrows(IllegalArgumentException.class, () -> Requantization.of(2, new float[] {1}, null, 300, true));
    }

    @Test
    void averagesByHand() {
        WindowAxis axis = WindowAxis.padded(3, 2, 2, 1, 0, 1, false);
        PoolGeometry g = new PoolGeometry(1, 1, List.of(axis));
        byte[] y = new byte[2];
        byte[] x = {10, 20, 31};
        ByteAveragePool.runNhwc(g, x, 0, 1, 2, y, 0, 0.5f, 1, true, false, new int[1], 0, 0, 2);
        assertArrayEquals(new byte[] {17, 48}, y); // 8 / 0.5 + 1; (18 + 29) / 2 / 0.5 + 1
        ByteAveragePool.runNhwc(g, x, 0, 1, 2, y, 0, 0.5f, 1, true, true, new int[1], 0, 0, 2);
        assertArrayEquals(new byte[] {9, 48}, y);
    }
}
