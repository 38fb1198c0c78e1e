package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Small products in every form that the values of A can choose in {@link GemmInt8}, see {@link Int8Norms}: so that the JIT compiler knows those, too, which the values at hand do not choose.
 * Not for use by several threads.
 */
public final class Int8Forms {
    /** How often to {@link #run} so that HotSpot compiles all of them by C2: after 2,000 the last ones were waiting for it. */
    public static final int RUNS = 3000;

    private static final int K = 128;
    private static final int TILE_ROWS = TripleTiles.TILE * TripleTiles.ROWS;

    /** Suits {@link TripleLanes}; suits runs of eight of the largest weights; suits only runs of four of them. */
    private static final byte[] VALUES = {0, 64, 127};

    private final PackedInt8B b;
    private final byte[] a = new byte[VALUES.length * TILE_ROWS * K];
    private final int[] c;
    private final int[] scratch;
    private final double[] doubles;

    private Int8Forms() {
        byte[] weights = new byte[K * Gemm.NR];
        Arrays.fill(weights, Byte.MAX_VALUE);
        b = PackedInt8B.pack(weights, 0, Gemm.NR, false, true, K, Gemm.NR, null);
        int rows = a.length / K;
        for (int i = 0; i < VALUES.length; i++) {
            Arrays.fill(a, i * TILE_ROWS * K, (i + 1) * TILE_ROWS * K, VALUES[i]);
        }
        c = new int[rows * Gemm.NR];
        scratch = new int[GemmInt8.scratchSize(rows, b, true)];
        doubles = new double[GemmInt8.doublesSize(rows, b)];
    }

    /** For products with some weights; {@code null} where there is nothing to choose. */
    public static @Nullable Int8Forms of(PackedInt8B b) {
        return b.norms != null && GemmInt8.inDoubles(Integer.MAX_VALUE, b) ? new Int8Forms() : null;
    }

    /** Computes a product in each form. */
    public void run() {
        product(0, VALUES.length * TILE_ROWS);
        for (int i = 1; i < VALUES.length; i++) {
            for (int triples = 2; triples < TripleTiles.TILE; triples++) {
                product(i * TILE_ROWS, triples * TripleTiles.ROWS);
            }
        }
    }

    private void product(int row, int rows) {
        GemmInt8.run(a, row * K, K, true, null, b, c, 0, Gemm.NR, 0, rows, 0, 1, scratch, 0, doubles, 0);
    }

    /** The sums computed last. */
    int[] sums() {
        return c;
    }
}
