package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Depthwise 3x3 convolutions of planes, channels first, of stride 1 or 2, with vectors over the pixels of a row.
 *
 * <p>A band of rows is copied with zeros above and below, but none between rows. A strip as wide as a vector is then computed from its top to its bottom: a row is read once, for the three rows of the output
 * that it counts in, whose sums are carried along. What a tap to the left or to the right reads beyond the end of its row is set to zero as bits, so that an infinity in the
 * next row leaves no NaN.
 */
final class DepthwisePlanes {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    /** Values of a band, a fraction of the first-level cache. */
    private static final int BAND = 4096;

    /** Every other value of two vectors. */
    private static final IntVector EVEN = IntVector.zero(I32).addIndex(2);

    private static final IntVector ODD = EVEN.add(1);

    private DepthwisePlanes() {}

    /** Whether this is for such a layer. */
    static boolean suits(ConvGeometry g) {
        return g.rank() == 2
                && g.isDepthwise()
                && g.heightAxis().stride() == g.widthAxis().stride()
                && g.widthAxis().stride() <= 2
                && isThree(g.heightAxis())
                && isThree(g.widthAxis());
    }

    private static boolean isThree(WindowAxis axis) {
        return axis.kernel() == 3 && axis.dilation() == 1;
    }

    /** Rows of the output in a band. */
    private static int bandRows(ConvGeometry g) {
        int inputs = Math.max(1, g.widthAxis().input() * g.heightAxis().stride());
        return Math.clamp(BAND / inputs, 1, Math.max(1, g.heightAxis().output()));
    }

    private static int strips(ConvGeometry g) {
        return Math.ceilDiv(g.widthAxis().output(), L);
    }

    /** Values before a band, which begins at a cache line if the scratch does. */
    private static int before(ConvGeometry g) {
        return Math.ceilDiv(g.widthAxis().padBegin() + 1, L) * L;
    }

    /** Values of a band with what is read beyond it, whole vectors. */
    private static int bandSize(ConvGeometry g) {
        int rows = (bandRows(g) - 1) * g.heightAxis().stride() + 3;
        return Math.ceilDiv(
                        before(g)
                                + rows * g.widthAxis().input()
                                + 2 * g.widthAxis().output()
                                + 5 * L,
                        L)
                * L;
    }

    static int scratchSize(ConvGeometry g) {
        return bandSize(g) + 3 * L * strips(g) + bandRows(g) * g.widthAxis().output() + L;
    }

    /**
     * Computes planes {@code from..to} of the output, counted over batch and channels.
     *
     * @param lower the least result
     */
    static void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] w,
            int wOff,
            float[] bias,
            float lower,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to) {
        int masks = scratchOff + bandSize(g);
        int stage = masks + 3 * L * strips(g);
        masks(g, scratch, masks);
        int width = g.widthAxis().output();
        int height = g.heightAxis().output();
        int band = bandRows(g);
        for (int plane = from; plane < to; plane++) {
            int channel = plane % g.outChannels();
            int in = plane / g.outChannels() * g.inChannels() + channel / g.groupOutChannels();
            for (int row = 0; row < height; row += band) {
                int rows = Math.min(band, height - row);
                copy(g, x, xOff + in * g.inputPixels(), scratch, scratchOff + before(g), row, rows);
                int out = yOff + plane * g.outputPixels() + row * width;
                if (width < L) { // a vector reaches into the next row, and behind the last
                    strips(
                            g,
                            scratch,
                            scratchOff,
                            masks,
                            w,
                            wOff + channel * 9,
                            bias[channel],
                            lower,
                            scratch,
                            stage,
                            rows);
                    System.arraycopy(scratch, stage, y, out, rows * width);
                } else {
                    strips(g, scratch, scratchOff, masks, w, wOff + channel * 9, bias[channel], lower, y, out, rows);
                }
            }
        }
    }

    /** Where a strip begins: the last one overlaps the one before it where rows are not whole vectors. */
    private static int begin(int strip, int width) {
        return Math.max(0, Math.min(strip * L, width - L));
    }

    /** For each strip and column of the kernel, all bits set where it reads within a row. */
    private static void masks(ConvGeometry g, float[] masks, int at) {
        WindowAxis h = g.widthAxis();
        for (int strip = 0; strip < strips(g); strip++) {
            for (int i = 0; i < 3 * L; i++) {
                int column = (begin(strip, h.output()) + i % L) * h.stride() + i / L - h.padBegin();
                boolean within = column >= 0 && column < h.input();
                masks[at + 3 * L * strip + i] = Float.intBitsToFloat(within ? -1 : 0);
            }
        }
    }

    /** Copies what rows {@code row..row + rows} of the output need. */
    private static void copy(ConvGeometry g, float[] x, int in, float[] band, int at, int row, int rows) {
        WindowAxis v = g.heightAxis();
        int pitch = g.widthAxis().input();
        int top = row * v.stride() - v.padBegin();
        int bottom = (row + rows - 1) * v.stride() - v.padBegin() + 3;
        int first = Math.clamp(top, 0, v.input());
        int last = Math.clamp(bottom, first, v.input());
        Arrays.fill(band, at, at + (first - top) * pitch, 0);
        System.arraycopy(x, in + first * pitch, band, at + (first - top) * pitch, (last - first) * pitch);
        Arrays.fill(band, at + (last - top) * pitch, at + (bottom - top) * pitch, 0);
    }

    private static void strips(
            ConvGeometry g,
            float[] scratch,
            int scratchOff,
            int masks,
            float[] w,
            int wAt,
            float bias,
            float lower,
            float[] y,
            int out,
            int rows) {
        int width = g.widthAxis().output();
        int pitch = g.widthAxis().input();
        int at = scratchOff + before(g) - g.widthAxis().padBegin();
        for (int strip = 0; strip < strips(g); strip++) {
            int column = begin(strip, width);
            int mask = masks + 3 * L * strip;
            if (g.widthAxis().stride() == 1) {
                stride1(scratch, at + column, pitch, mask, w, wAt, bias, lower, y, out + column, width, rows);
            } else {
                stride2(scratch, at + 2 * column, pitch, mask, w, wAt, bias, lower, y, out + column, width, rows);
            }
        }
    }

    /** Rows of one strip; {@code at} is where the first tap of its first pixel lies. */
    private static void stride1(
            float[] x,
            int at,
            int pitch,
            int mask,
            float[] w,
            int wAt,
            float bias,
            float lower,
            float[] y,
            int out,
            int width,
            int rows) {
        FloatVector w0 = FloatVector.broadcast(F32, w[wAt]);
        FloatVector w1 = FloatVector.broadcast(F32, w[wAt + 1]);
        FloatVector w2 = FloatVector.broadcast(F32, w[wAt + 2]);
        FloatVector w3 = FloatVector.broadcast(F32, w[wAt + 3]);
        FloatVector w4 = FloatVector.broadcast(F32, w[wAt + 4]);
        FloatVector w5 = FloatVector.broadcast(F32, w[wAt + 5]);
        FloatVector w6 = FloatVector.broadcast(F32, w[wAt + 6]);
        FloatVector w7 = FloatVector.broadcast(F32, w[wAt + 7]);
        FloatVector w8 = FloatVector.broadcast(F32, w[wAt + 8]);
        IntVector m0 = FloatVector.fromArray(F32, x, mask).reinterpretAsInts();
        IntVector m1 = FloatVector.fromArray(F32, x, mask + L).reinterpretAsInts();
        IntVector m2 = FloatVector.fromArray(F32, x, mask + 2 * L).reinterpretAsInts();
        FloatVector start = FloatVector.broadcast(F32, bias);
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector t0 =
                FloatVector.fromArray(F32, x, at).reinterpretAsInts().and(m0).reinterpretAsFloats();
        FloatVector t1 = FloatVector.fromArray(F32, x, at + 1)
                .reinterpretAsInts()
                .and(m1)
                .reinterpretAsFloats();
        FloatVector t2 = FloatVector.fromArray(F32, x, at + 2)
                .reinterpretAsInts()
                .and(m2)
                .reinterpretAsFloats();
        FloatVector u0 = FloatVector.fromArray(F32, x, at + pitch)
                .reinterpretAsInts()
                .and(m0)
                .reinterpretAsFloats();
        FloatVector u1 = FloatVector.fromArray(F32, x, at + pitch + 1)
                .reinterpretAsInts()
                .and(m1)
                .reinterpretAsFloats();
        FloatVector u2 = FloatVector.fromArray(F32, x, at + pitch + 2)
                .reinterpretAsInts()
                .and(m2)
                .reinterpretAsFloats();
        FloatVector a = Simd.FMA ? t0.fma(w0, start) : t0.mul(w0).add(start);
        a = Simd.FMA ? t1.fma(w1, a) : t1.mul(w1).add(a);
        a = Simd.FMA ? t2.fma(w2, a) : t2.mul(w2).add(a);
        a = Simd.FMA ? u0.fma(w3, a) : u0.mul(w3).add(a);
        a = Simd.FMA ? u1.fma(w4, a) : u1.mul(w4).add(a);
        a = Simd.FMA ? u2.fma(w5, a) : u2.mul(w5).add(a);
        FloatVector b = Simd.FMA ? u0.fma(w0, start) : u0.mul(w0).add(start);
        b = Simd.FMA ? u1.fma(w1, b) : u1.mul(w1).add(b);
        b = Simd.FMA ? u2.fma(w2, b) : u2.mul(w2).add(b);
        FloatVector middle = (FloatVector) TYPE.cast(a);
        FloatVector top = (FloatVector) TYPE.cast(b);
        for (int r = 0; r < rows; r++) {
            int p = at + (r + 2) * pitch;
            FloatVector x0 =
                    FloatVector.fromArray(F32, x, p).reinterpretAsInts().and(m0).reinterpretAsFloats();
            FloatVector x1 = FloatVector.fromArray(F32, x, p + 1)
                    .reinterpretAsInts()
                    .and(m1)
                    .reinterpretAsFloats();
            FloatVector x2 = FloatVector.fromArray(F32, x, p + 2)
                    .reinterpretAsInts()
                    .and(m2)
                    .reinterpretAsFloats();
            FloatVector sum = Simd.FMA ? x0.fma(w6, middle) : x0.mul(w6).add(middle);
            sum = Simd.FMA ? x1.fma(w7, sum) : x1.mul(w7).add(sum);
            sum = Simd.FMA ? x2.fma(w8, sum) : x2.mul(w8).add(sum);
            FloatVector next = Simd.FMA ? x0.fma(w3, top) : x0.mul(w3).add(top);
            next = Simd.FMA ? x1.fma(w4, next) : x1.mul(w4).add(next);
            next = Simd.FMA ? x2.fma(w5, next) : x2.mul(w5).add(next);
            FloatVector first = Simd.FMA ? x0.fma(w0, start) : x0.mul(w0).add(start);
            first = Simd.FMA ? x1.fma(w1, first) : x1.mul(w1).add(first);
            first = Simd.FMA ? x2.fma(w2, first) : x2.mul(w2).add(first);
            middle = (FloatVector) TYPE.cast(next);
            top = (FloatVector) TYPE.cast(first);
            sum.blend(least, sum.lt(least)).intoArray(y, out + r * width);
        }
    }

    /** The same with every other row and column. */
    private static void stride2(
            float[] x,
            int at,
            int pitch,
            int mask,
            float[] w,
            int wAt,
            float bias,
            float lower,
            float[] y,
            int out,
            int width,
            int rows) {
        FloatVector w0 = FloatVector.broadcast(F32, w[wAt]);
        FloatVector w1 = FloatVector.broadcast(F32, w[wAt + 1]);
        FloatVector w2 = FloatVector.broadcast(F32, w[wAt + 2]);
        FloatVector w3 = FloatVector.broadcast(F32, w[wAt + 3]);
        FloatVector w4 = FloatVector.broadcast(F32, w[wAt + 4]);
        FloatVector w5 = FloatVector.broadcast(F32, w[wAt + 5]);
        FloatVector w6 = FloatVector.broadcast(F32, w[wAt + 6]);
        FloatVector w7 = FloatVector.broadcast(F32, w[wAt + 7]);
        FloatVector w8 = FloatVector.broadcast(F32, w[wAt + 8]);
        IntVector m0 = FloatVector.fromArray(F32, x, mask).reinterpretAsInts();
        IntVector m1 = FloatVector.fromArray(F32, x, mask + L).reinterpretAsInts();
        IntVector m2 = FloatVector.fromArray(F32, x, mask + 2 * L).reinterpretAsInts();
        FloatVector start = FloatVector.broadcast(F32, bias);
        FloatVector least = FloatVector.broadcast(F32, lower);
        IntVector tp = FloatVector.fromArray(F32, x, at).reinterpretAsInts();
        IntVector tq = FloatVector.fromArray(F32, x, at + L).reinterpretAsInts();
        IntVector tr = FloatVector.fromArray(F32, x, at + 2).reinterpretAsInts();
        IntVector ts = FloatVector.fromArray(F32, x, at + 2 + L).reinterpretAsInts();
        FloatVector t0 = EVEN.selectFrom(tp, tq).and(m0).reinterpretAsFloats();
        FloatVector t1 = ODD.selectFrom(tp, tq).and(m1).reinterpretAsFloats();
        FloatVector t2 = EVEN.selectFrom(tr, ts).and(m2).reinterpretAsFloats();
        FloatVector a = Simd.FMA ? t0.fma(w0, start) : t0.mul(w0).add(start);
        a = Simd.FMA ? t1.fma(w1, a) : t1.mul(w1).add(a);
        a = Simd.FMA ? t2.fma(w2, a) : t2.mul(w2).add(a);
        FloatVector top = (FloatVector) TYPE.cast(a);
        for (int r = 0; r < rows; r++) {
            int p = at + (2 * r + 1) * pitch;
            int q = p + pitch;
            IntVector up = FloatVector.fromArray(F32, x, p).reinterpretAsInts();
            IntVector uq = FloatVector.fromArray(F32, x, p + L).reinterpretAsInts();
            IntVector ur = FloatVector.fromArray(F32, x, p + 2).reinterpretAsInts();
            IntVector us = FloatVector.fromArray(F32, x, p + 2 + L).reinterpretAsInts();
            FloatVector u0 = EVEN.selectFrom(up, uq).and(m0).reinterpretAsFloats();
            FloatVector u1 = ODD.selectFrom(up, uq).and(m1).reinterpretAsFloats();
            FloatVector u2 = EVEN.selectFrom(ur, us).and(m2).reinterpretAsFloats();
            IntVector vp = FloatVector.fromArray(F32, x, q).reinterpretAsInts();
            IntVector vq = FloatVector.fromArray(F32, x, q + L).reinterpretAsInts();
            IntVector vr = FloatVector.fromArray(F32, x, q + 2).reinterpretAsInts();
            IntVector vs = FloatVector.fromArray(F32, x, q + 2 + L).reinterpretAsInts();
            FloatVector v0 = EVEN.selectFrom(vp, vq).and(m0).reinterpretAsFloats();
            FloatVector v1 = ODD.selectFrom(vp, vq).and(m1).reinterpretAsFloats();
            FloatVector v2 = EVEN.selectFrom(vr, vs).and(m2).reinterpretAsFloats();
            FloatVector sum = Simd.FMA ? u0.fma(w3, top) : u0.mul(w3).add(top);
            sum = Simd.FMA ? u1.fma(w4, sum) : u1.mul(w4).add(sum);
            sum = Simd.FMA ? u2.fma(w5, sum) : u2.mul(w5).add(sum);
            sum = Simd.FMA ? v0.fma(w6, sum) : v0.mul(w6).add(sum);
            sum = Simd.FMA ? v1.fma(w7, sum) : v1.mul(w7).add(sum);
            sum = Simd.FMA ? v2.fma(w8, sum) : v2.mul(w8).add(sum);
            FloatVector first = Simd.FMA ? v0.fma(w0, start) : v0.mul(w0).add(start);
            first = Simd.FMA ? v1.fma(w1, first) : v1.mul(w1).add(first);
            first = Simd.FMA ? v2.fma(w2, first) : v2.mul(w2).add(first);
            top = (FloatVector) TYPE.cast(first);
            sum.blend(least, sum.lt(least)).intoArray(y, out + r * width);
        }
    }
}
