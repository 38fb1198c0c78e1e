package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * One strip of a plane of a depthwise 3x3 convolution, as wide as a vector, from its top to its bottom: a row is read once, for all rows of the output that it counts in, whose sums are
 * carried along.
 *
 * <p>What a tap beside, above or below the plane reads is set to zero as bits, so that an infinity there leaves no NaN. There is one loop and no other row before and behind it, because C2 boxes
 * vectors in methods that are too long for it.
 */
final class DepthwiseStrips {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    /** Whether loads that cross a cache line, as most of 64 bytes do, cost more than a permutation. */
    private static final boolean WIDE = Simd.BITS == 512;

    /** Every other value of two vectors. */
    private static final IntVector EVEN = IntVector.zero(I32).addIndex(2);

    private static final IntVector ODD = EVEN.add(1);

    /** Two vectors in a row from their second value on; and, of every other value and what follows it, those from the third on. */
    private static final IntVector ONE = IntVector.zero(I32).addIndex(1).add(1);

    private static final IntVector TWO = ONE.add(1);

    private DepthwiseStrips() {}

    /**
     * Stride 1.
     *
     * @param at where the first tap of the first pixel lies, in row 0 of the plane
     * @param rows rows of the plane
     * @param above rows of padding above the plane, for this stride at most as many as a kernel has but one, and half as many below
     * @param masks a vector for each column of the kernel, all bits set where it reads within a row
     * @param lower the least result
     * @param upper the greatest result
     * @param height rows of the output
     */
    static void stride1(
            float[] x,
            int at,
            int pitch,
            int rows,
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
            int height) {
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
        FloatVector s1 = (FloatVector) TYPE.cast(start);
        FloatVector s2 = s1;
        int full = Math.min(height, rows + above - 2);
        for (int r = above - 2; r < full; r++) {
            int p = at + (r + 2 - above) * pitch;
            IntVector xv = FloatVector.fromArray(F32, x, p).reinterpretAsInts();
            IntVector xw = WIDE ? FloatVector.fromArray(F32, x, p + L).reinterpretAsInts() : xv;
            FloatVector x0 = xv.and(m0).reinterpretAsFloats();
            IntVector xi1 = WIDE
                    ? ONE.selectFrom(xv, xw)
                    : FloatVector.fromArray(F32, x, p + 1).reinterpretAsInts();
            FloatVector x1 = xi1.and(m1).reinterpretAsFloats();
            IntVector xi2 = WIDE
                    ? TWO.selectFrom(xv, xw)
                    : FloatVector.fromArray(F32, x, p + 2).reinterpretAsInts();
            FloatVector x2 = xi2.and(m2).reinterpretAsFloats();
            FloatVector sum = Simd.FMA ? x0.fma(w6, s2) : x0.mul(w6).add(s2);
            sum = Simd.FMA ? x1.fma(w7, sum) : x1.mul(w7).add(sum);
            sum = Simd.FMA ? x2.fma(w8, sum) : x2.mul(w8).add(sum);
            FloatVector n2 = Simd.FMA ? x0.fma(w3, s1) : x0.mul(w3).add(s1);
            n2 = Simd.FMA ? x1.fma(w4, n2) : x1.mul(w4).add(n2);
            n2 = Simd.FMA ? x2.fma(w5, n2) : x2.mul(w5).add(n2);
            FloatVector n1 = Simd.FMA ? x0.fma(w0, start) : x0.mul(w0).add(start);
            n1 = Simd.FMA ? x1.fma(w1, n1) : x1.mul(w1).add(n1);
            n1 = Simd.FMA ? x2.fma(w2, n1) : x2.mul(w2).add(n1);
            s1 = (FloatVector) TYPE.cast(n1);
            s2 = (FloatVector) TYPE.cast(n2);
            sum = sum.blend(least, sum.lt(least));
            sum.blend(most, most.lt(sum))
                    .intoArray(y, out + Math.max(0, r) * width); // before row 0, nothing that stays
        }
        if (height > full) {
            FloatVector sum = ((FloatVector) TYPE.cast(s2)).blend(least, s2.lt(least));
            sum.blend(most, most.lt(sum)).intoArray(y, out + full * width);
        }
    }

    /** The same with every other row and column. */
    static void stride2(
            float[] x,
            int at,
            int pitch,
            int rows,
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
            int height) {
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
        FloatVector s1 = (FloatVector) TYPE.cast(start);
        for (int r = Math.min(0, above / 2 - 1); r < height; r++) {
            int i = 2 * r + 1 - above;
            boolean within = i >= 0 && i < rows;
            boolean nextWithin = i >= -1 && i < rows - 1;
            int p = within ? at + i * pitch : at;
            int q = nextWithin ? at + (i + 1) * pitch : at;
            IntVector inside = IntVector.broadcast(I32, within ? -1 : 0);
            IntVector nextInside = IntVector.broadcast(I32, nextWithin ? -1 : 0);
            IntVector ua = FloatVector.fromArray(F32, x, p).reinterpretAsInts().and(inside);
            IntVector ub =
                    FloatVector.fromArray(F32, x, p + L).reinterpretAsInts().and(inside);
            IntVector uc =
                    FloatVector.fromArray(F32, x, p + 2 * L).reinterpretAsInts().and(inside);
            IntVector ue = EVEN.selectFrom(ua, ub);
            IntVector uo = ODD.selectFrom(ua, ub);
            FloatVector u0 = ue.and(m0).reinterpretAsFloats();
            FloatVector u1 = uo.and(m1).reinterpretAsFloats();
            FloatVector u2 = ONE.selectFrom(ue, uc).and(m2).reinterpretAsFloats();
            FloatVector sum = Simd.FMA ? u0.fma(w3, s1) : u0.mul(w3).add(s1);
            sum = Simd.FMA ? u1.fma(w4, sum) : u1.mul(w4).add(sum);
            sum = Simd.FMA ? u2.fma(w5, sum) : u2.mul(w5).add(sum);
            IntVector va = FloatVector.fromArray(F32, x, q).reinterpretAsInts().and(nextInside);
            IntVector vb =
                    FloatVector.fromArray(F32, x, q + L).reinterpretAsInts().and(nextInside);
            IntVector vc =
                    FloatVector.fromArray(F32, x, q + 2 * L).reinterpretAsInts().and(nextInside);
            IntVector ve = EVEN.selectFrom(va, vb);
            IntVector vo = ODD.selectFrom(va, vb);
            FloatVector v0 = ve.and(m0).reinterpretAsFloats();
            FloatVector v1 = vo.and(m1).reinterpretAsFloats();
            FloatVector v2 = ONE.selectFrom(ve, vc).and(m2).reinterpretAsFloats();
            sum = Simd.FMA ? v0.fma(w6, sum) : v0.mul(w6).add(sum);
            sum = Simd.FMA ? v1.fma(w7, sum) : v1.mul(w7).add(sum);
            sum = Simd.FMA ? v2.fma(w8, sum) : v2.mul(w8).add(sum);
            FloatVector n1 = Simd.FMA ? v0.fma(w0, start) : v0.mul(w0).add(start);
            n1 = Simd.FMA ? v1.fma(w1, n1) : v1.mul(w1).add(n1);
            n1 = Simd.FMA ? v2.fma(w2, n1) : v2.mul(w2).add(n1);
            s1 = (FloatVector) TYPE.cast(n1);
            sum = sum.blend(least, sum.lt(least));
            sum.blend(most, most.lt(sum))
                    .intoArray(y, out + Math.max(0, r) * width); // before row 0, nothing that stays
        }
    }
}
