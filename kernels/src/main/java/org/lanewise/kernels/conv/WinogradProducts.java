package org.lanewise.kernels.conv;

import org.lanewise.kernels.AlignedFloats;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Gemm;

/**
 * The products of transformed tiles with small transformed weights: for every position of a tile {@code C = A * B}, A being (tiles, inChannels) and B
 * (inChannels, columns). Immutable. Every value is one chain of multiply-adds in the order of the input channels, as in {@link Gemm}.
 */
final class WinogradProducts {
    /** Most weights of a position: with more, a general product is as fast. */
    private static final int MOST_WEIGHTS = 128 * 256;

    /** Weights up to this size come from the second-level cache whenever they are passed over. */
    private static final int CACHED_BYTES = 1 << 20;

    private final int inChannels;
    private final int columns;

    /** A position after the other, in panels of NR columns, the last of one vector if the number of vectors is odd. */
    private final float[] weights;

    private final int begin;
    private final int length;

    /**
     * Keeps room for the weights of {@code positions}.
     *
     * @param columns a multiple of the lanes
     */
    WinogradProducts(int positions, int inChannels, int columns) {
        this.inChannels = inChannels;
        this.columns = columns;
        this.length = positions * inChannels * columns;
        AlignedFloats room = AlignedFloats.of(length);
        this.weights = room.array();
        this.begin = room.start();
    }

    /** Whether products with so few channels are faster here than in {@link Gemm}. */
    static boolean suits(int inChannels, int columns) {
        return Simd.ENABLED && (long) inChannels * columns <= MOST_WEIGHTS;
    }

    /** Packs the weights of a position, {@code (columns, inChannels)}; only while the object is built. */
    void pack(int position, float[] u) {
        int start = begin + position * inChannels * columns;
        for (int n = 0; n < columns; n++) {
            int panel = n / Gemm.NR * Gemm.NR;
            int width = Math.min(Gemm.NR, columns - panel);
            for (int k = 0; k < inChannels; k++) {
                weights[start + panel * inChannels + k * width + n - panel] = u[n * inChannels + k];
            }
        }
    }

    long bytes() {
        return 4L * length;
    }

    /** What a profile calls the kernel: rows, vectors and lanes of a tile. */
    String kernelName() {
        boolean wide = Simd.REGISTERS == 32 && columns >= 2 * Gemm.NR;
        String rows = columns >= Gemm.NR ? wide ? "4x4x" : "4x2x" : tall() ? "16x1x" : "8x1x";
        return "gemm-f32-" + rows + Simd.LANES;
    }

    private boolean tall() {
        return Simd.REGISTERS == 32 && inChannels == Simd.LANES && columns == Simd.LANES;
    }

    /** Rows that A and C must have room for when there are {@code tiles}: what lies in the surplus is read and written. */
    static int rows(int tiles, int columns) {
        int step = columns == Simd.LANES ? 16 : columns % Gemm.NR == 0 ? 4 : 8;
        return (tiles + step - 1) / step * step;
    }

    /** Fewest rows that are worth a pass over the weights; at least {@code uncached} where those are not in the second-level cache. */
    int leastRows(int uncached) {
        return bytes() > CACHED_BYTES ? uncached : columns == Simd.LANES ? 16 : 8;
    }

    /** The columns {@code from} to {@code to}, multiples of {@link Gemm#NR} or the last, of one position; A's rows are {@code inChannels} apart, those of C {@code columns}. */
    void run(int position, float[] s, int a, int c, int tiles, int from, int to) {
        int b = begin + position * inChannels * columns;
        int n = from;
        if (Simd.REGISTERS == 32) {
            for (; n + 2 * Gemm.NR <= to; n += 2 * Gemm.NR) {
                int panel = b + n * inChannels;
                for (int t = 0; t < tiles; t += 4) {
                    WinogradProductTiles.rows4x4(
                            inChannels,
                            s,
                            a + t * inChannels,
                            inChannels,
                            weights,
                            panel,
                            Gemm.NR * inChannels,
                            s,
                            c + t * columns + n,
                            columns);
                }
            }
        }
        for (; n + Gemm.NR <= to; n += Gemm.NR) {
            int panel = b + n * inChannels;
            for (int t = 0; t < tiles; t += 4) {
                WinogradProductTiles.rows4x2(
                        inChannels, s, a + t * inChannels, inChannels, weights, panel, s, c + t * columns + n, columns);
            }
        }
        if (n < to) {
            oneVector(s, a, b + n * inChannels, c + n, tiles);
        }
    }

    private void oneVector(float[] s, int a, int b, int c, int tiles) {
        boolean tall = tall();
        int t = 0;
        for (; tall && t < tiles - 8; t += 16) { // up to eight tiles are left to one of eight rows
            WinogradProductTiles.rows16x1(inChannels, s, a + t * inChannels, weights, b, s, c + t * columns);
        }
        for (; t < tiles; t += 8) {
            WinogradProductTiles.rows8x1(
                    inChannels, s, a + t * inChannels, inChannels, weights, b, s, c + t * columns, columns);
        }
    }
}
