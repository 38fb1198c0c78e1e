package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * The one-dimensional transforms of Winograd convolution F(2, 3) and F(4, 3), each on many columns at once: value {@code i} of input line
 * {@code l} is {@code x[xOff + l * xStep + i]}, of output line {@code l} {@code y[yOff + l * yStep + i]}, for {@code i} below {@code count}.
 *
 * <p>With {@code Y = A^T ((G w) * (B^T x))}, {@link #input} is B^T (tile + 2 lines to tile + 2) and {@link #output} is A^T (tile + 2 lines to
 * tile); G is in {@link WinogradWeights}. The construction is that of Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2015).
 * F(2, 3) interpolates at their points 0, 1, -1 and infinity, F(4, 3) at 0, +-{@link #NEAR}, +-{@link #FAR} and infinity rather than at
 * +-1 and +-2: that halves its rounding errors, and the matrices are still exact in fp32.
 */
final class WinogradPasses {
    /** The points of F(4, 3), their powers, and the coefficients of {@code (t^2 - NEAR^2) (t^2 - FAR^2)}. */
    static final float NEAR = 11 / 16f;

    static final float FAR = 3 / 2f;
    static final float NEAR2 = NEAR * NEAR;
    static final float FAR2 = FAR * FAR;
    static final float NEAR3 = NEAR2 * NEAR;
    static final float FAR3 = FAR2 * FAR;
    static final float SUM = NEAR2 + FAR2;
    static final float PRODUCT = NEAR2 * FAR2;

    private WinogradPasses() {}

    /** {@code y = B^T x}; {@code tile} is 2 or 4. */
    static void input(int tile, float[] x, int xOff, int xStep, float[] y, int yOff, int yStep, int count) {
        if (!Simd.ENABLED || count < Simd.LANES) {
            if (tile == 4) {
                WinogradScalar.input4(x, xOff, xStep, y, yOff, yStep, count);
            } else {
                WinogradScalar.input2(x, xOff, xStep, y, yOff, yStep, count);
            }
            return;
        }
        int whole = count - count % Simd.LANES;
        inputVectors(tile, x, xOff, xStep, y, yOff, yStep, whole);
        if (whole < count) {
            int last = count - Simd.LANES;
            inputVectors(tile, x, xOff + last, xStep, y, yOff + last, yStep, Simd.LANES);
        }
    }

    /**
     * {@link #input(int, float[], int, int, float[], int, int, int)} for {@code tiles} tiles, whose lines lie {@code xNext} apart in {@code x} and {@code yNext} in
     * {@code y}: all tiles for one vector of channels after the other where there are more tiles than vectors.
     */
    static void inputs(
            int tile,
            float[] x,
            int xOff,
            int xStep,
            int xNext,
            float[] y,
            int yOff,
            int yStep,
            int yNext,
            int count,
            int tiles) {
        if (!sweepsTiles(count, tiles)) {
            for (int t = 0; t < tiles; t++) {
                input(tile, x, xOff + t * xNext, xStep, y, yOff + t * yNext, yStep, count);
            }
            return;
        }
        for (int c = 0; c < count; c += Simd.LANES) {
            int i = Math.min(c, count - Simd.LANES);
            if (tile == 4) {
                WinogradTileLines.input4(x, xOff + i, xStep, xNext, y, yOff + i, yStep, yNext, tiles);
            } else {
                WinogradTileLines.input2(x, xOff + i, xStep, xNext, y, yOff + i, yStep, yNext, tiles);
            }
        }
    }

    /** {@link #output(int, float[], int, int, float[], int, int, int)} for {@code tiles} tiles, as {@link #inputs} does it. */
    static void outputs(
            int tile,
            float[] x,
            int xOff,
            int xStep,
            int xNext,
            float[] y,
            int yOff,
            int yStep,
            int yNext,
            int count,
            int tiles) {
        if (!sweepsTiles(count, tiles)) {
            for (int t = 0; t < tiles; t++) {
                output(tile, x, xOff + t * xNext, xStep, y, yOff + t * yNext, yStep, count);
            }
            return;
        }
        for (int c = 0; c < count; c += Simd.LANES) {
            int i = Math.min(c, count - Simd.LANES);
            if (tile == 4) {
                WinogradTileLines.output4(x, xOff + i, xStep, xNext, y, yOff + i, yStep, yNext, tiles);
            } else {
                WinogradTileLines.output2(x, xOff + i, xStep, xNext, y, yOff + i, yStep, yNext, tiles);
            }
        }
    }

    private static boolean sweepsTiles(int count, int tiles) {
        return Simd.ENABLED && count >= Simd.LANES && count <= tiles * Simd.LANES;
    }

    private static void inputVectors(
            int tile, float[] x, int xOff, int xStep, float[] y, int yOff, int yStep, int count) {
        if (tile == 4) {
            WinogradVector.input4(x, xOff, xStep, y, yOff, yStep, count);
        } else {
            WinogradVector.input2(x, xOff, xStep, y, yOff, yStep, count);
        }
    }

    /** {@code y = A^T x}; {@code tile} is 2 or 4. */
    static void output(int tile, float[] x, int xOff, int xStep, float[] y, int yOff, int yStep, int count) {
        if (!Simd.ENABLED || count < Simd.LANES) {
            if (tile == 4) {
                WinogradScalar.output4(x, xOff, xStep, y, yOff, yStep, count);
            } else {
                WinogradScalar.output2(x, xOff, xStep, y, yOff, yStep, count);
            }
            return;
        }
        int whole = count - count % Simd.LANES;
        outputVectors(tile, x, xOff, xStep, y, yOff, yStep, whole);
        if (whole < count) {
            int last = count - Simd.LANES;
            outputVectors(tile, x, xOff + last, xStep, y, yOff + last, yStep, Simd.LANES);
        }
    }

    private static void outputVectors(
            int tile, float[] x, int xOff, int xStep, float[] y, int yOff, int yStep, int count) {
        if (tile == 4) {
            WinogradVector.output4(x, xOff, xStep, y, yOff, yStep, count);
        } else {
            WinogradVector.output2(x, xOff, xStep, y, yOff, yStep, count);
        }
    }

    /**
     * {@code y = A^T x + bias + r}: one line of bias, the same for every line of the output.
     *
     * @param r laid out like {@code y} from {@code rOff} on, null for none; may be {@code y} itself
     */
    static void output(
            int tile,
            float[] x,
            int xOff,
            int xStep,
            float[] bias,
            int biasOff,
            float @Nullable [] r,
            int rOff,
            float[] y,
            int yOff,
            int yStep,
            int count) {
        int done = 0;
        if (Simd.ENABLED) {
            done = count - count % Simd.LANES;
            outputVectors(tile, x, xOff, xStep, bias, biasOff, r, rOff, y, yOff, yStep, done);
        }
        int rest = count - done;
        if (rest == 0) {
            return;
        }
        int in = xOff + done;
        int start = biasOff + done;
        int added = rOff + done;
        int out = yOff + done;
        if (r == null) {
            if (tile == 4) {
                WinogradScalar.output4Biased(x, in, xStep, bias, start, y, out, yStep, rest);
            } else {
                WinogradScalar.output2Biased(x, in, xStep, bias, start, y, out, yStep, rest);
            }
        } else if (tile == 4) {
            WinogradScalar.output4Adding(x, in, xStep, bias, start, r, added, y, out, yStep, rest);
        } else {
            WinogradScalar.output2Adding(x, in, xStep, bias, start, r, added, y, out, yStep, rest);
        }
    }

    private static void outputVectors(
            int tile,
            float[] x,
            int xOff,
            int xStep,
            float[] bias,
            int biasOff,
            float @Nullable [] r,
            int rOff,
            float[] y,
            int yOff,
            int yStep,
            int count) {
        if (r == null) {
            if (tile == 4) {
                WinogradVector.output4Biased(x, xOff, xStep, bias, biasOff, y, yOff, yStep, count);
            } else {
                WinogradVector.output2Biased(x, xOff, xStep, bias, biasOff, y, yOff, yStep, count);
            }
        } else if (tile == 4) {
            WinogradVector.output4Adding(x, xOff, xStep, bias, biasOff, r, rOff, y, yOff, yStep, count);
        } else {
            WinogradVector.output2Adding(x, xOff, xStep, bias, biasOff, r, rOff, y, yOff, yStep, count);
        }
    }
}
