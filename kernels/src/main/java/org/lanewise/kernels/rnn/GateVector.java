package org.lanewise.kernels.rnn;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.math.ScalarMath;

/**
 * Sigmoid and tanh of sums, for {@link CellPasses}: whole vectors only; each returns how many elements it did. The functions are those of
 * {@link ScalarMath}, bit for bit, written out: what C2 does not inline boxes its vectors, and a cell is called from ever different places.
 */
final class GateVector {
    private static final int LANES = Simd.LANES;

    private static final int SIGN = 0x80000000;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private GateVector() {}

    /** {@code y = sigmoid(x + y)}. */
    static int sigmoidSum(float[] x, int xi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        FloatVector log2e = FloatVector.broadcast(F32, ScalarMath.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(F32, ScalarMath.ROUNDER);
        FloatVector ln2 = FloatVector.broadcast(F32, -ScalarMath.LN2_HI);
        FloatVector e0 = FloatVector.broadcast(F32, ScalarMath.EXP_0);
        FloatVector e1 = FloatVector.broadcast(F32, ScalarMath.EXP_1);
        FloatVector e2 = FloatVector.broadcast(F32, ScalarMath.EXP_2);
        FloatVector e3 = FloatVector.broadcast(F32, ScalarMath.EXP_3);
        FloatVector e4 = FloatVector.broadcast(F32, ScalarMath.EXP_4);
        FloatVector one = FloatVector.broadcast(F32, 1f);
        for (int i = 0; i < end; i += LANES) {
            FloatVector sum = FloatVector.fromArray(F32, y, yi + i).add(FloatVector.fromArray(F32, x, xi + i));
            FloatVector v = sum.abs().neg();
            v = v.blend(ScalarMath.EXP_MIN, v.lt(ScalarMath.EXP_MIN));
            FloatVector t = Simd.FMA ? v.fma(log2e, rounder) : v.mul(log2e).add(rounder);
            FloatVector k = t.sub(rounder);
            FloatVector high = Simd.FMA ? k.fma(ln2, v) : k.mul(ln2).add(v);
            FloatVector low = k.mul(-ScalarMath.LN2_LO);
            FloatVector r = high.add(low);
            FloatVector q = Simd.FMA ? r.fma(e4, e3) : r.mul(e4).add(e3);
            q = Simd.FMA ? r.fma(q, e2) : r.mul(q).add(e2);
            q = Simd.FMA ? r.fma(q, e1) : r.mul(q).add(e1);
            q = Simd.FMA ? r.fma(q, e0) : r.mul(q).add(e0);
            FloatVector r2 = r.mul(r);
            FloatVector p =
                    high.add(Simd.FMA ? r2.fma(q, low) : r2.mul(q).add(low)).add(one);
            IntVector scale = t.reinterpretAsInts().lanewise(LSHL, 23).add((127 + 24) << 23);
            FloatVector e = p.mul(scale.reinterpretAsFloats()).mul(0x1p-24f);
            ((FloatVector) TYPE.cast(one.blend(e, sum.lt(0f)).div(e.add(one)))).intoArray(y, yi + i);
        }
        return end;
    }

    /** {@code y = tanh(x + y)}. */
    static int tanhSum(float[] x, int xi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        FloatVector log2e = FloatVector.broadcast(F32, ScalarMath.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(F32, ScalarMath.ROUNDER);
        FloatVector ln2 = FloatVector.broadcast(F32, -ScalarMath.LN2_HI);
        FloatVector e0 = FloatVector.broadcast(F32, ScalarMath.EXP_0);
        FloatVector e1 = FloatVector.broadcast(F32, ScalarMath.EXP_1);
        FloatVector e2 = FloatVector.broadcast(F32, ScalarMath.EXP_2);
        FloatVector e3 = FloatVector.broadcast(F32, ScalarMath.EXP_3);
        FloatVector e4 = FloatVector.broadcast(F32, ScalarMath.EXP_4);
        for (int i = 0; i < end; i += LANES) {
            FloatVector sum = FloatVector.fromArray(F32, y, yi + i).add(FloatVector.fromArray(F32, x, xi + i));
            FloatVector v = sum.abs();
            v = v.blend(10f, v.compare(GT, 10f));
            v = v.add(v);
            FloatVector t = Simd.FMA ? v.fma(log2e, rounder) : v.mul(log2e).add(rounder);
            FloatVector k = t.sub(rounder);
            FloatVector high = Simd.FMA ? k.fma(ln2, v) : k.mul(ln2).add(v);
            FloatVector low = k.mul(-ScalarMath.LN2_LO);
            FloatVector r = high.add(low);
            FloatVector q = Simd.FMA ? r.fma(e4, e3) : r.mul(e4).add(e3);
            q = Simd.FMA ? r.fma(q, e2) : r.mul(q).add(e2);
            q = Simd.FMA ? r.fma(q, e1) : r.mul(q).add(e1);
            q = Simd.FMA ? r.fma(q, e0) : r.mul(q).add(e0);
            FloatVector r2 = r.mul(r);
            FloatVector p = high.add(Simd.FMA ? r2.fma(q, low) : r2.mul(q).add(low));
            FloatVector s =
                    t.reinterpretAsInts().lanewise(LSHL, 23).add(127 << 23).reinterpretAsFloats();
            FloatVector m = Simd.FMA ? p.fma(s, s.sub(1f)) : p.mul(s).add(s.sub(1f));
            IntVector sign = sum.reinterpretAsInts().and(SIGN);
            IntVector size = m.div(m.add(2f)).reinterpretAsInts().and(~SIGN);
            ((FloatVector) TYPE.cast(size.or(sign).reinterpretAsFloats())).intoArray(y, yi + i);
        }
        return end;
    }

    /** {@code y = a * tanh(x)}. */
    static int tanhTimes(float[] x, int xi, float[] a, int ai, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        FloatVector log2e = FloatVector.broadcast(F32, ScalarMath.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(F32, ScalarMath.ROUNDER);
        FloatVector ln2 = FloatVector.broadcast(F32, -ScalarMath.LN2_HI);
        FloatVector e0 = FloatVector.broadcast(F32, ScalarMath.EXP_0);
        FloatVector e1 = FloatVector.broadcast(F32, ScalarMath.EXP_1);
        FloatVector e2 = FloatVector.broadcast(F32, ScalarMath.EXP_2);
        FloatVector e3 = FloatVector.broadcast(F32, ScalarMath.EXP_3);
        FloatVector e4 = FloatVector.broadcast(F32, ScalarMath.EXP_4);
        for (int i = 0; i < end; i += LANES) {
            FloatVector given = FloatVector.fromArray(F32, x, xi + i);
            FloatVector v = given.abs();
            v = v.blend(10f, v.compare(GT, 10f));
            v = v.add(v);
            FloatVector t = Simd.FMA ? v.fma(log2e, rounder) : v.mul(log2e).add(rounder);
            FloatVector k = t.sub(rounder);
            FloatVector high = Simd.FMA ? k.fma(ln2, v) : k.mul(ln2).add(v);
            FloatVector low = k.mul(-ScalarMath.LN2_LO);
            FloatVector r = high.add(low);
            FloatVector q = Simd.FMA ? r.fma(e4, e3) : r.mul(e4).add(e3);
            q = Simd.FMA ? r.fma(q, e2) : r.mul(q).add(e2);
            q = Simd.FMA ? r.fma(q, e1) : r.mul(q).add(e1);
            q = Simd.FMA ? r.fma(q, e0) : r.mul(q).add(e0);
            FloatVector r2 = r.mul(r);
            FloatVector p = high.add(Simd.FMA ? r2.fma(q, low) : r2.mul(q).add(low));
            FloatVector s =
                    t.reinterpretAsInts().lanewise(LSHL, 23).add(127 << 23).reinterpretAsFloats();
            FloatVector m = Simd.FMA ? p.fma(s, s.sub(1f)) : p.mul(s).add(s.sub(1f));
            IntVector sign = given.reinterpretAsInts().and(SIGN);
            IntVector size = m.div(m.add(2f)).reinterpretAsInts().and(~SIGN);
            FloatVector tanh = size.or(sign).reinterpretAsFloats();
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, a, ai + i).mul(tanh))).intoArray(y, yi + i);
        }
        return end;
    }
}
