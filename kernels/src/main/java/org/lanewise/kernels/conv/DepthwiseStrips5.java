package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** {@link DepthwiseStrips} of 5x5 kernels. */
final class DepthwiseStrips5 {
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
    private static final IntVector THREE = ONE.add(2);
    private static final IntVector FOUR = ONE.add(3);

    /** Of every other value from the second on, and what follows it, those from the fourth on. */
    private static final IntVector ODD3 = ONE.withLane(L - 1, L + 1);

    /** Of every other value, and what follows it, those from the fifth on. */
    private static final IntVector EVEN4 = TWO.withLane(L - 1, L + 2);

    private DepthwiseStrips5() {}

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
        FloatVector w9 = FloatVector.broadcast(F32, w[wAt + 9]);
        FloatVector w10 = FloatVector.broadcast(F32, w[wAt + 10]);
        FloatVector w11 = FloatVector.broadcast(F32, w[wAt + 11]);
        FloatVector w12 = FloatVector.broadcast(F32, w[wAt + 12]);
        FloatVector w13 = FloatVector.broadcast(F32, w[wAt + 13]);
        FloatVector w14 = FloatVector.broadcast(F32, w[wAt + 14]);
        FloatVector w15 = FloatVector.broadcast(F32, w[wAt + 15]);
        FloatVector w16 = FloatVector.broadcast(F32, w[wAt + 16]);
        FloatVector w17 = FloatVector.broadcast(F32, w[wAt + 17]);
        FloatVector w18 = FloatVector.broadcast(F32, w[wAt + 18]);
        FloatVector w19 = FloatVector.broadcast(F32, w[wAt + 19]);
        FloatVector w20 = FloatVector.broadcast(F32, w[wAt + 20]);
        FloatVector w21 = FloatVector.broadcast(F32, w[wAt + 21]);
        FloatVector w22 = FloatVector.broadcast(F32, w[wAt + 22]);
        FloatVector w23 = FloatVector.broadcast(F32, w[wAt + 23]);
        FloatVector w24 = FloatVector.broadcast(F32, w[wAt + 24]);
        IntVector m0 = FloatVector.fromArray(F32, masks, mask).reinterpretAsInts();
        IntVector m1 = FloatVector.fromArray(F32, masks, mask + L).reinterpretAsInts();
        IntVector m2 = FloatVector.fromArray(F32, masks, mask + 2 * L).reinterpretAsInts();
        IntVector m3 = FloatVector.fromArray(F32, masks, mask + 3 * L).reinterpretAsInts();
        IntVector m4 = FloatVector.fromArray(F32, masks, mask + 4 * L).reinterpretAsInts();
        FloatVector start = FloatVector.broadcast(F32, bias);
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        FloatVector s1 = (FloatVector) TYPE.cast(start);
        FloatVector s2 = s1;
        FloatVector s3 = s1;
        FloatVector s4 = s1;
        int full = Math.min(height, rows + above - 4);
        for (int r = above - 4; r < full; r++) {
            int p = at + (r + 4 - above) * pitch;
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
            IntVector xi3 = WIDE
                    ? THREE.selectFrom(xv, xw)
                    : FloatVector.fromArray(F32, x, p + 3).reinterpretAsInts();
            FloatVector x3 = xi3.and(m3).reinterpretAsFloats();
            IntVector xi4 = WIDE
                    ? FOUR.selectFrom(xv, xw)
                    : FloatVector.fromArray(F32, x, p + 4).reinterpretAsInts();
            FloatVector x4 = xi4.and(m4).reinterpretAsFloats();
            FloatVector sum = Simd.FMA ? x0.fma(w20, s4) : x0.mul(w20).add(s4);
            sum = Simd.FMA ? x1.fma(w21, sum) : x1.mul(w21).add(sum);
            sum = Simd.FMA ? x2.fma(w22, sum) : x2.mul(w22).add(sum);
            sum = Simd.FMA ? x3.fma(w23, sum) : x3.mul(w23).add(sum);
            sum = Simd.FMA ? x4.fma(w24, sum) : x4.mul(w24).add(sum);
            FloatVector n4 = Simd.FMA ? x0.fma(w15, s3) : x0.mul(w15).add(s3);
            n4 = Simd.FMA ? x1.fma(w16, n4) : x1.mul(w16).add(n4);
            n4 = Simd.FMA ? x2.fma(w17, n4) : x2.mul(w17).add(n4);
            n4 = Simd.FMA ? x3.fma(w18, n4) : x3.mul(w18).add(n4);
            n4 = Simd.FMA ? x4.fma(w19, n4) : x4.mul(w19).add(n4);
            FloatVector n3 = Simd.FMA ? x0.fma(w10, s2) : x0.mul(w10).add(s2);
            n3 = Simd.FMA ? x1.fma(w11, n3) : x1.mul(w11).add(n3);
            n3 = Simd.FMA ? x2.fma(w12, n3) : x2.mul(w12).add(n3);
            n3 = Simd.FMA ? x3.fma(w13, n3) : x3.mul(w13).add(n3);
            n3 = Simd.FMA ? x4.fma(w14, n3) : x4.mul(w14).add(n3);
            FloatVector n2 = Simd.FMA ? x0.fma(w5, s1) : x0.mul(w5).add(s1);
            n2 = Simd.FMA ? x1.fma(w6, n2) : x1.mul(w6).add(n2);
            n2 = Simd.FMA ? x2.fma(w7, n2) : x2.mul(w7).add(n2);
            n2 = Simd.FMA ? x3.fma(w8, n2) : x3.mul(w8).add(n2);
            n2 = Simd.FMA ? x4.fma(w9, n2) : x4.mul(w9).add(n2);
            FloatVector n1 = Simd.FMA ? x0.fma(w0, start) : x0.mul(w0).add(start);
            n1 = Simd.FMA ? x1.fma(w1, n1) : x1.mul(w1).add(n1);
            n1 = Simd.FMA ? x2.fma(w2, n1) : x2.mul(w2).add(n1);
            n1 = Simd.FMA ? x3.fma(w3, n1) : x3.mul(w3).add(n1);
            n1 = Simd.FMA ? x4.fma(w4, n1) : x4.mul(w4).add(n1);
            s1 = (FloatVector) TYPE.cast(n1);
            s2 = (FloatVector) TYPE.cast(n2);
            s3 = (FloatVector) TYPE.cast(n3);
            s4 = (FloatVector) TYPE.cast(n4);
            sum = sum.blend(least, sum.lt(least));
            sum.blend(most, most.lt(sum))
                    .intoArray(y, out + Math.max(0, r) * width); // before row 0, nothing that stays
        }
        if (height > full) {
            FloatVector sum = ((FloatVector) TYPE.cast(s4)).blend(least, s4.lt(least));
            sum.blend(most, most.lt(sum)).intoArray(y, out + full * width);
        }
        if (height > full + 1) {
            FloatVector sum = ((FloatVector) TYPE.cast(s3)).blend(least, s3.lt(least));
            sum.blend(most, most.lt(sum)).intoArray(y, out + (full + 1) * width);
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
        FloatVector w9 = FloatVector.broadcast(F32, w[wAt + 9]);
        FloatVector w10 = FloatVector.broadcast(F32, w[wAt + 10]);
        FloatVector w11 = FloatVector.broadcast(F32, w[wAt + 11]);
        FloatVector w12 = FloatVector.broadcast(F32, w[wAt + 12]);
        FloatVector w13 = FloatVector.broadcast(F32, w[wAt + 13]);
        FloatVector w14 = FloatVector.broadcast(F32, w[wAt + 14]);
        FloatVector w15 = FloatVector.broadcast(F32, w[wAt + 15]);
        FloatVector w16 = FloatVector.broadcast(F32, w[wAt + 16]);
        FloatVector w17 = FloatVector.broadcast(F32, w[wAt + 17]);
        FloatVector w18 = FloatVector.broadcast(F32, w[wAt + 18]);
        FloatVector w19 = FloatVector.broadcast(F32, w[wAt + 19]);
        FloatVector w20 = FloatVector.broadcast(F32, w[wAt + 20]);
        FloatVector w21 = FloatVector.broadcast(F32, w[wAt + 21]);
        FloatVector w22 = FloatVector.broadcast(F32, w[wAt + 22]);
        FloatVector w23 = FloatVector.broadcast(F32, w[wAt + 23]);
        FloatVector w24 = FloatVector.broadcast(F32, w[wAt + 24]);
        IntVector m0 = FloatVector.fromArray(F32, masks, mask).reinterpretAsInts();
        IntVector m1 = FloatVector.fromArray(F32, masks, mask + L).reinterpretAsInts();
        IntVector m2 = FloatVector.fromArray(F32, masks, mask + 2 * L).reinterpretAsInts();
        IntVector m3 = FloatVector.fromArray(F32, masks, mask + 3 * L).reinterpretAsInts();
        IntVector m4 = FloatVector.fromArray(F32, masks, mask + 4 * L).reinterpretAsInts();
        FloatVector start = FloatVector.broadcast(F32, bias);
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        FloatVector s1 = (FloatVector) TYPE.cast(start);
        FloatVector s2 = s1;
        for (int r = Math.min(0, above / 2 - 2); r < height; r++) {
            int i = 2 * r + 3 - above;
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
            FloatVector u3 = ODD3.selectFrom(uo, uc).and(m3).reinterpretAsFloats();
            FloatVector u4 = EVEN4.selectFrom(ue, uc).and(m4).reinterpretAsFloats();
            FloatVector sum = Simd.FMA ? u0.fma(w15, s2) : u0.mul(w15).add(s2);
            sum = Simd.FMA ? u1.fma(w16, sum) : u1.mul(w16).add(sum);
            sum = Simd.FMA ? u2.fma(w17, sum) : u2.mul(w17).add(sum);
            sum = Simd.FMA ? u3.fma(w18, sum) : u3.mul(w18).add(sum);
            sum = Simd.FMA ? u4.fma(w19, sum) : u4.mul(w19).add(sum);
            FloatVector n2 = Simd.FMA ? u0.fma(w5, s1) : u0.mul(w5).add(s1);
            n2 = Simd.FMA ? u1.fma(w6, n2) : u1.mul(w6).add(n2);
            n2 = Simd.FMA ? u2.fma(w7, n2) : u2.mul(w7).add(n2);
            n2 = Simd.FMA ? u3.fma(w8, n2) : u3.mul(w8).add(n2);
            n2 = Simd.FMA ? u4.fma(w9, n2) : u4.mul(w9).add(n2);
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
            FloatVector v3 = ODD3.selectFrom(vo, vc).and(m3).reinterpretAsFloats();
            FloatVector v4 = EVEN4.selectFrom(ve, vc).and(m4).reinterpretAsFloats();
            sum = Simd.FMA ? v0.fma(w20, sum) : v0.mul(w20).add(sum);
            sum = Simd.FMA ? v1.fma(w21, sum) : v1.mul(w21).add(sum);
            sum = Simd.FMA ? v2.fma(w22, sum) : v2.mul(w22).add(sum);
            sum = Simd.FMA ? v3.fma(w23, sum) : v3.mul(w23).add(sum);
            sum = Simd.FMA ? v4.fma(w24, sum) : v4.mul(w24).add(sum);
            n2 = Simd.FMA ? v0.fma(w10, n2) : v0.mul(w10).add(n2);
            n2 = Simd.FMA ? v1.fma(w11, n2) : v1.mul(w11).add(n2);
            n2 = Simd.FMA ? v2.fma(w12, n2) : v2.mul(w12).add(n2);
            n2 = Simd.FMA ? v3.fma(w13, n2) : v3.mul(w13).add(n2);
            n2 = Simd.FMA ? v4.fma(w14, n2) : v4.mul(w14).add(n2);
            FloatVector n1 = Simd.FMA ? v0.fma(w0, start) : v0.mul(w0).add(start);
            n1 = Simd.FMA ? v1.fma(w1, n1) : v1.mul(w1).add(n1);
            n1 = Simd.FMA ? v2.fma(w2, n1) : v2.mul(w2).add(n1);
            n1 = Simd.FMA ? v3.fma(w3, n1) : v3.mul(w3).add(n1);
            n1 = Simd.FMA ? v4.fma(w4, n1) : v4.mul(w4).add(n1);
            s1 = (FloatVector) TYPE.cast(n1);
            s2 = (FloatVector) TYPE.cast(n2);
            sum = sum.blend(least, sum.lt(least));
            sum.blend(most, most.lt(sum))
                    .intoArray(y, out + Math.max(0, r) * width); // before row 0, nothing that stays
        }
    }
}
