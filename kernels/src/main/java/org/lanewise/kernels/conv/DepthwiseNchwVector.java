package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/**
 * One plane of a depthwise convolution in one or two dimensions, with vectors over the pixels.
 *
 * <p>The plane is copied into the scratch with its padding. There, with vertical stride 1, a window's tap lies at the same distance from all
 * its pixels, so that the whole plane is one long row: the results between two rows' ends and beginnings are computed and dropped, and
 * so are those that a horizontal stride skips. With another vertical stride each row is such a row.
 */
final class DepthwiseNchwVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = Species.F32.vectorType();

    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();
    private static final int STEP = 4 * LANES;

    private DepthwiseNchwVector() {}

    static int scratchSize(ConvGeometry g) {
        return paddedSize(g) + resultSize(g);
    }

    private static int pitch(ConvGeometry g) {
        WindowAxis h = g.widthAxis();
        return Math.max(h.input() + h.padBegin() + h.padEnd(), h.extent());
    }

    private static int paddedSize(ConvGeometry g) {
        WindowAxis v = g.heightAxis();
        return Math.max(v.input() + v.padBegin() + v.padEnd(), v.extent()) * pitch(g) + STEP;
    }

    private static int resultSize(ConvGeometry g) {
        WindowAxis v = g.heightAxis();
        return (v.stride() == 1 ? v.output() : 1) * pitch(g) + STEP;
    }

    static void plane(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] w,
            int wOff,
            float bias,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff) {
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int pitch = pitch(g);
        int results = scratchOff + paddedSize(g);
        pad(v, h, pitch, x, xOff, scratch, scratchOff, paddedSize(g));
        int width = (h.output() - 1) * h.stride() + 1;
        boolean joined = v.stride() == 1;
        int count = joined ? (v.output() - 1) * pitch + width : width;
        int tapLine = v.dilation() * pitch;
        for (int oy = 0; oy < v.output(); oy++) {
            if (oy == 0 || !joined) {
                int at = scratchOff + oy * v.stride() * pitch;
                row(scratch, at, v.kernel(), tapLine, h.kernel(), h.dilation(), w, wOff, bias, results, count);
            }
            int from = results + (joined ? oy * pitch : 0);
            int to = yOff + oy * h.output();
            if (h.stride() == 1) {
                System.arraycopy(scratch, from, y, to, h.output());
            } else {
                for (int i = 0; i < h.output(); i++) {
                    y[to + i] = scratch[from + i * h.stride()];
                }
            }
        }
    }

    private static void pad(
            WindowAxis v, WindowAxis h, int pitch, float[] x, int xOff, float[] padded, int paddedOff, int size) {
        int at = paddedOff + v.padBegin() * pitch;
        Arrays.fill(padded, paddedOff, at, 0f);
        for (int iy = 0; iy < v.input(); iy++, at += pitch) {
            int end = at + h.padBegin() + h.input();
            Arrays.fill(padded, at, at + h.padBegin(), 0f);
            System.arraycopy(x, xOff + iy * h.input(), padded, at + h.padBegin(), h.input());
            Arrays.fill(padded, end, at + pitch, 0f);
        }
        Arrays.fill(padded, at, paddedOff + size, 0f);
    }

    /** {@code count} results from {@code out} on, rounded up to whole vectors. */
    private static void row(
            float[] x,
            int at,
            int lines,
            int tapLine,
            int kernel,
            int dilation,
            float[] w,
            int wOff,
            float bias,
            int out,
            int count) {
        FloatVector start = FloatVector.broadcast(F, bias);
        int i = 0;
        for (; i < count - 2 * LANES; i += STEP) {
            FloatVector a0 = start;
            FloatVector a1 = start;
            FloatVector a2 = start;
            FloatVector a3 = start;
            for (int ky = 0; ky < lines; ky++) {
                int p = at + i + ky * tapLine;
                for (int kx = 0; kx < kernel; kx++) {
                    FloatVector tap = FloatVector.broadcast(F, w[wOff + ky * kernel + kx]);
                    int q = p + kx * dilation;
                    a0 = Simd.FMA
                            ? FloatVector.fromArray(F32, x, q).fma(tap, a0)
                            : FloatVector.fromArray(F32, x, q).mul(tap).add(a0);
                    a1 = Simd.FMA
                            ? FloatVector.fromArray(F32, x, q + LANES).fma(tap, a1)
                            : FloatVector.fromArray(F32, x, q + LANES).mul(tap).add(a1);
                    a2 = Simd.FMA
                            ? FloatVector.fromArray(F32, x, q + 2 * LANES).fma(tap, a2)
                            : FloatVector.fromArray(F32, x, q + 2 * LANES)
                                    .mul(tap)
                                    .add(a2);
                    a3 = Simd.FMA
                            ? FloatVector.fromArray(F32, x, q + 3 * LANES).fma(tap, a3)
                            : FloatVector.fromArray(F32, x, q + 3 * LANES)
                                    .mul(tap)
                                    .add(a3);
                }
            }
            ((FloatVector) TYPE.cast(a0)).intoArray(x, out + i);
            ((FloatVector) TYPE.cast(a1)).intoArray(x, out + i + LANES);
            ((FloatVector) TYPE.cast(a2)).intoArray(x, out + i + 2 * LANES);
            ((FloatVector) TYPE.cast(a3)).intoArray(x, out + i + 3 * LANES);
        }
        for (; i < count; i += LANES) {
            FloatVector a = start;
            for (int ky = 0; ky < lines; ky++) {
                int p = at + i + ky * tapLine;
                for (int kx = 0; kx < kernel; kx++) {
                    a = Simd.FMA
                            ? FloatVector.fromArray(F32, x, p + kx * dilation)
                                    .fma(FloatVector.broadcast(F, w[wOff + ky * kernel + kx]), a)
                            : FloatVector.fromArray(F32, x, p + kx * dilation)
                                    .mul(FloatVector.broadcast(F, w[wOff + ky * kernel + kx]))
                                    .add(a);
                }
            }
            ((FloatVector) TYPE.cast(a)).intoArray(x, out + i);
        }
    }
}
