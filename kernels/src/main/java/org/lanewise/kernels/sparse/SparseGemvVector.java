package org.lanewise.kernels.sparse;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/**
 * {@link SparseGemv} on vectors. Values of x are picked from vectors that hold a window of it, by the permutation of two vectors: far faster than
 * gathering them from memory. Zeros that fill lanes are multiplied too, so sums may be NaN for an x that is not finite.
 */
final class SparseGemvVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;

    /** A byte per lane; the narrowest vector has twice as many as four lanes need. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

    private SparseGemvVector() {}

    /** The sums of one group: a vector. */
    static void group(LaneLists b, int group, float[] x, int xo, float[] y, int yo) {
        int from = b.starts[group];
        int bursts = b.starts[group + 1] - from;
        int at = from * b.form.burst() * LANES;
        int vo = LaneLists.START + at;
        if (b.form.tables() == 2) {
            twoByTwo(bursts, x, xo, b.windows, from, b.values, vo, b.positions, at, y, yo);
        } else if (b.form.burst() == 2) {
            fourByTwo(bursts, x, xo, b.windows, from, b.values, vo, b.positions, at, y, yo);
        } else {
            fourByFour(bursts, x, xo, b.windows, from, b.values, vo, b.positions, at, y, yo);
        }
    }

    /** The sums of one block. */
    static void block(RowBlocks b, int block, float[] x, int xo, float[] y, int yo) {
        int from = b.starts[block];
        int entries = b.starts[block + 1] - from;
        int vo = RowBlocks.START + from * RowBlocks.WIDTH;
        if (LANES == 16) {
            oneVector(entries, x, xo, b.rows, from, b.values, vo, y, yo);
        } else if (LANES == 8) {
            twoVectors(entries, x, xo, b.rows, from, b.values, vo, y, yo);
        } else {
            fourVectors(entries, x, xo, b.rows, from, b.values, vo, y, yo);
        }
    }

    /** Windows of four vectors, bursts of four. */
    static void fourByFour(
            int bursts,
            float[] x,
            int xo,
            int[] windows,
            int wo,
            float[] v,
            int vo,
            byte[] p,
            int po,
            float[] y,
            int yo) {
        FloatVector s0 = FloatVector.zero(F32);
        FloatVector s1 = FloatVector.zero(F32);
        FloatVector s2 = FloatVector.zero(F32);
        FloatVector s3 = FloatVector.zero(F32);
        for (int i = 0; i < bursts; i++) {
            int at = xo + windows[wo + i];
            IntVector t0 = FloatVector.fromArray(F32, x, at).reinterpretAsInts();
            IntVector t1 = FloatVector.fromArray(F32, x, at + LANES).reinterpretAsInts();
            IntVector t2 = FloatVector.fromArray(F32, x, at + 2 * LANES).reinterpretAsInts();
            IntVector t3 = FloatVector.fromArray(F32, x, at + 3 * LANES).reinterpretAsInts();
            IntVector p0 = (IntVector)
                    ByteVector.fromArray(BYTES, p, po + 4 * i * LANES).convertShape(ZERO_EXTEND_B2I, I32, 0);
            FloatVector v0 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES);
            FloatVector x0 = p0.selectFrom(t0, t1)
                    .blend(p0.selectFrom(t2, t3), p0.compare(GE, 2 * LANES))
                    .reinterpretAsFloats();
            s0 = Simd.FMA ? x0.fma(v0, s0) : x0.mul(v0).add(s0);
            IntVector p1 = (IntVector)
                    ByteVector.fromArray(BYTES, p, po + 4 * i * LANES + LANES).convertShape(ZERO_EXTEND_B2I, I32, 0);
            FloatVector v1 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + LANES);
            FloatVector x1 = p1.selectFrom(t0, t1)
                    .blend(p1.selectFrom(t2, t3), p1.compare(GE, 2 * LANES))
                    .reinterpretAsFloats();
            s1 = Simd.FMA ? x1.fma(v1, s1) : x1.mul(v1).add(s1);
            IntVector p2 = (IntVector) ByteVector.fromArray(BYTES, p, po + 4 * i * LANES + 2 * LANES)
                    .convertShape(ZERO_EXTEND_B2I, I32, 0);
            FloatVector v2 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + 2 * LANES);
            FloatVector x2 = p2.selectFrom(t0, t1)
                    .blend(p2.selectFrom(t2, t3), p2.compare(GE, 2 * LANES))
                    .reinterpretAsFloats();
            s2 = Simd.FMA ? x2.fma(v2, s2) : x2.mul(v2).add(s2);
            IntVector p3 = (IntVector) ByteVector.fromArray(BYTES, p, po + 4 * i * LANES + 3 * LANES)
                    .convertShape(ZERO_EXTEND_B2I, I32, 0);
            FloatVector v3 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + 3 * LANES);
            FloatVector x3 = p3.selectFrom(t0, t1)
                    .blend(p3.selectFrom(t2, t3), p3.compare(GE, 2 * LANES))
                    .reinterpretAsFloats();
            s3 = Simd.FMA ? x3.fma(v3, s3) : x3.mul(v3).add(s3);
        }
        ((FloatVector) TYPE.cast(s0)).add(s1).add(s2).add(s3).intoArray(y, yo);
    }

    /** Windows of four vectors, bursts of two. */
    static void fourByTwo(
            int bursts,
            float[] x,
            int xo,
            int[] windows,
            int wo,
            float[] v,
            int vo,
            byte[] p,
            int po,
            float[] y,
            int yo) {
        FloatVector s0 = FloatVector.zero(F32);
        FloatVector s1 = FloatVector.zero(F32);
        for (int i = 0; i < bursts; i++) {
            int at = xo + windows[wo + i];
            IntVector t0 = FloatVector.fromArray(F32, x, at).reinterpretAsInts();
            IntVector t1 = FloatVector.fromArray(F32, x, at + LANES).reinterpretAsInts();
            IntVector t2 = FloatVector.fromArray(F32, x, at + 2 * LANES).reinterpretAsInts();
            IntVector t3 = FloatVector.fromArray(F32, x, at + 3 * LANES).reinterpretAsInts();
            IntVector p0 = (IntVector)
                    ByteVector.fromArray(BYTES, p, po + 2 * i * LANES).convertShape(ZERO_EXTEND_B2I, I32, 0);
            FloatVector v0 = FloatVector.fromArray(F32, v, vo + 2 * i * LANES);
            FloatVector x0 = p0.selectFrom(t0, t1)
                    .blend(p0.selectFrom(t2, t3), p0.compare(GE, 2 * LANES))
                    .reinterpretAsFloats();
            s0 = Simd.FMA ? x0.fma(v0, s0) : x0.mul(v0).add(s0);
            IntVector p1 = (IntVector)
                    ByteVector.fromArray(BYTES, p, po + 2 * i * LANES + LANES).convertShape(ZERO_EXTEND_B2I, I32, 0);
            FloatVector v1 = FloatVector.fromArray(F32, v, vo + 2 * i * LANES + LANES);
            FloatVector x1 = p1.selectFrom(t0, t1)
                    .blend(p1.selectFrom(t2, t3), p1.compare(GE, 2 * LANES))
                    .reinterpretAsFloats();
            s1 = Simd.FMA ? x1.fma(v1, s1) : x1.mul(v1).add(s1);
        }
        ((FloatVector) TYPE.cast(s0)).add(s1).intoArray(y, yo);
    }

    /** Windows of two vectors, bursts of two. */
    static void twoByTwo(
            int bursts,
            float[] x,
            int xo,
            int[] windows,
            int wo,
            float[] v,
            int vo,
            byte[] p,
            int po,
            float[] y,
            int yo) {
        FloatVector s0 = FloatVector.zero(F32);
        FloatVector s1 = FloatVector.zero(F32);
        for (int i = 0; i < bursts; i++) {
            int at = xo + windows[wo + i];
            IntVector t0 = FloatVector.fromArray(F32, x, at).reinterpretAsInts();
            IntVector t1 = FloatVector.fromArray(F32, x, at + LANES).reinterpretAsInts();
            IntVector p0 = (IntVector)
                    ByteVector.fromArray(BYTES, p, po + 2 * i * LANES).convertShape(ZERO_EXTEND_B2I, I32, 0);
            FloatVector v0 = FloatVector.fromArray(F32, v, vo + 2 * i * LANES);
            FloatVector x0 = p0.selectFrom(t0, t1).reinterpretAsFloats();
            s0 = Simd.FMA ? x0.fma(v0, s0) : x0.mul(v0).add(s0);
            IntVector p1 = (IntVector)
                    ByteVector.fromArray(BYTES, p, po + 2 * i * LANES + LANES).convertShape(ZERO_EXTEND_B2I, I32, 0);
            FloatVector v1 = FloatVector.fromArray(F32, v, vo + 2 * i * LANES + LANES);
            FloatVector x1 = p1.selectFrom(t0, t1).reinterpretAsFloats();
            s1 = Simd.FMA ? x1.fma(v1, s1) : x1.mul(v1).add(s1);
        }
        ((FloatVector) TYPE.cast(s0)).add(s1).intoArray(y, yo);
    }

    /** The sums of a block in one vector, several entries a step. */
    private static void oneVector(
            int entries, float[] x, int xo, int[] rows, int ro, float[] v, int vo, float[] y, int yo) {
        FloatVector s0 = FloatVector.zero(F32);
        FloatVector s1 = FloatVector.zero(F32);
        FloatVector s2 = FloatVector.zero(F32);
        FloatVector s3 = FloatVector.zero(F32);
        int steps = entries / 4;
        for (int i = 0; i < steps; i++) {
            FloatVector x0 = FloatVector.broadcast(F32, x[xo + rows[ro + 4 * i]]);
            FloatVector v0 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES);
            s0 = Simd.FMA ? x0.fma(v0, s0) : x0.mul(v0).add(s0);
            FloatVector x1 = FloatVector.broadcast(F32, x[xo + rows[ro + 4 * i + 1]]);
            FloatVector v1 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + LANES);
            s1 = Simd.FMA ? x1.fma(v1, s1) : x1.mul(v1).add(s1);
            FloatVector x2 = FloatVector.broadcast(F32, x[xo + rows[ro + 4 * i + 2]]);
            FloatVector v2 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + 2 * LANES);
            s2 = Simd.FMA ? x2.fma(v2, s2) : x2.mul(v2).add(s2);
            FloatVector x3 = FloatVector.broadcast(F32, x[xo + rows[ro + 4 * i + 3]]);
            FloatVector v3 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + 3 * LANES);
            s3 = Simd.FMA ? x3.fma(v3, s3) : x3.mul(v3).add(s3);
        }
        ((FloatVector) TYPE.cast(s0)).add(s1).add(s2).add(s3).intoArray(y, yo);
    }

    /** The sums of a block in two vectors, several entries a step. */
    private static void twoVectors(
            int entries, float[] x, int xo, int[] rows, int ro, float[] v, int vo, float[] y, int yo) {
        FloatVector s0 = FloatVector.zero(F32);
        FloatVector s1 = FloatVector.zero(F32);
        FloatVector s2 = FloatVector.zero(F32);
        FloatVector s3 = FloatVector.zero(F32);
        int steps = entries / 2;
        for (int i = 0; i < steps; i++) {
            FloatVector x0 = FloatVector.broadcast(F32, x[xo + rows[ro + 2 * i]]);
            FloatVector v0 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES);
            s0 = Simd.FMA ? x0.fma(v0, s0) : x0.mul(v0).add(s0);
            FloatVector v1 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + LANES);
            s1 = Simd.FMA ? x0.fma(v1, s1) : x0.mul(v1).add(s1);
            FloatVector x1 = FloatVector.broadcast(F32, x[xo + rows[ro + 2 * i + 1]]);
            FloatVector v2 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + 2 * LANES);
            s2 = Simd.FMA ? x1.fma(v2, s2) : x1.mul(v2).add(s2);
            FloatVector v3 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + 3 * LANES);
            s3 = Simd.FMA ? x1.fma(v3, s3) : x1.mul(v3).add(s3);
        }
        ((FloatVector) TYPE.cast(s0)).add(s2).intoArray(y, yo);
        ((FloatVector) TYPE.cast(s1)).add(s3).intoArray(y, yo + LANES);
    }

    /** The sums of a block in four vectors. */
    private static void fourVectors(
            int entries, float[] x, int xo, int[] rows, int ro, float[] v, int vo, float[] y, int yo) {
        FloatVector s0 = FloatVector.zero(F32);
        FloatVector s1 = FloatVector.zero(F32);
        FloatVector s2 = FloatVector.zero(F32);
        FloatVector s3 = FloatVector.zero(F32);
        for (int i = 0; i < entries; i++) {
            FloatVector x0 = FloatVector.broadcast(F32, x[xo + rows[ro + i]]);
            FloatVector v0 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES);
            s0 = Simd.FMA ? x0.fma(v0, s0) : x0.mul(v0).add(s0);
            FloatVector v1 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + LANES);
            s1 = Simd.FMA ? x0.fma(v1, s1) : x0.mul(v1).add(s1);
            FloatVector v2 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + 2 * LANES);
            s2 = Simd.FMA ? x0.fma(v2, s2) : x0.mul(v2).add(s2);
            FloatVector v3 = FloatVector.fromArray(F32, v, vo + 4 * i * LANES + 3 * LANES);
            s3 = Simd.FMA ? x0.fma(v3, s3) : x0.mul(v3).add(s3);
        }
        ((FloatVector) TYPE.cast(s0)).intoArray(y, yo);
        ((FloatVector) TYPE.cast(s1)).intoArray(y, yo + LANES);
        ((FloatVector) TYPE.cast(s2)).intoArray(y, yo + 2 * LANES);
        ((FloatVector) TYPE.cast(s3)).intoArray(y, yo + 3 * LANES);
    }

    /** Whether none of a number of whole vectors holds an infinity or NaN. */
    static boolean finite(float[] values, int from, int to) {
        FloatVector test = FloatVector.zero(F32);
        int vectors = (to - from) / LANES;
        for (int i = 0; i < vectors; i++) {
            FloatVector v = FloatVector.fromArray(F32, values, from + i * LANES);
            test = v.sub(v).add(test);
        }
        return ((FloatVector) TYPE.cast(test)).compare(EQ, 0).allTrue();
    }
}
