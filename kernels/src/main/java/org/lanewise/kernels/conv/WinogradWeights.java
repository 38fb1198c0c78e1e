package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.PackedB;

/** Transforms the weights of a layer, {@code U = G w G^T}, in double precision, rounded once. */
final class WinogradWeights {
    private static final double[][] G2 = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};

    private static final double[][] G4 = {
        point(0, WinogradPasses.PRODUCT),
        point(WinogradPasses.NEAR, divisor(WinogradPasses.NEAR, WinogradPasses.FAR)),
        point(-WinogradPasses.NEAR, divisor(WinogradPasses.NEAR, WinogradPasses.FAR)),
        point(WinogradPasses.FAR, divisor(WinogradPasses.FAR, WinogradPasses.NEAR)),
        point(-WinogradPasses.FAR, divisor(WinogradPasses.FAR, WinogradPasses.NEAR)),
        {0, 0, 1}
    };

    private WinogradWeights() {}

    /** The filter as a polynomial, evaluated at {@code t} and divided. */
    private static double[] point(double t, double divisor) {
        return new double[] {1 / divisor, t / divisor, t * t / divisor};
    }

    /** The product of the differences from {@code t} to the other finite points 0, -t and +-other. */
    private static double divisor(double t, double other) {
        return 2 * t * t * (t * t - other * other);
    }

    /** Columns of the packed matrices: the output channels in whole vectors, so that no tile of a product ends within one. */
    static int columns(int outChannels) {
        return (outChannels + Simd.LANES - 1) / Simd.LANES * Simd.LANES;
    }

    /** The matrices (C, M) of the positions of a tile, row by row; {@code w} is {@code (M, C, 3, 3)}. */
    static List<PackedB> pack(int tile, int inChannels, int outChannels, float[] w, int wOff) {
        double[][] g = tile == 4 ? G4 : G2;
        List<PackedB> packed = new ArrayList<>(g.length * g.length);
        float[] u = new float[columns(outChannels) * inChannels];
        for (double[] down : g) {
            for (double[] along : g) {
                transform(outChannels * inChannels, down, along, w, wOff, u);
                packed.add(PackedB.pack(u, 0, inChannels, true, inChannels, columns(outChannels)));
            }
        }
        return packed;
    }

    /** The same for {@link WinogradProducts}. */
    static WinogradProducts packSmall(int tile, int inChannels, int outChannels, float[] w, int wOff) {
        double[][] g = tile == 4 ? G4 : G2;
        WinogradProducts packed = new WinogradProducts(g.length * g.length, inChannels, columns(outChannels));
        float[] u = new float[columns(outChannels) * inChannels];
        int position = 0;
        for (double[] down : g) {
            for (double[] along : g) {
                transform(outChannels * inChannels, down, along, w, wOff, u);
                packed.pack(position++, u);
            }
        }
        return packed;
    }

    /** One value of every filter's transform. */
    private static void transform(int filters, double[] down, double[] along, float[] w, int wOff, float[] u) {
        double a0 = along[0];
        double a1 = along[1];
        double a2 = along[2];
        for (int i = 0; i < filters; i++) {
            int at = wOff + 9 * i;
            u[i] = (float) (down[0] * (a0 * w[at] + a1 * w[at + 1] + a2 * w[at + 2])
                    + down[1] * (a0 * w[at + 3] + a1 * w[at + 4] + a2 * w[at + 5])
                    + down[2] * (a0 * w[at + 6] + a1 * w[at + 7] + a2 * w[at + 8]));
        }
    }
}
