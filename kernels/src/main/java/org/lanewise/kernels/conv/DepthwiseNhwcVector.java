package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/**
 * {@link DepthwiseNhwc} with vectors over the channels: multiplier 1, at least one vector of channels (the last vector overlaps the one
 * before).
 *
 * <p>An output row is split in three. The pixels whose window crosses the left or right border are computed one by one over the taps that
 * are inside. The interior goes through a kernel of its own for 3x3 (all nine taps in registers, two pixels a step) and for 3 or 5 taps in a
 * row (those in registers, {@value #TILE} pixels a step), else {@value #TILE} pixels at a time with a loop over the taps.
 */
final class DepthwiseNhwcVector {
    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();

    /** Pixels that the tiled kernels compute together. */
    private static final int TILE = 4;

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
        boolean block = h.kernel() == 3 && v.kernel() == 3 && h.dilation() == 1 && h.stride() <= 2
                && h.interiorEnd() - h.interiorBegin() >= 2;
        int most = Math.max(1, BLOCK_VALUES / Math.max(1, line * v.stride()));
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
        borders(g, x, at, rows, 0, 3, w, bias, biasOff, y, out, lo, hi, to, h.output());
        for (int ox = from; ox < to; ) {
            int pairs = Math.max(1, (to - ox) / 2);
            int first = Math.min(ox, to - 2); // an odd last pixel is computed together with its neighbour once more
            int p = at + first * h.stride() * channels;
            int q = out + first * channels;
            int rowStep = v.stride() * line;
            int outStep = h.output() * channels;
            if (h.stride() == 1) {
                block3Stride1(x, p, line * v.dilation(), rows, rowStep, pairs, w, channels, bias, biasOff, y, q, outStep, lo, hi);
            } else {
                block3Stride2(x, p, line * v.dilation(), rows, rowStep, pairs, w, channels, bias, biasOff, y, q, outStep, lo, hi);
            }
            ox = first + 2 * pairs;
        }
    }

    /** The pixels {@code from..to} of {@code rows} rows, each over its own taps. */
    private static void borders(
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
        if (to - from < TILE) {
            borders(g, x, at, 1, firstY, lastY, w, bias, biasOff, y, out, lo, hi, from, to);
            return;
        }
        for (int ox = from; ox < to; ox += TILE) {
            int pixel = Math.min(ox, to - TILE); // the last tile overlaps the one before
            int p = first + pixel * step;
            int q = out + pixel * channels;
            switch (form) {
                case 7 -> tile3Stride1(x, p, tapLine, rows, w, wAt, channels, bias, biasOff, y, q, lo, hi);
                case 8 -> tile3Stride2(x, p, tapLine, rows, w, wAt, channels, bias, biasOff, y, q, lo, hi);
                case 11 -> tile5Stride1(x, p, tapLine, rows, w, wAt, channels, bias, biasOff, y, q, lo, hi);
                case 12 -> tile5Stride2(x, p, tapLine, rows, w, wAt, channels, bias, biasOff, y, q, lo, hi);
                default -> tile(x, p, tapLine, tapStep, step, rows, kernel, w, wAt, channels, bias, biasOff, y, q, lo, hi);
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
            pixel3x2(x, at + first, rows, rowStep, tapLine, tapStep, w, tap, kernel * channels, channels, bias, biasOff, y, out,
                    outStep, lo, hi);
            return;
        }
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector start = load(bias, biasOff + cc);
            for (int r = 0; r < rows; r++) {
                FloatVector a = start;
                for (int ky = firstY; ky < lastY; ky++) {
                    int p = at + cc + r * rowStep + ky * tapLine;
                    int q = cc + ky * kernel * channels;
                    int kx = firstX;
                    if (lastX - kx == 2) { // C2 gives a short loop a costly preamble: the usual two taps go without
                        a = fma(load(x, p + kx * tapStep), load(w, q + kx * channels), a);
                        a = fma(load(x, p + kx * tapStep + tapStep), load(w, q + kx * channels + channels), a);
                        continue;
                    }
                    for (; kx < lastX; kx++) {
                        a = fma(load(x, p + kx * tapStep), load(w, q + kx * channels), a);
                    }
                }
                clamp(a, low, high).intoArray(y, out + cc + r * outStep);
            }
        }
    }

    /** One pixel of each row over three rows of two taps: the left or right border of a 3x3 filter. */
    private static void pixel3x2(
            float[] x,
            int at,
            int rows,
            int rowStep,
            int tapLine,
            int tapStep,
            float[] w,
            int wAt,
            int wLine,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            int outStep,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            int q = wAt + cc;
            FloatVector start = load(bias, biasOff + cc);
            FloatVector w0 = load(w, q);
            FloatVector w1 = load(w, q + channels);
            FloatVector w2 = load(w, q + wLine);
            FloatVector w3 = load(w, q + wLine + channels);
            FloatVector w4 = load(w, q + 2 * wLine);
            FloatVector w5 = load(w, q + 2 * wLine + channels);
            for (int r = 0; r < rows; r++) {
                int p = at + cc + r * rowStep;
                FloatVector a = fma(load(x, p), w0, start);
                a = fma(load(x, p + tapStep), w1, a);
                a = fma(load(x, p + tapLine), w2, a);
                a = fma(load(x, p + tapLine + tapStep), w3, a);
                a = fma(load(x, p + 2 * tapLine), w4, a);
                a = fma(load(x, p + 2 * tapLine + tapStep), w5, a);
                clamp(a, low, high).intoArray(y, out + cc + r * outStep);
            }
        }
    }

    /** {@link #TILE} interior pixels of one row, any kernel, stride and dilation. */
    private static void tile(
            float[] x,
            int at,
            int tapLine,
            int tapStep,
            int step,
            int rows,
            int kernel,
            float[] w,
            int wAt,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * kernel * channels;
                for (int kx = 0; kx < kernel; kx++) {
                    FloatVector tap = load(w, q + kx * channels);
                    int o = p + kx * tapStep;
                    a0 = fma(load(x, o), tap, a0);
                    a1 = fma(load(x, o + step), tap, a1);
                    a2 = fma(load(x, o + 2 * step), tap, a2);
                    a3 = fma(load(x, o + 3 * step), tap, a3);
                }
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }

    /** Two output pixels a step of {@code rows} interior rows, 3x3, stride 1, no dilation; {@code pairs} steps. */
    private static void block3Stride1(
            float[] x, int at, int line, int rows, int rowStep, int pairs, float[] w, int channels, float[] bias, int biasOff, float[] y, int out, int outRow, float lo, float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        int inStep = 2 * channels;
        int outStep = 2 * channels;
        int c2 = 2 * channels;
        int c3 = 3 * channels;
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector b = load(bias, biasOff + cc);
            FloatVector w0 = load(w, cc);
            FloatVector w1 = load(w, cc + channels);
            FloatVector w2 = load(w, cc + 2 * channels);
            FloatVector w3 = load(w, cc + 3 * channels);
            FloatVector w4 = load(w, cc + 4 * channels);
            FloatVector w5 = load(w, cc + 5 * channels);
            FloatVector w6 = load(w, cc + 6 * channels);
            FloatVector w7 = load(w, cc + 7 * channels);
            FloatVector w8 = load(w, cc + 8 * channels);
            for (int r = 0; r < rows; r++) {
                int o0 = at + cc + r * rowStep;
                int o1 = o0 + line;
                int o2 = o1 + line;
                int q = out + cc + r * outRow;
                for (int i = 0; i < pairs; i++) {
                    int p = i * inStep;
                    FloatVector a0;
                    FloatVector a1;
                    FloatVector v;
                    v = load(x, o0 + p);
                    a0 = fma(v, w0, b);
                    v = load(x, o0 + p + channels);
                    a0 = fma(v, w1, a0);
                    a1 = fma(v, w0, b);
                    v = load(x, o0 + p + c2);
                    a0 = fma(v, w2, a0);
                    a1 = fma(v, w1, a1);
                    v = load(x, o0 + p + c3);
                    a1 = fma(v, w2, a1);
                    v = load(x, o1 + p);
                    a0 = fma(v, w3, a0);
                    v = load(x, o1 + p + channels);
                    a0 = fma(v, w4, a0);
                    a1 = fma(v, w3, a1);
                    v = load(x, o1 + p + c2);
                    a0 = fma(v, w5, a0);
                    a1 = fma(v, w4, a1);
                    v = load(x, o1 + p + c3);
                    a1 = fma(v, w5, a1);
                    v = load(x, o2 + p);
                    a0 = fma(v, w6, a0);
                    v = load(x, o2 + p + channels);
                    a0 = fma(v, w7, a0);
                    a1 = fma(v, w6, a1);
                    v = load(x, o2 + p + c2);
                    a0 = fma(v, w8, a0);
                    a1 = fma(v, w7, a1);
                    v = load(x, o2 + p + c3);
                    a1 = fma(v, w8, a1);
                    clamp(a0, low, high).intoArray(y, q + i * outStep);
                    clamp(a1, low, high).intoArray(y, q + i * outStep + channels);
                }
            }
        }
    }

    /** Two output pixels a step of {@code rows} interior rows, 3x3, stride 2, no dilation; {@code pairs} steps. */
    private static void block3Stride2(
            float[] x, int at, int line, int rows, int rowStep, int pairs, float[] w, int channels, float[] bias, int biasOff, float[] y, int out, int outRow, float lo, float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        int inStep = 4 * channels;
        int outStep = 2 * channels;
        int c2 = 2 * channels;
        int c3 = 3 * channels;
        int c4 = 4 * channels;
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector b = load(bias, biasOff + cc);
            FloatVector w0 = load(w, cc);
            FloatVector w1 = load(w, cc + channels);
            FloatVector w2 = load(w, cc + 2 * channels);
            FloatVector w3 = load(w, cc + 3 * channels);
            FloatVector w4 = load(w, cc + 4 * channels);
            FloatVector w5 = load(w, cc + 5 * channels);
            FloatVector w6 = load(w, cc + 6 * channels);
            FloatVector w7 = load(w, cc + 7 * channels);
            FloatVector w8 = load(w, cc + 8 * channels);
            for (int r = 0; r < rows; r++) {
                int o0 = at + cc + r * rowStep;
                int o1 = o0 + line;
                int o2 = o1 + line;
                int q = out + cc + r * outRow;
                for (int i = 0; i < pairs; i++) {
                    int p = i * inStep;
                    FloatVector a0;
                    FloatVector a1;
                    FloatVector v;
                    v = load(x, o0 + p);
                    a0 = fma(v, w0, b);
                    v = load(x, o0 + p + channels);
                    a0 = fma(v, w1, a0);
                    v = load(x, o0 + p + c2);
                    a0 = fma(v, w2, a0);
                    a1 = fma(v, w0, b);
                    v = load(x, o0 + p + c3);
                    a1 = fma(v, w1, a1);
                    v = load(x, o0 + p + c4);
                    a1 = fma(v, w2, a1);
                    v = load(x, o1 + p);
                    a0 = fma(v, w3, a0);
                    v = load(x, o1 + p + channels);
                    a0 = fma(v, w4, a0);
                    v = load(x, o1 + p + c2);
                    a0 = fma(v, w5, a0);
                    a1 = fma(v, w3, a1);
                    v = load(x, o1 + p + c3);
                    a1 = fma(v, w4, a1);
                    v = load(x, o1 + p + c4);
                    a1 = fma(v, w5, a1);
                    v = load(x, o2 + p);
                    a0 = fma(v, w6, a0);
                    v = load(x, o2 + p + channels);
                    a0 = fma(v, w7, a0);
                    v = load(x, o2 + p + c2);
                    a0 = fma(v, w8, a0);
                    a1 = fma(v, w6, a1);
                    v = load(x, o2 + p + c3);
                    a1 = fma(v, w7, a1);
                    v = load(x, o2 + p + c4);
                    a1 = fma(v, w8, a1);
                    clamp(a0, low, high).intoArray(y, q + i * outStep);
                    clamp(a1, low, high).intoArray(y, q + i * outStep + channels);
                }
            }
        }
    }

    /** {@link #TILE} interior pixels of one row, any number of rows of 5 taps, stride 1, no horizontal dilation. */
    private static void tile5Stride1(
            float[] x, int at, int tapLine, int rows, float[] w, int wAt, int channels, float[] bias, int biasOff, float[] y, int out, float lo, float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 5 * channels;
                FloatVector w0 = load(w, q);
                FloatVector w1 = load(w, q + channels);
                FloatVector w2 = load(w, q + 2 * channels);
                FloatVector w3 = load(w, q + 3 * channels);
                FloatVector w4 = load(w, q + 4 * channels);
                FloatVector v;
                v = load(x, p);
                a0 = fma(v, w0, a0);
                v = load(x, p + channels);
                a0 = fma(v, w1, a0);
                a1 = fma(v, w0, a1);
                v = load(x, p + 2 * channels);
                a0 = fma(v, w2, a0);
                a1 = fma(v, w1, a1);
                a2 = fma(v, w0, a2);
                v = load(x, p + 3 * channels);
                a0 = fma(v, w3, a0);
                a1 = fma(v, w2, a1);
                a2 = fma(v, w1, a2);
                a3 = fma(v, w0, a3);
                v = load(x, p + 4 * channels);
                a0 = fma(v, w4, a0);
                a1 = fma(v, w3, a1);
                a2 = fma(v, w2, a2);
                a3 = fma(v, w1, a3);
                v = load(x, p + 5 * channels);
                a1 = fma(v, w4, a1);
                a2 = fma(v, w3, a2);
                a3 = fma(v, w2, a3);
                v = load(x, p + 6 * channels);
                a2 = fma(v, w4, a2);
                a3 = fma(v, w3, a3);
                v = load(x, p + 7 * channels);
                a3 = fma(v, w4, a3);
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }

    /** {@link #TILE} interior pixels of one row, any number of rows of 5 taps, stride 2, no horizontal dilation. */
    private static void tile5Stride2(
            float[] x, int at, int tapLine, int rows, float[] w, int wAt, int channels, float[] bias, int biasOff, float[] y, int out, float lo, float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 5 * channels;
                FloatVector w0 = load(w, q);
                FloatVector w1 = load(w, q + channels);
                FloatVector w2 = load(w, q + 2 * channels);
                FloatVector w3 = load(w, q + 3 * channels);
                FloatVector w4 = load(w, q + 4 * channels);
                FloatVector v;
                v = load(x, p);
                a0 = fma(v, w0, a0);
                v = load(x, p + channels);
                a0 = fma(v, w1, a0);
                v = load(x, p + 2 * channels);
                a0 = fma(v, w2, a0);
                a1 = fma(v, w0, a1);
                v = load(x, p + 3 * channels);
                a0 = fma(v, w3, a0);
                a1 = fma(v, w1, a1);
                v = load(x, p + 4 * channels);
                a0 = fma(v, w4, a0);
                a1 = fma(v, w2, a1);
                a2 = fma(v, w0, a2);
                v = load(x, p + 5 * channels);
                a1 = fma(v, w3, a1);
                a2 = fma(v, w1, a2);
                v = load(x, p + 6 * channels);
                a1 = fma(v, w4, a1);
                a2 = fma(v, w2, a2);
                a3 = fma(v, w0, a3);
                v = load(x, p + 7 * channels);
                a2 = fma(v, w3, a2);
                a3 = fma(v, w1, a3);
                v = load(x, p + 8 * channels);
                a2 = fma(v, w4, a2);
                a3 = fma(v, w2, a3);
                v = load(x, p + 9 * channels);
                a3 = fma(v, w3, a3);
                v = load(x, p + 10 * channels);
                a3 = fma(v, w4, a3);
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }

    /** {@link #TILE} interior pixels of one row, any number of rows of 3 taps, stride 1, no horizontal dilation. */
    private static void tile3Stride1(
            float[] x, int at, int tapLine, int rows, float[] w, int wAt, int channels, float[] bias, int biasOff, float[] y, int out, float lo, float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 3 * channels;
                FloatVector w0 = load(w, q);
                FloatVector w1 = load(w, q + channels);
                FloatVector w2 = load(w, q + 2 * channels);
                FloatVector v;
                v = load(x, p);
                a0 = fma(v, w0, a0);
                v = load(x, p + channels);
                a0 = fma(v, w1, a0);
                a1 = fma(v, w0, a1);
                v = load(x, p + 2 * channels);
                a0 = fma(v, w2, a0);
                a1 = fma(v, w1, a1);
                a2 = fma(v, w0, a2);
                v = load(x, p + 3 * channels);
                a1 = fma(v, w2, a1);
                a2 = fma(v, w1, a2);
                a3 = fma(v, w0, a3);
                v = load(x, p + 4 * channels);
                a2 = fma(v, w2, a2);
                a3 = fma(v, w1, a3);
                v = load(x, p + 5 * channels);
                a3 = fma(v, w2, a3);
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }

    /** {@link #TILE} interior pixels of one row, any number of rows of 3 taps, stride 2, no horizontal dilation. */
    private static void tile3Stride2(
            float[] x, int at, int tapLine, int rows, float[] w, int wAt, int channels, float[] bias, int biasOff, float[] y, int out, float lo, float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 3 * channels;
                FloatVector w0 = load(w, q);
                FloatVector w1 = load(w, q + channels);
                FloatVector w2 = load(w, q + 2 * channels);
                FloatVector v;
                v = load(x, p);
                a0 = fma(v, w0, a0);
                v = load(x, p + channels);
                a0 = fma(v, w1, a0);
                v = load(x, p + 2 * channels);
                a0 = fma(v, w2, a0);
                a1 = fma(v, w0, a1);
                v = load(x, p + 3 * channels);
                a1 = fma(v, w1, a1);
                v = load(x, p + 4 * channels);
                a1 = fma(v, w2, a1);
                a2 = fma(v, w0, a2);
                v = load(x, p + 5 * channels);
                a2 = fma(v, w1, a2);
                v = load(x, p + 6 * channels);
                a2 = fma(v, w2, a2);
                a3 = fma(v, w0, a3);
                v = load(x, p + 7 * channels);
                a3 = fma(v, w1, a3);
                v = load(x, p + 8 * channels);
                a3 = fma(v, w2, a3);
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }

    private static FloatVector load(float[] array, int offset) {
        return FloatVector.fromArray(F, array, offset);
    }

    private static FloatVector fma(FloatVector a, FloatVector b, FloatVector c) {
        return Simd.FMA ? a.fma(b, c) : a.mul(b).add(c);
    }

    /** Compares and blends: Vector API's max would cost five instructions for the sign of zero, and a NaN must stay one. */
    private static FloatVector clamp(FloatVector v, FloatVector low, FloatVector high) {
        FloatVector raised = v.blend(low, v.compare(VectorOperators.LT, low));
        return raised.blend(high, raised.compare(VectorOperators.GT, high));
    }
}
