package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/**
 * Planes with zeros around them, for depthwise convolutions. A row is kept as its phases: the columns that a horizontal stride reaches from column 0, then those from column 1, and so on; so taps of neighbouring outputs lie side by side.
 */
final class DepthwisePadding {
    private static final int L = Simd.LANES;

    /** Every other value of two vectors. */
    private static final IntVector EVEN = IntVector.zero(I32).addIndex(2);

    private final WindowAxis v;
    private final WindowAxis h;
    private final int phase;
    private final int pitch;
    private final int size;

    DepthwisePadding(WindowAxis v, WindowAxis h) {
        this.v = v;
        this.h = h;
        this.phase = Math.ceilDiv(padded(h), h.stride());
        this.pitch = phase * h.stride();
        this.size = Math.ceilDiv(padded(v) * pitch, L) * L + 2 * L;
    }

    private static int padded(WindowAxis axis) {
        return Math.max(axis.input() + axis.padBegin() + axis.padEnd(), axis.extent());
    }

    /** From a row to the next. */
    int pitch() {
        return pitch;
    }

    /** Rows of the input from a row of the output to the next. */
    int stride() {
        return v.stride();
    }

    /** Values of a plane, and those that vectors read behind it. */
    int size() {
        return size;
    }

    /** Where a tap of the first window lies in a plane. */
    int tap(int ky, int kx) {
        int column = kx * h.dilation();
        int of = h.stride() == 1 ? column : column % h.stride() * phase + column / h.stride();
        return ky * v.dilation() * pitch + of;
    }

    /** Copies a plane between zeros that are there already, and may write further zeros into the room behind its rows. */
    void copy(float[] x, int in, float[] padded, int at) {
        int to = at + v.padBegin() * pitch;
        int width = h.input();
        boolean vectors = in + v.input() * width + 2 * L <= x.length;
        for (int row = 0; row < v.input(); row++) {
            int from = in + row * width;
            int out = to + row * pitch;
            if (h.stride() == 1 && vectors) {
                row(x, from, padded, out + h.padBegin(), width);
            } else if (h.stride() == 1) {
                System.arraycopy(x, from, padded, out + h.padBegin(), width);
            } else if (h.stride() == 2 && vectors) {
                int odd = h.padBegin() & 1; // the phase of column 0
                half(x, from + odd, padded, out + (h.padBegin() + 1) / 2, (width + 1 - odd) / 2);
                half(x, from + 1 - odd, padded, out + phase + h.padBegin() / 2, (width + odd) / 2);
            } else {
                scattered(x, from, padded, out);
            }
        }
    }

    private static void row(float[] x, int from, float[] padded, int to, int width) {
        int i = 0;
        for (; i <= width - L; i += L) {
            FloatVector.fromArray(F32, x, from + i).intoArray(padded, to + i);
        }
        if (i < width) {
            rest(FloatVector.fromArray(F32, x, from + i), padded, to + i, width - i);
        }
    }

    /** {@code count} values, every other one. */
    private static void half(float[] x, int from, float[] padded, int to, int count) {
        for (int i = 0; i < count; i += L) {
            IntVector a = FloatVector.fromArray(F32, x, from + 2 * i).reinterpretAsInts();
            IntVector b = FloatVector.fromArray(F32, x, from + 2 * i + L).reinterpretAsInts();
            rest(EVEN.selectFrom(a, b).reinterpretAsFloats(), padded, to + i, count - i);
        }
    }

    /** The first {@code count} values, and zeros behind them. */
    private static void rest(FloatVector values, float[] padded, int to, int count) {
        IntVector lanes = IntVector.zero(I32).addIndex(1);
        values.reinterpretAsInts()
                .and(lanes.sub(count).lanewise(VectorOperators.ASHR, 31))
                .reinterpretAsFloats()
                .intoArray(padded, to);
    }

    private void scattered(float[] x, int from, float[] padded, int to) {
        for (int i = 0; i < h.input(); i++) {
            int column = h.padBegin() + i;
            padded[to + column % h.stride() * phase + column / h.stride()] = x[from + i];
        }
    }
}
