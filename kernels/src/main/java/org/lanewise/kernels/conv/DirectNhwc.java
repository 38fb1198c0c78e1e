package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.AlignedFloats;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;
import org.lanewise.kernels.layout.MatrixTranspose;
import org.lanewise.kernels.quant.Requantization;

/**
 * Direct convolution with constant weights for {@link ConvNhwc}: no patches are gathered. A band of input rows is copied with its padding, channel by channel
 * ({@link DirectBand}), and {@link DirectTile} sums the taps of a few pixels by one or two vectors of output channels, broadcasting single input values.
 * The weights are packed {@code (KH, C/group, KW, M)} in panels of two vectors; the rest of a group's channels, up to one vector, is a panel of one.
 *
 * <p>Because the band is made here, the input may as well be channels first: a convolution that reads the input of a network needs no transpose before it.
 */
final class DirectNhwc {
    private static final int LANES = DirectTile.LANES;
    private static final int NR = 2 * LANES;
    private static final int LINE = Alignment.LINE_BYTES / Float.BYTES;

    private final int groups;
    private final int groupOut;
    private final int paddedOut;
    private final int depth;
    /** Has the weights, from {@link #begin} on. */
    private final float[] weights;

    private final int begin;
    private final float[] start;
    private final Activation activation;
    private volatile @Nullable DirectBand last;

    /**
     * Whether this is the fastest way to compute a convolution that is not depthwise: measured faster than gathering patches wherever windows overlap, so that
     * the patches would hold values more than once (docs/kernels-measured.md).
     */
    static boolean suits(boolean depthwise, int kernelArea, int strideArea) {
        return !depthwise && kernelArea > strideArea;
    }

    /** Packs the weights; arguments as {@link ConvNhwc}'s. */
    DirectNhwc(ConvGeometry g, float[] w, int wOff, float @Nullable [] bias, Activation activation) {
        this.groups = g.group();
        this.groupOut = g.groupOutChannels();
        this.paddedOut = (groupOut + LANES - 1) / LANES * LANES;
        this.depth = g.depth();
        this.activation = activation;
        AlignedFloats room = AlignedFloats.of(Math.multiplyExact(Math.multiplyExact(groups, paddedOut), depth));
        this.weights = room.array();
        this.begin = room.start();
        this.start = new float[groups * paddedOut];
        for (int i = 0; i < groups; i++) {
            if (bias != null) {
                System.arraycopy(bias, i * groupOut, start, i * paddedOut, groupOut);
            }
            for (int m = 0; m < groupOut; m++) {
                pack(g, w, wOff + (i * groupOut + m) * depth, i * paddedOut, m);
            }
        }
    }

    /** One filter {@code (C, KH, KW)} to its column of a panel. */
    private void pack(ConvGeometry g, float[] w, int from, int group, int m) {
        int panel = m / NR * NR;
        int width = vectors(groupOut - panel) * LANES;
        int to = begin + (group + panel) * depth + m - panel;
        int line = g.axis(1).kernel();
        for (int ky = 0; ky < g.axis(0).kernel(); ky++) {
            for (int c = 0; c < g.groupInChannels(); c++) {
                for (int kx = 0; kx < line; kx++, to += width) {
                    weights[to] = w[from + c * g.taps() + ky * line + kx];
                }
            }
        }
    }

    /** Vectors of the next panel when {@code channels} of a group are left. */
    static int vectors(int channels) {
        return channels > LANES ? 2 : 1;
    }

    /** What a profile calls the kernel: pixels, vectors and lanes of a tile. */
    String kernelName(ConvGeometry g) {
        int vectors = vectors(groupOut);
        return "conv-nhwc-direct-" + DirectTile.pixels(g.axis(1).output(), vectors) + "x" + vectors + "x"
                + (Simd.ENABLED ? LANES : 1);
    }

    /** Elements of scratch that {@link #run} needs. */
    int scratchSize(ConvGeometry g) {
        DirectBand band = band(g);
        return band.size() + DirectTile.MOST_PIXELS * NR + sumsSize(g, band);
    }

    /** A band's sums before the residual, and what the last tile writes beyond them. */
    private static int sumsSize(ConvGeometry g, DirectBand band) {
        return band.bandRows() * g.axis(1).output() * g.outChannels() + NR;
    }

    private DirectBand band(ConvGeometry g) {
        DirectBand known = last;
        if (known == null || !known.v().equals(g.axis(0)) || !known.h().equals(g.axis(1))) {
            known = DirectBand.of(g);
            last = known;
        }
        return known;
    }

    /** Computes output rows {@code fromRow} to {@code toRow} (exclusive) of the N * OH; {@code planar}: the input is (N, C, H, W); {@code planarOutput}: the output is (N, M, OH, OW). */
    void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            boolean planar,
            boolean planarOutput,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            float[] scratch,
            int scratchOff,
            int fromRow,
            int toRow) {
        DirectBand band = band(g);
        int size = band.h().output() * g.outChannels();
        int image = g.inputPixels() * g.inChannels();
        int tile = scratchOff + band.size();
        int sums = tile + DirectTile.MOST_PIXELS * NR;
        int height = band.v().output();
        int before = 0;
        if (planarOutput && residual != null) {
            throw new IllegalArgumentException("a residual is not added to planar output");
        }
        for (int row = fromRow; row < toRow; ) {
            int oy = row % height;
            int count = Math.min(Math.min(band.bandRows(), height - oy), toRow - row);
            band.fill(x, xOff + row / height * image, planar, oy, count, oy == 0 ? 0 : before, scratch, scratchOff);
            before = count;
            int out = yOff + row * size;
            if (planarOutput) {
                rows(band, count, scratch, scratchOff, scratch, sums, scratch, tile);
                Activations.apply(activation, scratch, sums, count * size);
                int channels = g.outChannels();
                int first = yOff
                        + (row / height * channels * height + oy) * band.h().output();
                int columns = count * band.h().output();
                MatrixTranspose.run(scratch, sums, channels, y, first, g.outputPixels(), columns, channels);
                row += count;
                continue;
            }
            if (residual == null) {
                rows(band, count, scratch, scratchOff, y, out, scratch, tile);
            } else {
                rows(band, count, scratch, scratchOff, scratch, sums, scratch, tile);
                add(scratch, sums, residual, resOff + row * size, y, out, count * size);
            }
            Activations.apply(activation, y, out, count * size);
            row += count;
        }
    }

    /** Whether {@link #runBytes} has a faster way to copy the input than to widen it first. */
    boolean takesBytes(ConvGeometry g) {
        return band(g).takesBytes();
    }

    /** Elements of scratch that {@link #runBytes} needs. */
    int byteScratchSize(ConvGeometry g) {
        return scratchSize(g) + LINE + g.axis(1).input() * g.inChannels();
    }

    /**
     * Computes output rows {@code fromRow} to {@code toRow} (exclusive) of the N * OH from bytes (N, H, W, C), to bytes: each row is widened and each band's sums become bytes while they are in the first-level cache.
     *
     * @param zero the value of x that stands for 0
     * @param unsigned whether x holds uint8; int8 otherwise
     * @param end what becomes of the sums, which are exact
     */
    void runBytes(
            ConvGeometry g,
            byte[] x,
            int xOff,
            int zero,
            boolean unsigned,
            Requantization end,
            byte[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int fromRow,
            int toRow) {
        DirectBand band = band(g);
        int width = band.h().output();
        int size = width * g.outChannels();
        int image = g.inputPixels() * g.inChannels();
        int tile = scratchOff + band.size();
        int sums = tile + DirectTile.MOST_PIXELS * NR;
        int line = scratchOff + Math.ceilDiv(scratchSize(g), LINE) * LINE;
        int height = band.v().output();
        int before = 0;
        for (int row = fromRow; row < toRow; ) {
            int oy = row % height;
            int count = Math.min(Math.min(band.bandRows(), height - oy), toRow - row);
            int from = xOff + row / height * image;
            band.fill(x, from, zero, unsigned, oy, count, oy == 0 ? 0 : before, scratch, scratchOff, line);
            before = count;
            rows(band, count, scratch, scratchOff, scratch, sums, scratch, tile);
            end.store(scratch, sums, count * width, y, yOff + row * size);
            row += count;
        }
    }

    private static void add(float[] a, int aOff, float[] b, int bOff, float[] y, int yOff, int count) {
        if (Simd.ENABLED) {
            DirectBandVector.add(a, aOff, b, bOff, y, yOff, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            y[yOff + i] = a[aOff + i] + b[bOff + i];
        }
    }

    /** The sums of the output rows of a band. A panel's rows follow one another: its weights are read from afar once. */
    private void rows(DirectBand band, int count, float[] x, int at, float[] y, int out, float[] scratch, int tile) {
        int whole = groupOut / LANES * LANES;
        for (int i = 0; i < groups; i++) {
            int from = at + i * (band.channels() / groups) * band.pitch();
            int to = out + i * groupOut;
            // First the panel that is not full: what its vectors write into the next pixel is then written again
            if (whole < groupOut) {
                int m = whole / NR * NR;
                panelRows(band, count, i, m, groupOut - m, x, from, y, to + m, scratch, tile);
            }
            for (int m = 0; m < whole; m += NR) {
                int columns = vectors(groupOut - m) * LANES;
                if (m + columns <= groupOut) {
                    panelRows(band, count, i, m, columns, x, from, y, to + m, scratch, tile);
                }
            }
        }
    }

    private void panelRows(
            DirectBand band,
            int count,
            int group,
            int m,
            int columns,
            float[] x,
            int from,
            float[] y,
            int to,
            float[] scratch,
            int tile) {
        int in = band.v().stride() * band.channels() * band.pitch();
        int out = band.h().output() * groups * groupOut;
        for (int r = 0; r < count; r++) {
            panel(band, group, m, columns, x, from + r * in, y, to + r * out, scratch, tile);
        }
    }

    private void panel(
            DirectBand band,
            int group,
            int m,
            int columns,
            float[] x,
            int from,
            float[] y,
            int to,
            float[] scratch,
            int tile) {
        int vectors = vectors(groupOut - m);
        int width = vectors * LANES;
        int stride = band.tileStride();
        int row = band.h().output();
        int step = groups * groupOut;
        int pixels = DirectTile.pixels(row, vectors);
        boolean triples =
                band.phases() == 1 && band.h().kernel() % 3 == 0 && band.h().dilation() == 1;
        int wAt = begin + (group * paddedOut + m) * depth;
        int startAt = group * paddedOut + m;
        for (int done = 0; done < row; done += pixels) {
            int pixel = Math.max(0, Math.min(done, row - pixels));
            int at = from + pixel * stride;
            boolean spills = columns < width;
            boolean covered = groups == 1 && (pixel + pixels - 1) * step + m + width <= row * step;
            if (pixels <= row && (!spills || covered)) {
                DirectTile.run(
                        pixels,
                        stride,
                        vectors,
                        triples,
                        depth,
                        band.offsets(),
                        x,
                        at,
                        weights,
                        wAt,
                        start,
                        startAt,
                        y,
                        to + pixel * step,
                        step);
                continue;
            }
            DirectTile.run(
                    pixels,
                    stride,
                    vectors,
                    triples,
                    depth,
                    band.offsets(),
                    x,
                    at,
                    weights,
                    wAt,
                    start,
                    startAt,
                    scratch,
                    tile,
                    width);
            for (int p = 0; p < Math.min(pixels, row); p++) {
                System.arraycopy(scratch, tile + p * width, y, to + (pixel + p) * step, columns);
            }
        }
    }
}
