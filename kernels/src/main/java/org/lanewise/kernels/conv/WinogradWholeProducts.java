package org.lanewise.kernels.conv;

import static org.lanewise.kernels.conv.WinogradWholeForm.GROUP;
import static org.lanewise.kernels.conv.WinogradWholeForm.LINE;
import static org.lanewise.kernels.conv.WinogradWholeForm.POINTS;
import static org.lanewise.kernels.conv.WinogradWholeForm.POSITIONS;
import static org.lanewise.kernels.conv.WinogradWholeForm.STEP;

import org.lanewise.kernels.AlignedFloats;
import org.lanewise.kernels.Simd;

/**
 * The products of {@link WinogradWhole}: transformed tiles times transformed weights {@code U = G w G^T}, for every position. Immutable. Weights lie in panels of one, two or four vectors of output channels; within a panel a position after the other.
 */
final class WinogradWholeProducts {
    private static final int LANES = Simd.LANES;

    private final int inChannels;
    private final int vectors;
    private final int panels;
    private final float[] weights;
    private final int begin;
    private final int length;

    /** Packs the weights {@code (M, C, 3, 3)}; M and C are multiples of the lanes. */
    WinogradWholeProducts(int inChannels, int outChannels, float[] w) {
        this.inChannels = inChannels;
        this.vectors = vectors(outChannels / LANES);
        this.panels = outChannels / LANES / vectors;
        this.length = POSITIONS * inChannels * outChannels;
        AlignedFloats room = AlignedFloats.of(length);
        this.weights = room.array();
        this.begin = room.start();
        int width = vectors * LANES;
        double[][] g = new double[POINTS][];
        for (int i = 0; i < POINTS; i++) {
            g[i] = WinogradWholeForm.g(i);
        }
        for (int m = 0; m < outChannels; m++) {
            for (int c = 0; c < inChannels; c++) {
                int to = at(m / width, 0) + c * width + m % width;
                int from = (m * inChannels + c) * 9;
                for (int p = 0; p < POSITIONS; p++) {
                    weights[to + p * inChannels * width] = transformed(g[p / POINTS], g[p % POINTS], w, from);
                }
            }
        }
    }

    private static int vectors(int all) {
        int most = Simd.REGISTERS == 32 ? 4 : 2;
        return Math.min(most, Integer.lowestOneBit(all));
    }

    private static float transformed(double[] down, double[] along, float[] w, int from) {
        double sum = 0;
        for (int i = 0; i < 9; i++) {
            sum += down[i / 3] * along[i % 3] * w[from + i];
        }
        return (float) sum;
    }

    private int at(int panel, int position) {
        return begin + (panel * POSITIONS + position) * inChannels * vectors * LANES;
    }

    /** Vectors of output channels in a panel. */
    int vectors() {
        return vectors;
    }

    int panels() {
        return panels;
    }

    long bytes() {
        return 4L * length;
    }

    /** What a profile calls the kernel: rows, vectors and lanes of a tile. */
    String kernelName() {
        String rows = Simd.REGISTERS == 32
                ? vectors == 4 ? "4x4x" : vectors == 2 ? "8x2x" : "16x1x"
                : vectors == 2 ? "4x2x" : "8x1x";
        return "gemm-f32-" + rows + LANES;
    }

    /**
     * Multiplies {@code tiles} tiles by the weights of a panel: the positions of a line.
     *
     * @param v transformed tiles: block {@code from / LANES + b} of group i begins at {@code v + (i * blocks + b) * LINE}
     * @param blocks vectors of input channels of a group
     * @param from first input channel
     * @param to behind the last one
     * @param m vector j of the products of group i begins at {@code m + (i * vectors + j) * LINE}
     */
    void run(int panel, int line, float[] s, int v, int blocks, int from, int to, int m, int tiles) {
        int count = (to - from) / LANES;
        int first = from / LANES;
        for (int h = 0; h < POINTS; h++) {
            int b = at(panel, line * POINTS + h) + from * vectors * LANES;
            for (int t = 0; t < tiles; t += GROUP) {
                int group = t / GROUP;
                int a = v + (group * blocks + first) * LINE + h * STEP;
                int c = m + group * vectors * LINE + h * STEP;
                group(count, s, a, b, c, Math.min(GROUP, tiles - t));
            }
        }
    }

    private void group(int count, float[] s, int a, int b, int c, int rows) {
        boolean wide = Simd.REGISTERS == 32;
        int step = wide ? GROUP / vectors : GROUP / 2 / vectors;
        for (int r = 0; r < rows; r += step) {
            int x = a + r * LANES;
            int y = c + r * LANES;
            if (wide) {
                switch (vectors) {
                    case 4 -> WinogradWholeTiles.rows4x4(count, s, x, weights, b, s, y);
                    case 2 -> WinogradWholeTiles.rows8x2(count, s, x, weights, b, s, y);
                    default -> WinogradWholeTiles.rows16x1(count, s, x, weights, b, s, y);
                }
            } else if (vectors == 2) {
                WinogradWholeSlimTiles.rows4x2(count, s, x, weights, b, s, y);
            } else {
                WinogradWholeSlimTiles.rows8x1(count, s, x, weights, b, s, y);
            }
        }
    }
}
