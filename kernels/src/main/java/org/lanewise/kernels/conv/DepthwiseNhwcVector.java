package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/**
 * {@link DepthwiseNhwc} with vectors over the channels: multiplier 1. The last vector of channels overlaps the one before; where there is
 * less than one, every store runs over into the pixels that are written next.
 *
 * <p>An output row is split in three. The pixels whose window crosses the left or right border are computed one by one over the taps that
 * are inside. The interior goes through a kernel of its own for 3x3 (all nine taps in registers, two pixels a step) and for 3 or 5 taps in a
 * row (those in registers, {@value DepthwiseTiles#PIXELS} pixels a step), else {@value DepthwiseTiles#PIXELS} pixels at a time with a loop over the taps.
 */
final class DepthwiseNhwcVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = Species.F32.vectorType();

    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();

    /** Input values that a block of rows reads at most: they are read again for each of its taps, from the second-level cache. */
    private static final int BLOCK_VALUES = 48 << 10;

    private DepthwiseNhwcVector() {}

    static void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] w,
            float[] bias,
            int biasOff,
            float[] y,
            int yOff,
            float lo,
            float hi,
            int fromRow,
            int toRow) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int line = h.input() * g.inChannels();
        boolean block = h.kernel() == 3
                && v.kernel() == 3
                && h.dilation() == 1
                && h.stride() <= 2
                && h.interiorEnd() - h.interiorBegin() >= 2;
        int fitting = Math.max(1, BLOCK_VALUES / Math.max(1, line * v.stride()));
        int most =
                g.inChannels() < LANES ? 1 : fitting; // with fewer channels than lanes, pixels must be written in order
        for (int row = fromRow; row < toRow; ) {
            int oy = row % v.output();
            int top = oy * v.stride() - v.padBegin();
            int at = xOff + row / v.output() * v.input() * line + top * line - h.padBegin() * g.inChannels();
            int out = yOff + row * h.output() * g.inChannels();
            if (block && oy >= v.interiorBegin() && oy < v.interiorEnd()) {
                int rows = Math.min(Math.min(most, v.interiorEnd() - oy), toRow - row);
                block3(g, x, at, rows, w, bias, biasOff, y, out, lo, hi);
                row += rows;
                continue;
            }
            int firstY = v.firstTap(top);
            int lastY = v.lastTap(top);
            borders(g, x, at, 1, firstY, lastY, w, bias, biasOff, y, out, lo, hi, 0, h.interiorBegin());
            interior(g, x, at, firstY, lastY, w, bias, biasOff, y, out, lo, hi, h.interiorBegin(), h.interiorEnd());
            borders(g, x, at, 1, firstY, lastY, w, bias, biasOff, y, out, lo, hi, h.interiorEnd(), h.output());
            row++;
        }
    }

    /** Rows whose windows lie inside the input vertically, 3x3, at least two such pixels in a row: one vector of channels after the other. */
    private static void block3(
            ConvGeometry g,
            float[] x,
            int at,
            int rows,
            float[] w,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            float lo,
            float hi) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int channels = g.inChannels();
        int line = h.input() * channels;
        int from = h.interiorBegin();
        int to = h.interiorEnd();
        borders(g, x, at, rows, 0, 3, w, bias, biasOff, y, out, lo, hi, 0, from);
        for (int ox = from; ox < to; ) {
            int pairs = Math.max(1, (to - ox) / 2);
            int first = Math.min(ox, to - 2); // an odd last pixel is computed together with its neighbour once more
            int p = at + first * h.stride() * channels;
            int q = out + first * channels;
            int rowStep = v.stride() * line;
            int outStep = h.output() * channels;
            if (h.stride() == 1 && v.stride() == 1 && v.dilation() == 1 && rows >= 2) {
                DepthwiseRowPairs.block3Stride1(
                        x, p, line, rows, rowStep, pairs, w, channels, bias, biasOff, y, q, outStep, lo, hi);
            } else if (h.stride() == 1) {
                DepthwiseBlocks.block3Stride1(
                        x,
                        p,
                        line * v.dilation(),
                        rows,
                        rowStep,
                        pairs,
                        w,
                        channels,
                        bias,
                        biasOff,
                        y,
                        q,
                        outStep,
                        lo,
                        hi);
            } else {
                DepthwiseBlocks.block3Stride2(
                        x,
                        p,
                        line * v.dilation(),
                        rows,
                        rowStep,
                        pairs,
                        w,
                        channels,
                        bias,
                        biasOff,
                        y,
                        q,
                        outStep,
                        lo,
                        hi);
            }
            ox = first + 2 * pairs;
        }
        borders(g, x, at, rows, 0, 3, w, bias, biasOff, y, out, lo, hi, to, h.output());
    }

    /** The pixels {@code from..to} of {@code rows} rows, each over its own taps. */
    static void borders(
            ConvGeometry g,
            float[] x,
            int at,
            int rows,
            int firstY,
            int lastY,
            float[] w,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            float lo,
            float hi,
            int from,
            int to) {
        WindowAxis h = g.axis(1);
        int channels = g.inChannels();
        int rowStep = g.axis(0).stride() * h.input() * channels;
        int tapLine = g.axis(0).dilation() * h.input() * channels;
        for (int ox = from; ox < to; ox++) {
            int left = ox * h.stride() - h.padBegin();
            pixel(
                    x,
                    at + ox * h.stride() * channels,
                    rows,
                    rowStep,
                    tapLine,
                    h.dilation() * channels,
                    h.kernel(),
                    firstY,
                    lastY,
                    h.firstTap(left),
                    h.lastTap(left),
                    w,
                    channels,
                    bias,
                    biasOff,
                    y,
                    out + ox * channels,
                    h.output() * channels,
                    lo,
                    hi);
        }
    }

    private static void interior(
            ConvGeometry g,
            float[] x,
            int at,
            int firstY,
            int lastY,
            float[] w,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            float lo,
            float hi,
            int from,
            int to) {
        WindowAxis h = g.axis(1);
        int channels = g.inChannels();
        int kernel = h.kernel();
        int step = h.stride() * channels;
        int tapLine = g.axis(0).dilation() * h.input() * channels;
        int tapStep = h.dilation() * channels;
        boolean unrolled = h.dilation() == 1 && h.stride() <= 2 && (kernel == 3 || kernel == 5);
        int form = unrolled ? kernel * 2 + h.stride() : 0;
        int first = at + firstY * tapLine;
        int wAt = firstY * kernel * channels;
        int rows = lastY - firstY;
        if (to - from < DepthwiseTiles.PIXELS) {
            borders(g, x, at, 1, firstY, lastY, w, bias, biasOff, y, out, lo, hi, from, to);
            return;
        }
        for (int ox = from; ox < to; ox += DepthwiseTiles.PIXELS) {
            int pixel = Math.min(ox, to - DepthwiseTiles.PIXELS); // the last tile overlaps the one before
            int p = first + pixel * step;
            int q = out + pixel * channels;
            switch (form) {
                case 7 ->
                    DepthwiseTiles.tile3Stride1(x, p, tapLine, rows, w, wAt, channels, bias, biasOff, y, q, lo, hi);
                case 8 ->
                    DepthwiseTiles.tile3Stride2(x, p, tapLine, rows, w, wAt, channels, bias, biasOff, y, q, lo, hi);
                case 11 -> DepthwiseTiles5.stride1(x, p, tapLine, rows, w, wAt, channels, bias, biasOff, y, q, lo, hi);
                case 12 -> DepthwiseTiles5.stride2(x, p, tapLine, rows, w, wAt, channels, bias, biasOff, y, q, lo, hi);
                default ->
                    DepthwiseTiles.tile(
                            x, p, tapLine, tapStep, step, rows, kernel, w, wAt, channels, bias, biasOff, y, q, lo, hi);
            }
        }
    }

    /** One pixel of each row over the taps {@code [firstY, lastY) x [firstX, lastX)}. */
    private static void pixel(
            float[] x,
            int at,
            int rows,
            int rowStep,
            int tapLine,
            int tapStep,
            int kernel,
            int firstY,
            int lastY,
            int firstX,
            int lastX,
            float[] w,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            int outStep,
            float lo,
            float hi) {
        if (lastX - firstX == 2 && lastY - firstY == 3) {
            int first = firstY * tapLine + firstX * tapStep;
            int tap = (firstY * kernel + firstX) * channels;
            DepthwiseBlocks.pixel3x2(
                    x,
                    at + first,
                    rows,
                    rowStep,
                    tapLine,
                    tapStep,
                    w,
                    tap,
                    kernel * channels,
                    channels,
                    bias,
                    biasOff,
                    y,
                    out,
                    outStep,
                    lo,
                    hi);
            return;
        }
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            FloatVector start = FloatVector.fromArray(F32, bias, biasOff + cc);
            for (int r = 0; r < rows; r++) {
                FloatVector a = start;
                for (int ky = firstY; ky < lastY; ky++) {
                    int p = at + cc + r * rowStep + ky * tapLine;
                    int q = cc + ky * kernel * channels;
                    int kx = firstX;
                    if (lastX - kx == 2) { // C2 gives a short loop a costly preamble: the usual two taps go without
                        a = Simd.FMA
                                ? FloatVector.fromArray(F32, x, p + kx * tapStep)
                                        .fma(FloatVector.fromArray(F32, w, q + kx * channels), a)
                                : FloatVector.fromArray(F32, x, p + kx * tapStep)
                                        .mul(FloatVector.fromArray(F32, w, q + kx * channels))
                                        .add(a);
                        a = Simd.FMA
                                ? FloatVector.fromArray(F32, x, p + kx * tapStep + tapStep)
                                        .fma(FloatVector.fromArray(F32, w, q + kx * channels + channels), a)
                                : FloatVector.fromArray(F32, x, p + kx * tapStep + tapStep)
                                        .mul(FloatVector.fromArray(F32, w, q + kx * channels + channels))
                                        .add(a);
                        continue;
                    }
                    for (; kx < lastX; kx++) {
                        a = Simd.FMA
                                ? FloatVector.fromArray(F32, x, p + kx * tapStep)
                                        .fma(FloatVector.fromArray(F32, w, q + kx * channels), a)
                                : FloatVector.fromArray(F32, x, p + kx * tapStep)
                                        .mul(FloatVector.fromArray(F32, w, q + kx * channels))
                                        .add(a);
                    }
                }
                a = ((FloatVector) TYPE.cast(a))
                        .blend(low, ((FloatVector) TYPE.cast(a)).compare(VectorOperators.LT, low));
                ((FloatVector) TYPE.cast(a))
                        .blend(high, ((FloatVector) TYPE.cast(a)).compare(VectorOperators.GT, high))
                        .intoArray(y, out + cc + r * outStep);
            }
        }
    }
}
