package org.lanewise.kernels.conv;

import static org.lanewise.kernels.conv.WinogradWholeForm.COLUMNS;
import static org.lanewise.kernels.conv.WinogradWholeForm.GROUP;
import static org.lanewise.kernels.conv.WinogradWholeForm.INPUTS;
import static org.lanewise.kernels.conv.WinogradWholeForm.LINE;
import static org.lanewise.kernels.conv.WinogradWholeForm.PATCH;
import static org.lanewise.kernels.conv.WinogradWholeForm.POINTS;
import static org.lanewise.kernels.conv.WinogradWholeForm.STEP;
import static org.lanewise.kernels.conv.WinogradWholeForm.SUMS;
import static org.lanewise.kernels.conv.WinogradWholeForm.TILE;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;

/**
 * 3x3 convolution of stride 1 of bytes, channels-last, by Winograd's minimal filtering F(4x4, 3x3) at points that keep whole numbers exact in {@code float} ({@link WinogradWholeForm}): 49 multiplications instead of 144 for
 * 16 outputs of a channel pair, where tiles of two pixels a side have 64 and those of {@link WinogradNhwc} at other points 36, which round. Immutable and shared by threads.
 *
 * <p>Works on some rows of tiles at a time. The columns of the bytes are transformed first; then each of the seven lines of the transformed tiles is made, multiplied and transformed back along itself while it is in the first-level cache or near it; last the
 * columns are transformed back and become bytes. Bytes are taken as they are, not less their zero point: padding is the zero point, and the bias makes up for the rest.
 */
final class WinogradWhole {
    private static final int LANES = Simd.LANES;

    /** Narrowest vectors: a quarter of one holds as many bytes. */
    private static final int LEAST_BITS = 256;

    private static final int MOST_PARTS = 4;

    /** Weights up to this size are read again from the second-level cache while a group of tiles is multiplied, so that the pixels of the group stay in the first. */
    private static final int NEAR_WEIGHTS = 64 << 10;

    private final int inChannels;
    private final int outChannels;
    private final int parts;
    private final boolean unsigned;
    private final int zero;
    private final float[] bias;
    private final WinogradWholeProducts products;
    private volatile byte[] zeros = new byte[0];

    /**
     * Transforms and packs the weights.
     *
     * @param w whole weights {@code (M, C, 3, 3)}
     * @param zero the value of x that stands for 0
     * @param unsigned whether x holds uint8; int8 otherwise
     * @param parts of the input channels whose sums are added apart, because they are exact
     */
    WinogradWhole(ConvGeometry g, float[] w, float[] bias, int zero, boolean unsigned, int parts) {
        this.inChannels = g.inChannels();
        this.outChannels = g.outChannels();
        this.zero = zero;
        this.unsigned = unsigned;
        this.parts = parts;
        this.bias = WinogradWholeExactness.withZero(inChannels, w, bias, zero);
        this.products = new WinogradWholeProducts(inChannels, outChannels, w);
    }

    /** The kernel where its sums are exact and it can be faster than others for some size of the image, null elsewhere; arguments as for the constructor. */
    static @Nullable WinogradWhole of(ConvGeometry g, float[] w, float[] bias, int zero, boolean unsigned) {
        if (Simd.BITS < LEAST_BITS
                || !WinogradNhwc.computes(g)
                || g.inChannels() % LANES != 0
                || g.outChannels() % LANES != 0
                || !WinogradCost.fitsWhole(g)) {
            return null;
        }
        float[] all = WinogradWholeExactness.withZero(g.inChannels(), w, bias, zero);
        int low = unsigned ? 0 : Byte.MIN_VALUE;
        for (int parts = 1; parts <= MOST_PARTS && parts * LANES <= g.inChannels(); parts *= 2) {
            if (WinogradWholeExactness.holds(
                    g.outChannels(), g.inChannels(), w, all, LANES, parts, low, low + WholeWeights.LARGEST_X)) {
                return new WinogradWhole(g, w, bias, zero, unsigned, parts);
            }
        }
        return null;
    }

    /** Rows of tiles that are computed together: about a group, or two where weights are large, if there are so many. */
    static int rowsOfABlock(ConvGeometry g, int parts) {
        int down = Math.ceilDiv(g.axis(0).output(), TILE);
        int most = WinogradCost.wholeBytes(g) <= NEAR_WEIGHTS ? GROUP : 2 * GROUP;
        int fitting = Math.clamp(most / Math.max(1, across(g)), 1, Math.max(1, down));
        int blocks = Math.max(Math.ceilDiv(parts, Math.max(1, g.batch())), Math.ceilDiv(down, fitting));
        return Math.max(1, Math.ceilDiv(down, blocks));
    }

    /** What a profile calls the kernel. */
    String kernelName() {
        return "conv-nhwc-winograd-whole-4x4-" + products.kernelName();
    }

    private static int across(ConvGeometry g) {
        return Math.ceilDiv(g.axis(1).output(), TILE);
    }

    /** Elements of scratch that {@link #run} needs for {@code rows} rows of tiles at a time. */
    int scratchSize(ConvGeometry g, int rows) {
        int across = across(g);
        int groups = Math.ceilDiv(rows * across, GROUP);
        int blocks = inChannels / LANES;
        return runs(rows * across, across) * blocks * PATCH
                + groups * (blocks + products.vectors()) * LINE
                + groups * outChannels / LANES * SUMS;
    }

    /**
     * Computes {@code count} rows of tiles of an image from {@code row} on.
     *
     * @param x where the image lies in {@code bytes}
     * @param end what becomes of the sums
     * @param out where the image goes in {@code y}
     */
    void run(
            ConvGeometry g,
            byte[] bytes,
            int x,
            Requantization end,
            byte[] y,
            int out,
            float[] s,
            int off,
            int row,
            int count) {
        int across = across(g);
        int tiles = count * across;
        int blocks = inChannels / LANES;
        int vectors = products.vectors();
        int groups = Math.ceilDiv(tiles, GROUP);
        int v = off + runs(tiles, across) * blocks * PATCH;
        int m = v + groups * blocks * LINE;
        int z = m + groups * vectors * LINE;
        down(g, bytes, x, row, tiles, s, off);
        for (int r = 0; r < POINTS; r++) {
            along(r, tiles, across, s, off, v);
            for (int panel = 0; panel < products.panels(); panel++) {
                for (int part = 0; part < parts; part++) {
                    products.run(panel, r, s, v, blocks, part(part), part(part + 1), m, tiles);
                    for (int i = 0; i < groups * vectors; i++) {
                        int n = Math.min(GROUP, tiles - i / vectors * GROUP);
                        int to = z + (i / vectors * (outChannels / LANES) + panel * vectors + i % vectors) * SUMS;
                        if (part == 0) {
                            WinogradWholeOutput.along(s, m + i * LINE, to + r * TILE * STEP, n);
                        } else {
                            WinogradWholeOutput.alongAdding(s, m + i * LINE, to + r * TILE * STEP, n);
                        }
                    }
                }
            }
        }
        up(g, tiles, s, z, end, y, out, row);
        int width = g.axis(1).output();
        int behind = Math.min(g.axis(0).output(), (row + count) * TILE);
        int first = row * TILE * width * outChannels;
        end.look(y, out + first, behind * width * outChannels - first);
    }

    /** Transforms the columns of the pixels that {@code tiles} tiles from row {@code row} of tiles on read: a run of tiles in a row and a group after the other. */
    private void down(ConvGeometry g, byte[] bytes, int x, int row, int tiles, float[] s, int to) {
        int across = across(g);
        int at = to;
        byte[] none = rowOfZeros(g);
        WindowAxis h = g.axis(0);
        WindowAxis w = g.axis(1);
        int pitch = w.input() * inChannels;
        for (int t = 0; t < tiles; ) {
            int n = run(t, across, tiles);
            int top = (row + t / across) * TILE - h.padBegin();
            int column = t % across * TILE - w.padBegin();
            int pixels = n * TILE + INPUTS - TILE;
            int left = Math.clamp(-column, 0, pixels);
            int right = Math.clamp(w.input() - column, left, pixels);
            int first = x + top * pitch + (column + left) * inChannels;
            for (int b = 0; b < inChannels / LANES; b++) {
                WinogradWholeInput.constant(zero, s, at, left);
                WinogradWholeInput.constant(zero, s, at + right * LANES, pixels - right);
                if (right > left) {
                    int i = first + b * LANES;
                    boolean in0 = top >= 0 && top < h.input();
                    boolean in1 = top + 1 >= 0 && top + 1 < h.input();
                    boolean in2 = top + 2 >= 0 && top + 2 < h.input();
                    boolean in3 = top + 3 >= 0 && top + 3 < h.input();
                    boolean in4 = top + 4 >= 0 && top + 4 < h.input();
                    boolean in5 = top + 5 >= 0 && top + 5 < h.input();
                    WinogradWholeInput.down(
                            in0 ? bytes : none,
                            in0 ? i : 0,
                            in1 ? bytes : none,
                            in1 ? i + pitch : 0,
                            in2 ? bytes : none,
                            in2 ? i + 2 * pitch : 0,
                            in3 ? bytes : none,
                            in3 ? i + 3 * pitch : 0,
                            in4 ? bytes : none,
                            in4 ? i + 4 * pitch : 0,
                            in5 ? bytes : none,
                            in5 ? i + 5 * pitch : 0,
                            unsigned,
                            inChannels,
                            s,
                            at + left * LANES,
                            right - left);
                }
                at += PATCH;
            }
            t += n;
        }
    }

    /** Transforms line {@code r} of all tiles and channels. */
    private void along(int r, int tiles, int across, float[] s, int from, int v) {
        int blocks = inChannels / LANES;
        int at = from + r * COLUMNS;
        for (int t = 0; t < tiles; ) {
            int n = run(t, across, tiles);
            for (int b = 0; b < blocks; b++) {
                WinogradWholeInput.along(s, at, v + (t / GROUP * blocks + b) * LINE + t % GROUP * LANES, n);
                at += PATCH;
            }
            t += n;
        }
    }

    /** Sums of lines to bytes: tiles from row {@code row} of tiles on, columns of pixels that the image has. */
    private void up(ConvGeometry g, int tiles, float[] s, int z, Requantization end, byte[] y, int out, int row) {
        int vectors = outChannels / LANES;
        int across = across(g);
        int width = g.axis(1).output();
        int pitch = width * outChannels;
        for (int t = 0; t < tiles; ) {
            int n = run(t, across, tiles);
            int top = (row + t / across) * TILE;
            int left = t % across * TILE;
            int last = g.axis(0).output() - 1 - top;
            int first = out + top * pitch + left * outChannels;
            int second = first + (last >= 1 ? pitch : 0);
            int third = first + (last >= 2 ? 2 * pitch : 0);
            int fourth = first + (last >= 3 ? 3 * pitch : 0);
            for (int j = 0; j < vectors; j++) {
                int from = z + (t / GROUP * vectors + j) * SUMS + t % GROUP * LANES;
                for (int c = 0; c < TILE; c++) {
                    int o = c * outChannels + j * LANES;
                    WinogradWholeOutput.down(
                            s,
                            from + c * STEP,
                            bias,
                            end.beforeTable(),
                            end.zero(),
                            j * LANES,
                            y,
                            first + o,
                            second + o,
                            third + o,
                            fourth + o,
                            outChannels,
                            Math.min(n, Math.ceilDiv(width - left - c, TILE)));
                }
            }
            t += n;
        }
    }

    /** Tiles from {@code t} on that lie in one row and one group. */
    private static int run(int t, int across, int tiles) {
        return Math.min(Math.min(GROUP - t % GROUP, across - t % across), tiles - t);
    }

    /** How many runs there are. */
    private static int runs(int tiles, int across) {
        int count = 0;
        for (int t = 0; t < tiles; t += run(t, across, tiles)) {
            count++;
        }
        return count;
    }

    private int part(int i) {
        return (int) ((long) inChannels / LANES * i / parts) * LANES;
    }

    /** Pixels that stand for 0, for rows of padding. */
    private byte[] rowOfZeros(ConvGeometry g) {
        byte[] row = zeros;
        int length = g.axis(1).input() * inChannels;
        if (row.length < length) {
            row = new byte[length];
            Arrays.fill(row, (byte) zero);
            zeros = row;
        }
        return row;
    }
}
