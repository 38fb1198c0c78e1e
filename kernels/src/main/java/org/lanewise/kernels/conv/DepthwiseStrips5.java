package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** {@link DepthwiseStrips} of 5x5 kernels, which have up to two rows of padding above and below. */
final class DepthwiseStrips5 {
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
    private static final IntVector THREE = ONE.add(2);
    private static final IntVector FOUR = ONE.add(3);

    /** Every other value from the third on: {@link #EVEN}'s and what follows. */
    private static final IntVector EVEN2 = ONE;

    /** Every other value from the fourth on: {@link #ODD}'s and what follows. */
    private static final IntVector ODD3 = ONE.withLane(L - 1, L + 1);

    /** Every other value from the fifth on. */
    private static final IntVector EVEN4 = TWO.withLane(L - 1, L + 2);

    private DepthwiseStrips5() {}

    /**
     * Stride 1.
     *
     * @param at where the first tap of the first pixel lies, in row 0 if {@code above} is 0
     * @param above rows of padding above the first row of the output, 0 to 2
     * @param masks 5 vectors, one for each column of the kernel, all bits set where it reads within a row
     * @param lower the least result
     * @param upper the greatest result
     * @param full rows of the output whose lowest tap lies in the plane
     * @param below how many more there are, 0 to 2
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
        for (int r = above - 4; r < full; r++) {
            int p = at + (r + 4 - above) * pitch;
            IntVector xv = FloatVector.fromArray(F32, x, p).reinterpretAsInts();
            IntVector xw = WIDE ? FloatVector.fromArray(F32, x, p + L).reinterpretAsInts() : xv;
            FloatVector x0 = xv.and(m0).reinterpretAsFloats();
            IntVector xi1 = WIDE ? ONE.selectFrom(xv, xw) : FloatVector.fromArray(F32, x, p + 1).reinterpretAsInts();
            FloatVector x1 = xi1.and(m1).reinterpretAsFloats();
            IntVector xi2 = WIDE ? TWO.selectFrom(xv, xw) : FloatVector.fromArray(F32, x, p + 2).reinterpretAsInts();
            FloatVector x2 = xi2.and(m2).reinterpretAsFloats();
            IntVector xi3 = WIDE ? THREE.selectFrom(xv, xw) : FloatVector.fromArray(F32, x, p + 3).reinterpretAsInts();
            FloatVector x3 = xi3.and(m3).reinterpretAsFloats();
            IntVector xi4 = WIDE ? FOUR.selectFrom(xv, xw) : FloatVector.fromArray(F32, x, p + 4).reinterpretAsInts();
            FloatVector x4 = xi4.and(m4).reinterpretAsFloats();
            FloatVector sum = Simd.FMA ? x0.fma(w20, s4) : x0.mul(w20).add(s4);
            sum = Simd.FMA ? x1.fma(w21, sum) : x1.mul(w21).add(sum);
            sum = Simd.FMA ? x2.fma(w22, sum) : x2.mul(w22).add(sum);
            sum = Simd.FMA ? x3.fma(w23, sum) : x3.mul(w23).add(sum);
            sum = Simd.FMA ? x4.fma(w24, sum) : x4.mul(w24).add(sum);
            FloatVector d = Simd.FMA ? x0.fma(w15, s3) : x0.mul(w15).add(s3);
            d = Simd.FMA ? x1.fma(w16, d) : x1.mul(w16).add(d);
            d = Simd.FMA ? x2.fma(w17, d) : x2.mul(w17).add(d);
            d = Simd.FMA ? x3.fma(w18, d) : x3.mul(w18).add(d);
            d = Simd.FMA ? x4.fma(w19, d) : x4.mul(w19).add(d);
            FloatVector c = Simd.FMA ? x0.fma(w10, s2) : x0.mul(w10).add(s2);
            c = Simd.FMA ? x1.fma(w11, c) : x1.mul(w11).add(c);
            c = Simd.FMA ? x2.fma(w12, c) : x2.mul(w12).add(c);
            c = Simd.FMA ? x3.fma(w13, c) : x3.mul(w13).add(c);
            c = Simd.FMA ? x4.fma(w14, c) : x4.mul(w14).add(c);
            FloatVector b = Simd.FMA ? x0.fma(w5, s1) : x0.mul(w5).add(s1);
            b = Simd.FMA ? x1.fma(w6, b) : x1.mul(w6).add(b);
            b = Simd.FMA ? x2.fma(w7, b) : x2.mul(w7).add(b);
            b = Simd.FMA ? x3.fma(w8, b) : x3.mul(w8).add(b);
            b = Simd.FMA ? x4.fma(w9, b) : x4.mul(w9).add(b);
            FloatVector a = Simd.FMA ? x0.fma(w0, start) : x0.mul(w0).add(start);
            a = Simd.FMA ? x1.fma(w1, a) : x1.mul(w1).add(a);
            a = Simd.FMA ? x2.fma(w2, a) : x2.mul(w2).add(a);
            a = Simd.FMA ? x3.fma(w3, a) : x3.mul(w3).add(a);
            a = Simd.FMA ? x4.fma(w4, a) : x4.mul(w4).add(a);
            s1 = (FloatVector) TYPE.cast(a);
            s2 = (FloatVector) TYPE.cast(b);
            s3 = (FloatVector) TYPE.cast(c);
            s4 = (FloatVector) TYPE.cast(d);
            sum = sum.blend(least, sum.lt(least));
            sum.blend(most, most.lt(sum)).intoArray(y, out + Math.max(0, r) * width);
        }
        if (below > 0) {
            FloatVector sum = ((FloatVector) TYPE.cast(s4)).blend(least, s4.lt(least));
            sum.blend(most, most.lt(sum)).intoArray(y, out + full * width);
        }
        if (below > 1) {
            FloatVector sum = ((FloatVector) TYPE.cast(s3)).blend(least, s3.lt(least));
            sum.blend(most, most.lt(sum)).intoArray(y, out + (full + 1) * width);
        }
    }

    /**
     * Stride 2.
     *
     * @param full rows of the output whose lowest tap lies in the plane
     * @param below rows that the window of one more row of the output lacks, 1 or 2; 0 if there is none
     */
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
        IntVector first = IntVector.broadcast(I32, above == 0 ? -1 : 0);
        IntVector second = IntVector.broadcast(I32, above <= 1 ? -1 : 0);
        int p1 = at + Math.max(0, 1 - above) * pitch;
        int p2 = at + (2 - above) * pitch;
        IntVector ta = FloatVector.fromArray(F32, x, at).reinterpretAsInts();
        IntVector tb = FloatVector.fromArray(F32, x, at + L).reinterpretAsInts();
        IntVector tc = FloatVector.fromArray(F32, x, at + 2 * L).reinterpretAsInts();
        IntVector te = EVEN.selectFrom(ta, tb);
        IntVector to = ODD.selectFrom(ta, tb);
        FloatVector t0 = te.and(m0).and(first).reinterpretAsFloats();
        FloatVector t1 = to.and(m1).and(first).reinterpretAsFloats();
        FloatVector t2 = EVEN2.selectFrom(te, tc).and(m2).and(first).reinterpretAsFloats();
        FloatVector t3 = ODD3.selectFrom(to, tc).and(m3).and(first).reinterpretAsFloats();
        FloatVector t4 = EVEN4.selectFrom(te, tc).and(m4).and(first).reinterpretAsFloats();
        FloatVector b = Simd.FMA ? t0.fma(w0, start) : t0.mul(w0).add(start);
        b = Simd.FMA ? t1.fma(w1, b) : t1.mul(w1).add(b);
        b = Simd.FMA ? t2.fma(w2, b) : t2.mul(w2).add(b);
        b = Simd.FMA ? t3.fma(w3, b) : t3.mul(w3).add(b);
        b = Simd.FMA ? t4.fma(w4, b) : t4.mul(w4).add(b);
        IntVector ua = FloatVector.fromArray(F32, x, p1).reinterpretAsInts();
        IntVector ub = FloatVector.fromArray(F32, x, p1 + L).reinterpretAsInts();
        IntVector uc = FloatVector.fromArray(F32, x, p1 + 2 * L).reinterpretAsInts();
        IntVector ue = EVEN.selectFrom(ua, ub);
        IntVector uo = ODD.selectFrom(ua, ub);
        FloatVector u0 = ue.and(m0).and(second).reinterpretAsFloats();
        FloatVector u1 = uo.and(m1).and(second).reinterpretAsFloats();
        FloatVector u2 = EVEN2.selectFrom(ue, uc).and(m2).and(second).reinterpretAsFloats();
        FloatVector u3 = ODD3.selectFrom(uo, uc).and(m3).and(second).reinterpretAsFloats();
        FloatVector u4 = EVEN4.selectFrom(ue, uc).and(m4).and(second).reinterpretAsFloats();
        b = Simd.FMA ? u0.fma(w5, b) : u0.mul(w5).add(b);
        b = Simd.FMA ? u1.fma(w6, b) : u1.mul(w6).add(b);
        b = Simd.FMA ? u2.fma(w7, b) : u2.mul(w7).add(b);
        b = Simd.FMA ? u3.fma(w8, b) : u3.mul(w8).add(b);
        b = Simd.FMA ? u4.fma(w9, b) : u4.mul(w9).add(b);
        IntVector va = FloatVector.fromArray(F32, x, p2).reinterpretAsInts();
        IntVector vb = FloatVector.fromArray(F32, x, p2 + L).reinterpretAsInts();
        IntVector vc = FloatVector.fromArray(F32, x, p2 + 2 * L).reinterpretAsInts();
        IntVector ve = EVEN.selectFrom(va, vb);
        IntVector vo = ODD.selectFrom(va, vb);
        FloatVector v0 = ve.and(m0).reinterpretAsFloats();
        FloatVector v1 = vo.and(m1).reinterpretAsFloats();
        FloatVector v2 = EVEN2.selectFrom(ve, vc).and(m2).reinterpretAsFloats();
        FloatVector v3 = ODD3.selectFrom(vo, vc).and(m3).reinterpretAsFloats();
        FloatVector v4 = EVEN4.selectFrom(ve, vc).and(m4).reinterpretAsFloats();
        b = Simd.FMA ? v0.fma(w10, b) : v0.mul(w10).add(b);
        b = Simd.FMA ? v1.fma(w11, b) : v1.mul(w11).add(b);
        b = Simd.FMA ? v2.fma(w12, b) : v2.mul(w12).add(b);
        b = Simd.FMA ? v3.fma(w13, b) : v3.mul(w13).add(b);
        b = Simd.FMA ? v4.fma(w14, b) : v4.mul(w14).add(b);
        FloatVector a = Simd.FMA ? v0.fma(w0, start) : v0.mul(w0).add(start);
        a = Simd.FMA ? v1.fma(w1, a) : v1.mul(w1).add(a);
        a = Simd.FMA ? v2.fma(w2, a) : v2.mul(w2).add(a);
        a = Simd.FMA ? v3.fma(w3, a) : v3.mul(w3).add(a);
        a = Simd.FMA ? v4.fma(w4, a) : v4.mul(w4).add(a);
        FloatVector s2 = (FloatVector) TYPE.cast(b);
        FloatVector s1 = (FloatVector) TYPE.cast(a);
        int third = p2 + pitch;
        for (int r = 0; r < full; r++) {
            int p = third + 2 * r * pitch;
            int q = p + pitch;
            IntVector xa = FloatVector.fromArray(F32, x, p).reinterpretAsInts();
            IntVector xb = FloatVector.fromArray(F32, x, p + L).reinterpretAsInts();
            IntVector xc = FloatVector.fromArray(F32, x, p + 2 * L).reinterpretAsInts();
            IntVector xe = EVEN.selectFrom(xa, xb);
            IntVector xo = ODD.selectFrom(xa, xb);
            FloatVector x0 = xe.and(m0).reinterpretAsFloats();
            FloatVector x1 = xo.and(m1).reinterpretAsFloats();
            FloatVector x2 = EVEN2.selectFrom(xe, xc).and(m2).reinterpretAsFloats();
            FloatVector x3 = ODD3.selectFrom(xo, xc).and(m3).reinterpretAsFloats();
            FloatVector x4 = EVEN4.selectFrom(xe, xc).and(m4).reinterpretAsFloats();
            FloatVector sum = Simd.FMA ? x0.fma(w15, s2) : x0.mul(w15).add(s2);
            sum = Simd.FMA ? x1.fma(w16, sum) : x1.mul(w16).add(sum);
            sum = Simd.FMA ? x2.fma(w17, sum) : x2.mul(w17).add(sum);
            sum = Simd.FMA ? x3.fma(w18, sum) : x3.mul(w18).add(sum);
            sum = Simd.FMA ? x4.fma(w19, sum) : x4.mul(w19).add(sum);
            FloatVector next = Simd.FMA ? x0.fma(w5, s1) : x0.mul(w5).add(s1);
            next = Simd.FMA ? x1.fma(w6, next) : x1.mul(w6).add(next);
            next = Simd.FMA ? x2.fma(w7, next) : x2.mul(w7).add(next);
            next = Simd.FMA ? x3.fma(w8, next) : x3.mul(w8).add(next);
            next = Simd.FMA ? x4.fma(w9, next) : x4.mul(w9).add(next);
            IntVector za = FloatVector.fromArray(F32, x, q).reinterpretAsInts();
            IntVector zb = FloatVector.fromArray(F32, x, q + L).reinterpretAsInts();
            IntVector zc = FloatVector.fromArray(F32, x, q + 2 * L).reinterpretAsInts();
            IntVector ze = EVEN.selectFrom(za, zb);
            IntVector zo = ODD.selectFrom(za, zb);
            FloatVector z0 = ze.and(m0).reinterpretAsFloats();
            FloatVector z1 = zo.and(m1).reinterpretAsFloats();
            FloatVector z2 = EVEN2.selectFrom(ze, zc).and(m2).reinterpretAsFloats();
            FloatVector z3 = ODD3.selectFrom(zo, zc).and(m3).reinterpretAsFloats();
            FloatVector z4 = EVEN4.selectFrom(ze, zc).and(m4).reinterpretAsFloats();
            sum = Simd.FMA ? z0.fma(w20, sum) : z0.mul(w20).add(sum);
            sum = Simd.FMA ? z1.fma(w21, sum) : z1.mul(w21).add(sum);
            sum = Simd.FMA ? z2.fma(w22, sum) : z2.mul(w22).add(sum);
            sum = Simd.FMA ? z3.fma(w23, sum) : z3.mul(w23).add(sum);
            sum = Simd.FMA ? z4.fma(w24, sum) : z4.mul(w24).add(sum);
            next = Simd.FMA ? z0.fma(w10, next) : z0.mul(w10).add(next);
            next = Simd.FMA ? z1.fma(w11, next) : z1.mul(w11).add(next);
            next = Simd.FMA ? z2.fma(w12, next) : z2.mul(w12).add(next);
            next = Simd.FMA ? z3.fma(w13, next) : z3.mul(w13).add(next);
            next = Simd.FMA ? z4.fma(w14, next) : z4.mul(w14).add(next);
            FloatVector top = Simd.FMA ? z0.fma(w0, start) : z0.mul(w0).add(start);
            top = Simd.FMA ? z1.fma(w1, top) : z1.mul(w1).add(top);
            top = Simd.FMA ? z2.fma(w2, top) : z2.mul(w2).add(top);
            top = Simd.FMA ? z3.fma(w3, top) : z3.mul(w3).add(top);
            top = Simd.FMA ? z4.fma(w4, top) : z4.mul(w4).add(top);
            s2 = (FloatVector) TYPE.cast(next);
            s1 = (FloatVector) TYPE.cast(top);
            sum = sum.blend(least, sum.lt(least));
            sum.blend(most, most.lt(sum)).intoArray(y, out + r * width);
        }
        if (below > 0) {
            int p = below == 1 ? third + 2 * full * pitch : at;
            IntVector inside = IntVector.broadcast(I32, below == 1 ? -1 : 0);
            IntVector xa = FloatVector.fromArray(F32, x, p).reinterpretAsInts();
            IntVector xb = FloatVector.fromArray(F32, x, p + L).reinterpretAsInts();
            IntVector xc = FloatVector.fromArray(F32, x, p + 2 * L).reinterpretAsInts();
            IntVector xe = EVEN.selectFrom(xa, xb);
            IntVector xo = ODD.selectFrom(xa, xb);
            FloatVector x0 = xe.and(m0).and(inside).reinterpretAsFloats();
            FloatVector x1 = xo.and(m1).and(inside).reinterpretAsFloats();
            FloatVector x2 = EVEN2.selectFrom(xe, xc).and(m2).and(inside).reinterpretAsFloats();
            FloatVector x3 = ODD3.selectFrom(xo, xc).and(m3).and(inside).reinterpretAsFloats();
            FloatVector x4 = EVEN4.selectFrom(xe, xc).and(m4).and(inside).reinterpretAsFloats();
            FloatVector last = Simd.FMA ? x0.fma(w15, s2) : x0.mul(w15).add(s2);
            last = Simd.FMA ? x1.fma(w16, last) : x1.mul(w16).add(last);
            last = Simd.FMA ? x2.fma(w17, last) : x2.mul(w17).add(last);
            last = Simd.FMA ? x3.fma(w18, last) : x3.mul(w18).add(last);
            last = Simd.FMA ? x4.fma(w19, last) : x4.mul(w19).add(last);
            last = last.blend(least, last.lt(least));
            last.blend(most, most.lt(last)).intoArray(y, out + full * width);
        }
    }
}
