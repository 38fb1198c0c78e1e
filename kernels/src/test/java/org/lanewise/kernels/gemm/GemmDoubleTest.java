package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GemmDoubleTest {
    @Test
    void multipliesByHand() {
        double[] c = {100, 100, 100, 100};
        GemmDouble.run(
                new double[] {1, 2, 3, 4}, 0, 2, 1, new double[] {5, 6, 7, 8}, 0, 2, 1, 2, 2, c, 0, 2, 0, 2, false);
        assertArrayEquals(new double[] {19, 22, 43, 50}, c);
        GemmDouble.run(
                new double[] {1, 2, 3, 4}, 0, 1, 2, new double[] {5, 6, 7, 8}, 0, 1, 2, 2, 2, c, 0, 2, 0, 2, true);
        assertArrayEquals(new double[] {19 + 23, 22 + 31, 43 + 34, 50 + 46}, c);
    }

    @Property(tries = 200)
    void vectorsGiveTheBitsOfTheScalarLoop(
            @ForAll @IntRange(min = 0, max = 20) int m,
            @ForAll @IntRange(min = 0, max = 70) int n,
            @ForAll @IntRange(min = 0, max = 40) int k,
            @ForAll boolean transA,
            @ForAll boolean transB) {
        Random random = new Random(m + 31L * n + 997L * k);
        double[] a = random.doubles((long) m * k + 1).toArray();
        double[] b = random.doubles((long) n * k + 2).toArray();
        int ldc = n + 1;
        double[] c = new double[m * ldc + 1];
        Arrays.fill(c, 7);
        double[] expected = c.clone();
        for (int i = 0; i < m; i++) {
            Arrays.fill(expected, 1 + i * ldc, 1 + i * ldc + n, 0);
        }
        int ar = transA ? 1 : k;
        int ac = transA ? m : 1;
        int br = transB ? 1 : n;
        int bc = transB ? k : 1;
        GemmDouble.scalar(a, 1, ar, ac, b, 2, br, bc, k, 0, n, expected, 1, ldc, 0, m);
        int cut = random.nextInt(m + 1);
        GemmDouble.run(a, 1, ar, ac, b, 2, br, bc, k, n, c, 1, ldc, 0, cut, false);
        GemmDouble.run(a, 1, ar, ac, b, 2, br, bc, k, n, c, 1, ldc, cut, m, false);
        assertArrayEquals(expected, c);
    }
}
