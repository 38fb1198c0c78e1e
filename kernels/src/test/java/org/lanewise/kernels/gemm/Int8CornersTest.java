package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Simd;

/**
 * {@link GemmInt8} on the values that come nearest to overflowing 16, 24 or 32 bits: long rows full of the ends of both types against columns full of them, zero points at both ends, and columns whose runs of four have
 * just as much as 16 bits hold and a little more.
 */
class Int8CornersTest {
    private static final int K = 4093;

    /** A multiple of 4 in which a run of four that is too large comes once: few enough for runs of four to be kept. */
    private static final int HARSH_EVERY = 2048;

    private static final int[][] SHAPES = {{1, 130}, {1, 7}, {2, 70}, {3, 40}, {7, 33}, {20, 7}, {20, 40}, {21, 70}};
    private static final int KINDS = 6;

    /** A value from -128 to 127 at {@code k} of a row or column that is all an end, all the other, changing, or near 0. */
    private static int corner(int kind, int k) {
        return switch (kind) {
            case 0 -> -128;
            case 1 -> 127;
            case 2 -> k % 2 == 0 ? -128 : 127;
            case 3 -> k % 4 < 2 ? 127 : -128;
            case 4 -> k < K / 2 ? -128 : 127;
            default -> k % 2 - 1;
        };
    }

    /** The same for a column of runs that have a magnitude of 255 or, by column, of 256 to 512 now and then. */
    private static int full(int kind, int k) {
        int sign = kind % 2 == 0 ? 1 : -1;
        if (k % HARSH_EVERY < HARSH_EVERY - PackedInt8B.STEP) {
            return sign * (k % 4 == 3 ? 63 : 64);
        }
        return switch (kind / 2) {
            case 0 -> sign * 64;
            case 1 -> sign < 0 ? -128 : 127;
            default -> k % 4 == 3 ? -128 * sign + (sign < 0 ? -1 : 0) : 64 * sign;
        };
    }

    private static int value(boolean full, int kind, int k) {
        return full ? full(kind, k) : corner(kind, k);
    }

    /** The zero point of a row or column, from -128 to 127: the lowest, the highest, both by turns, or the middle. */
    private static int zero(int form, int i) {
        return switch (form) {
            case 0 -> -128;
            case 1 -> 127;
            case 2 -> i % 2 == 0 ? 127 : -128;
            default -> 0;
        };
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void sumsAreExact(boolean aSigned, boolean bSigned) {
        for (int form = 0; form < 16; form++) {
            check(false, aSigned, bSigned, form % 4, form / 4);
            check(true, aSigned, bSigned, form % 4, form / 4);
        }
    }

    private static void check(boolean full, boolean aSigned, boolean bSigned, int aForm, int bForm) {
        int[][] products = new int[KINDS][KINDS];
        int[] aSums = new int[KINDS];
        int[] bSums = new int[KINDS];
        for (int i = 0; i < KINDS; i++) {
            for (int k = 0; k < K; k++) {
                aSums[i] += corner(i, k);
                bSums[i] += value(full, i, k);
                for (int j = 0; j < KINDS; j++) {
                    products[i][j] += corner(i, k) * value(full, j, k);
                }
            }
        }
        int[] shape = SHAPES[(4 * aForm + bForm + (full ? 3 : 0)) % SHAPES.length];
        int m = shape[0];
        int n = shape[1];
        int[] za = zeros(aForm, m, aSigned);
        PackedInt8B b = packed(full, bSigned, n, zeros(bForm, n, bSigned));
        assertTrue(!Simd.ENABLED || b.run == (full ? 4 : 2), "runs of " + b.run);
        byte[] a = new byte[m * K];
        for (int i = 0; i < a.length; i++) {
            a[i] = (byte) (corner(i / K % KINDS, i % K) + (aSigned ? 0 : 128));
        }
        for (boolean inDoubles : Int8Triples.takes(b) ? new boolean[] {false, true} : new boolean[] {false}) {
            int[] c = new int[m * n];
            int[] scratch = new int[GemmInt8.scratchSize(m, b, inDoubles)];
            double[] doubles = inDoubles ? new double[GemmInt8.doublesSize(m, b)] : null;
            GemmInt8.run(a, 0, K, aSigned, za, b, c, 0, n, 0, m, 0, b.panels(), scratch, 0, doubles, 0);
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    int x = zero(aForm, i);
                    int y = zero(bForm, j);
                    int expected =
                            products[i % KINDS][j % KINDS] - x * bSums[j % KINDS] - y * aSums[i % KINDS] + K * x * y;
                    String what =
                            m + " x " + n + " zero points " + aForm + " " + bForm + (inDoubles ? " in doubles" : "");
                    assertEquals(expected, c[i * n + j], () -> what);
                }
            }
        }
    }

    private static int[] zeros(int form, int count, boolean signed) {
        int[] zeros = new int[form == 2 ? count : 1];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = zero(form, i) + (signed ? 0 : 128);
        }
        return zeros;
    }

    private static PackedInt8B packed(boolean full, boolean signed, int n, int[] zeros) {
        byte[] b = new byte[n * K];
        for (int i = 0; i < b.length; i++) {
            b[i] = (byte) (value(full, i / K % KINDS, i % K) + (signed ? 0 : 128));
        }
        return PackedInt8B.pack(b, 0, K, true, signed, K, n, zeros);
    }
}
