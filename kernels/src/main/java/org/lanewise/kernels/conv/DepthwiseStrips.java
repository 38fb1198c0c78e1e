package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * One strip of a plane of a depthwise 3x3 convolution, as wide as a vector, from its top to its bottom: a row is read once, for the three rows of the output that it counts in, whose sums are
 * carried along.
 *
 * <p>What a tap to the left or to the right reads beyond the end of its row is set to zero as bits, so that an infinity in the next row leaves no NaN.
 */
final class DepthwiseStrips {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    /** Every other value of two vectors. */
    private static final IntVector EVEN = IntVector.zero(I32).addIndex(2);

    private static final IntVector ODD = EVEN.add(1);

    /** Whether loads that cross a cache line, as most of 64 bytes do, cost more than a permutation. */
    private static final boolean WIDE = Simd.BITS == 512;

    /** Two vectors in a row from their second value on. */
    private static final IntVector ONE = IntVector.zero(I32).addIndex(1).add(1);

    private static final IntVector TWO = ONE.add(1);

    private DepthwiseStrips() {}

    /**
     * Stride 1.
     *
     * @param at where the first tap of the first pixel lies, in row 0 if {@code above} is 0
     * @param above 1 if the first row of the output has a row of padding above it, else 0
     * @param masks 3 vectors, one for each column of the kernel, all bits set where it reads within a row
     * @param lower the least result
     * @param upper the greatest result
     * @param full rows of the output whose lowest tap lies in the plane
     * @param below 1 if there is one more with a row of padding below, else 0
     */
    static void stride1(
            float[] x,
            int at,
            int pitch,
            int above,
            float[] masks,
            int mask,
            float[] w,
            int wAt,
            float bias,
            float lower,
            float upper,
            float[] y,
            int out,
            int width,
            int full,
            int below) {
        FloatVector w0 = FloatVector.broadcast(F32, w[wAt]);
        FloatVector w1 = FloatVector.broadcast(F32, w[wAt + 1]);
        FloatVector w2 = FloatVector.broadcast(F32, w[wAt + 2]);
        FloatVector w3 = FloatVector.broadcast(F32, w[wAt + 3]);
        FloatVector w4 = FloatVector.broadcast(F32, w[wAt + 4]);
        FloatVector w5 = FloatVector.broadcast(F32, w[wAt + 5]);
        FloatVector w6 = FloatVector.broadcast(F32, w[wAt + 6]);
        FloatVector w7 = FloatVector.broadcast(F32, w[wAt + 7]);
        FloatVector w8 = FloatVector.broadcast(F32, w[wAt + 8]);
        IntVector m0 = FloatVector.fromArray(F32, masks, mask).reinterpretAsInts();
        IntVector m1 = FloatVector.fromArray(F32, masks, mask + L).reinterpretAsInts();
        IntVector m2 = FloatVector.fromArray(F32, masks, mask + 2 * L).reinterpretAsInts();
        FloatVector start = FloatVector.broadcast(F32, bias);
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        IntVector inside = IntVector.broadcast(I32, above - 1);
        IntVector ta = FloatVector.fromArray(F32, x, at).reinterpretAsInts();
        IntVector tb = WIDE ? FloatVector.fromArray(F32, x, at + L).reinterpretAsInts() : ta;
        FloatVector t0 = ta.and(m0).and(inside).reinterpretAsFloats();
        IntVector tc = WIDE ? ONE.selectFrom(ta, tb) : FloatVector.fromArray(F32, x, at + 1).reinterpretAsInts();
        FloatVector t1 = tc.and(m1).and(inside).reinterpretAsFloats();
        IntVector td = WIDE ? TWO.selectFrom(ta, tb) : FloatVector.fromArray(F32, x, at + 2).reinterpretAsInts();
        FloatVector t2 = td.and(m2).and(inside).reinterpretAsFloats();
        int second = at + (1 - above) * pitch;
        IntVector ua = FloatVector.fromArray(F32, x, second).reinterpretAsInts();
        IntVector ub = WIDE ? FloatVector.fromArray(F32, x, second + L).reinterpretAsInts() : ua;
        FloatVector u0 = ua.and(m0).reinterpretAsFloats();
        IntVector uc = WIDE ? ONE.selectFrom(ua, ub) : FloatVector.fromArray(F32, x, second + 1).reinterpretAsInts();
        FloatVector u1 = uc.and(m1).reinterpretAsFloats();
        IntVector ud = WIDE ? TWO.selectFrom(ua, ub) : FloatVector.fromArray(F32, x, second + 2).reinterpretAsInts();
        FloatVector u2 = ud.and(m2).reinterpretAsFloats();
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
        int third = second + pitch;
        for (int r = 0; r < full; r++) {
            int p = third + r * pitch;
            IntVector xa = FloatVector.fromArray(F32, x, p).reinterpretAsInts();
            IntVector xb = WIDE ? FloatVector.fromArray(F32, x, p + L).reinterpretAsInts() : xa;
            FloatVector x0 = xa.and(m0).reinterpretAsFloats();
            IntVector xc = WIDE ? ONE.selectFrom(xa, xb) : FloatVector.fromArray(F32, x, p + 1).reinterpretAsInts();
            FloatVector x1 = xc.and(m1).reinterpretAsFloats();
            IntVector xd = WIDE ? TWO.selectFrom(xa, xb) : FloatVector.fromArray(F32, x, p + 2).reinterpretAsInts();
            FloatVector x2 = xd.and(m2).reinterpretAsFloats();
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
            sum = sum.blend(least, sum.lt(least));
            sum.blend(most, most.lt(sum)).intoArray(y, out + r * width);
        }
        if (below > 0) {
            FloatVector last = ((FloatVector) TYPE.cast(middle)).blend(least, middle.lt(least));
            last.blend(most, most.lt(last)).intoArray(y, out + full * width);
        }
    }

    /** The same with every other row and column; where {@code below} is 1, the last row of the output lacks its lowest taps only. */
    static void stride2(
            float[] x,
            int at,
            int pitch,
            int above,
            float[] masks,
            int mask,
            float[] w,
            int wAt,
            float bias,
            float lower,
            float upper,
            float[] y,
            int out,
            int width,
            int full,
            int below) {
        FloatVector w0 = FloatVector.broadcast(F32, w[wAt]);
        FloatVector w1 = FloatVector.broadcast(F32, w[wAt + 1]);
        FloatVector w2 = FloatVector.broadcast(F32, w[wAt + 2]);
        FloatVector w3 = FloatVector.broadcast(F32, w[wAt + 3]);
        FloatVector w4 = FloatVector.broadcast(F32, w[wAt + 4]);
        FloatVector w5 = FloatVector.broadcast(F32, w[wAt + 5]);
        FloatVector w6 = FloatVector.broadcast(F32, w[wAt + 6]);
        FloatVector w7 = FloatVector.broadcast(F32, w[wAt + 7]);
        FloatVector w8 = FloatVector.broadcast(F32, w[wAt + 8]);
        IntVector m0 = FloatVector.fromArray(F32, masks, mask).reinterpretAsInts();
        IntVector m1 = FloatVector.fromArray(F32, masks, mask + L).reinterpretAsInts();
        IntVector m2 = FloatVector.fromArray(F32, masks, mask + 2 * L).reinterpretAsInts();
        FloatVector start = FloatVector.broadcast(F32, bias);
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        IntVector inside = IntVector.broadcast(I32, above - 1);
        IntVector tp = FloatVector.fromArray(F32, x, at).reinterpretAsInts();
        IntVector tq = FloatVector.fromArray(F32, x, at + L).reinterpretAsInts();
        IntVector tr = FloatVector.fromArray(F32, x, at + 2 * L).reinterpretAsInts();
        IntVector te = EVEN.selectFrom(tp, tq);
        FloatVector t0 = te.and(m0).and(inside).reinterpretAsFloats();
        FloatVector t1 = ODD.selectFrom(tp, tq).and(m1).and(inside).reinterpretAsFloats();
        FloatVector t2 = ONE.selectFrom(te, tr).and(m2).and(inside).reinterpretAsFloats();
        FloatVector a = Simd.FMA ? t0.fma(w0, start) : t0.mul(w0).add(start);
        a = Simd.FMA ? t1.fma(w1, a) : t1.mul(w1).add(a);
        a = Simd.FMA ? t2.fma(w2, a) : t2.mul(w2).add(a);
        FloatVector top = (FloatVector) TYPE.cast(a);
        int second = at + (1 - above) * pitch;
        for (int r = 0; r < full; r++) {
            int p = second + 2 * r * pitch;
            int q = p + pitch;
            IntVector up = FloatVector.fromArray(F32, x, p).reinterpretAsInts();
            IntVector uq = FloatVector.fromArray(F32, x, p + L).reinterpretAsInts();
            IntVector ur = FloatVector.fromArray(F32, x, p + 2 * L).reinterpretAsInts();
            IntVector ue = EVEN.selectFrom(up, uq);
            FloatVector u0 = ue.and(m0).reinterpretAsFloats();
            FloatVector u1 = ODD.selectFrom(up, uq).and(m1).reinterpretAsFloats();
            FloatVector u2 = ONE.selectFrom(ue, ur).and(m2).reinterpretAsFloats();
            IntVector vp = FloatVector.fromArray(F32, x, q).reinterpretAsInts();
            IntVector vq = FloatVector.fromArray(F32, x, q + L).reinterpretAsInts();
            IntVector vr = FloatVector.fromArray(F32, x, q + 2 * L).reinterpretAsInts();
            IntVector ve = EVEN.selectFrom(vp, vq);
            FloatVector v0 = ve.and(m0).reinterpretAsFloats();
            FloatVector v1 = ODD.selectFrom(vp, vq).and(m1).reinterpretAsFloats();
            FloatVector v2 = ONE.selectFrom(ve, vr).and(m2).reinterpretAsFloats();
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
            sum = sum.blend(least, sum.lt(least));
            sum.blend(most, most.lt(sum)).intoArray(y, out + r * width);
        }
        if (below > 0) {
            int p = second + 2 * full * pitch;
            IntVector up = FloatVector.fromArray(F32, x, p).reinterpretAsInts();
            IntVector uq = FloatVector.fromArray(F32, x, p + L).reinterpretAsInts();
            IntVector ur = FloatVector.fromArray(F32, x, p + 2 * L).reinterpretAsInts();
            IntVector ue = EVEN.selectFrom(up, uq);
            FloatVector u0 = ue.and(m0).reinterpretAsFloats();
            FloatVector u1 = ODD.selectFrom(up, uq).and(m1).reinterpretAsFloats();
            FloatVector u2 = ONE.selectFrom(ue, ur).and(m2).reinterpretAsFloats();
            FloatVector last = Simd.FMA ? u0.fma(w3, top) : u0.mul(w3).add(top);
            last = Simd.FMA ? u1.fma(w4, last) : u1.mul(w4).add(last);
            last = Simd.FMA ? u2.fma(w5, last) : u2.mul(w5).add(last);
            last = last.blend(least, last.lt(least));
            last.blend(most, most.lt(last)).intoArray(y, out + full * width);
        }
    }
}
