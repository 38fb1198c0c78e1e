package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.AlignedFloats;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.layout.MatrixTranspose;

/**
 * The 1x1 convolution of stride 1 whose channels come first, {@code Y(N, M, P) = activation(W(M, C) X(N, C, P) + bias + residual)} with P pixels, for images whose pixels do not fill the
 * panels of {@link Conv}: 7x7 pixels are 49, two panels of 32 at 512 bits. Vectors run along the output channels here, and tiles have five or six pixels, so that nothing is computed in vain.
 *
 * <p>The pixels of a band are copied once into tiles, k after k; the sums of a group of output channels are kept with their pixels as rows, and transposed when they are complete. Every sum
 * is one chain of multiply-adds from the bias in the order of the channels, so results do not depend on bands and groups. Immutable, shared by threads.
 */
public final class PointwisePlanes {
    /** Whether this machine has the registers. */
    public static final boolean ENABLED = Simd.ENABLED && Simd.REGISTERS == 32;

    /** Output channels in a group. */
    private static final int WIDTH = 4 * Simd.LANES;

    /** Pixels in a large tile; small ones have one less. */
    private static final int ROWS = 6;

    /** Longest block of the sums: the tile's pixels in a first-level cache, a group's weights in a second-level one. */
    private static final int KC = 1024;

    /** Copied pixels of a band. */
    private static final int BAND_VALUES = 256 << 10;

    /** Multiply-adds that take as long as a sum's way to its place in Y. */
    private static final int TURN = 20;

    private final int inChannels;
    private final int outChannels;
    private final float[] weights;
    private final int begin;
    private final float[] bias;
    private final Activation activation;

    /**
     * Packs the weights.
     *
     * @param w {@code (M, C)} from {@code wOff} on
     * @param bias M values from {@code biasOff} on, or null
     */
    public PointwisePlanes(
            int outChannels,
            int inChannels,
            float[] w,
            int wOff,
            float @Nullable [] bias,
            int biasOff,
            Activation activation) {
        this.inChannels = inChannels;
        this.outChannels = outChannels;
        this.activation = activation;
        int groups = groups();
        this.bias = new float[groups * WIDTH];
        if (bias != null) {
            System.arraycopy(bias, biasOff, this.bias, 0, outChannels);
        }
        AlignedFloats room = AlignedFloats.of(Math.multiplyExact(Math.multiplyExact(groups, WIDTH), inChannels));
        this.weights = room.array();
        this.begin = room.start();
        for (int m = 0; m < outChannels; m++) {
            int to = begin + m / WIDTH * WIDTH * inChannels + m % WIDTH;
            for (int k = 0; k < inChannels; k++) {
                weights[to + k * WIDTH] = w[wOff + m * inChannels + k];
            }
        }
    }

    /** Whether it is expected to be faster than {@link Conv} for one group of 1x1 filters of stride 1, without pads, on {@code pixels} pixels. */
    public static boolean suits(int pixels, int inChannels, int outChannels) {
        if (!ENABLED || pixels < ROWS) {
            return false;
        }
        int panel = 2 * Simd.LANES;
        double panels = (double) Math.ceilDiv(pixels, panel) * panel * outChannels;
        double tiles = (double) rows(pixels) * Math.ceilDiv(outChannels, WIDTH) * WIDTH;
        return tiles * (inChannels + TURN) < panels * inChannels;
    }

    /** Output channels are computed in so many groups: a range that can be split between threads. */
    public int groups() {
        return Math.ceilDiv(outChannels, WIDTH);
    }

    /** Bands of pixels of an image, at least {@code parts} if it has as many tiles: the other range that can be split. */
    public int bands(int pixels, int parts) {
        int fitting = Math.max(ROWS, BAND_VALUES / Math.max(1, inChannels));
        return Math.clamp(Math.ceilDiv(pixels, fitting), parts, Math.max(parts, Math.ceilDiv(pixels, ROWS)));
    }

    /** Elements of scratch that {@link #run} needs for an image cut into {@code bands}; each thread brings its own. */
    public int scratchSize(int pixels, int bands) {
        int band = rows(Math.ceilDiv(pixels, bands)) + ROWS;
        return Math.addExact(Math.multiplyExact(band, inChannels), band * WIDTH);
    }

    /** What a profile calls the kernel. */
    public String kernelName() {
        return "conv-nchw-1x1-" + ROWS + "x4x" + Simd.LANES;
    }

    private static int tiles(int pixels) {
        return Math.ceilDiv(pixels, ROWS);
    }

    /** Tiles of six pixels, the others have five. */
    private static int large(int pixels) {
        return Math.max(0, pixels - tiles(pixels) * (ROWS - 1));
    }

    /** Pixels that the tiles have in all, a few more than there are in a small image. */
    private static int rows(int pixels) {
        return tiles(pixels) * (ROWS - 1) + large(pixels);
    }

    /**
     * Computes groups {@code groupFrom} to {@code groupTo} (exclusive) of the output channels for pixels {@code from} to {@code to} of one image.
     *
     * @param x the image's planes, from {@code xOff} on; {@code y} and {@code residual} likewise
     * @param residual added before the activation; null for none
     * @param scratch {@link #scratchSize} values from {@code scratchOff} on
     */
    public void run(
            int pixels,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            int from,
            int to,
            int groupFrom,
            int groupTo,
            float[] scratch,
            int scratchOff) {
        int count = to - from;
        int packed = scratchOff + Alignment.lines(rows(count) * WIDTH);
        for (int k = 0; k < inChannels; k += KC) {
            int kc = Math.min(KC, inChannels - k);
            pack(x, xOff + k * pixels + from, pixels, kc, count, scratch, packed + k * rows(count));
        }
        for (int group = groupFrom; group < groupTo; group++) {
            for (int k = 0; k < inChannels; k += KC) {
                int kc = Math.min(KC, inChannels - k);
                tiles(group, k, kc, count, scratch, packed + k * rows(count), scratchOff);
            }
            int first = group * WIDTH;
            int channels = Math.min(WIDTH, outChannels - first);
            int out = first * pixels + from;
            MatrixTranspose.run(scratch, scratchOff, WIDTH, y, yOff + out, pixels, count, channels);
            if (residual != null || activation.kind() != Activation.Kind.NONE) {
                for (int i = 0; i < channels; i++) {
                    int row = out + i * pixels;
                    RowFinish.run(y, yOff + row, residual, resOff + row, count, activation);
                }
            }
        }
    }

    /** A block of the channels of all tiles, tile after tile. */
    private static void pack(float[] x, int xOff, int pixels, int kc, int count, float[] out, int to) {
        int large = large(count);
        int pixel = 0;
        int at = to;
        int tiles = tiles(count);
        int atOnce;
        for (int tile = 0; tile < tiles; tile += atOnce) {
            int rows = tile < large ? ROWS : ROWS - 1;
            int alike = (tile < large ? large : tiles) - tile;
            atOnce = alike >= 4 && pixel + 4 * rows <= count ? 4 : 1;
            if (atOnce == 4) {
                PointwiseTiles.packFour(x, xOff + pixel, pixels, kc, rows, out, at);
            } else if (pixel + rows <= count) {
                PointwiseTiles.pack(x, xOff + pixel, pixels, kc, rows, out, at);
            } else {
                for (int k = 0; k < kc; k++) {
                    int have = count - pixel;
                    System.arraycopy(x, xOff + pixel + k * pixels, out, at + k * rows, have);
                    Arrays.fill(out, at + k * rows + have, at + (k + 1) * rows, 0f);
                }
            }
            pixel += atOnce * rows;
            at += atOnce * rows * kc;
        }
    }

    private void tiles(int group, int k, int kc, int count, float[] scratch, int packed, int sums) {
        int large = large(count);
        int b = begin + (group * inChannels + k) * WIDTH;
        float[] start = k == 0 ? bias : scratch;
        int so = k == 0 ? group * WIDTH : sums;
        int startRow = k == 0 ? 0 : WIDTH;
        int a = packed;
        int c = sums;
        for (int tile = 0; tile < tiles(count); tile++) {
            if (tile < large) {
                PointwiseTiles.six(kc, scratch, a, weights, b, start, so, startRow, scratch, c);
                a += ROWS * kc;
                c += ROWS * WIDTH;
                so += ROWS * startRow;
            } else {
                PointwiseTiles.five(kc, scratch, a, weights, b, start, so, startRow, scratch, c);
                a += (ROWS - 1) * kc;
                c += (ROWS - 1) * WIDTH;
                so += (ROWS - 1) * startRow;
            }
        }
    }
}
