package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.F64;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.WholeEnd;

/** Widens both sides of {@link TriplesWhole}, at 512 bits. */
final class TripleRows {
    /** Says which class stored vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Double>> DOUBLES = F64.vectorType();

    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 8)));

    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 2)));

    private static final int LANES = Simd.LANES / 2;

    private static final long LOW = 0xffff_ffffL;

    private TripleRows() {}

    /** Three rows of bytes as one of doubles, whole vectors of them; returns how many values these were. */
    static int ofBytes(byte[] x, int at0, int at1, int at2, int n, boolean signed, double[] y, int yOff) {
        int end = n - n % LANES;
        byte flip = signed ? 0 : (byte) 128;
        for (int i = 0; i < end; i += LANES) {
            DoubleVector v0 = (DoubleVector) ByteVector.fromArray(BYTES, x, at0 + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2D, F64, 0);
            DoubleVector v1 = (DoubleVector) ByteVector.fromArray(BYTES, x, at1 + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2D, F64, 0);
            DoubleVector v2 = (DoubleVector) ByteVector.fromArray(BYTES, x, at2 + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2D, F64, 0);
            DoubleVector pair =
                    ((DoubleVector) DOUBLES.cast(v1)).fma(DoubleVector.broadcast(F64, Int8Triples.SECOND), v0);
            ((DoubleVector) DOUBLES.cast(v2))
                    .fma(DoubleVector.broadcast(F64, Int8Triples.THIRD), pair)
                    .intoArray(y, yOff + i);
        }
        return end;
    }

    /** Three rows of whole numbers as one, with {@code all} added. */
    static int ofFloats(float[] x, int at0, int at1, int at2, int n, double all, double[] y, int yOff) {
        int end = n - n % LANES;
        DoubleVector second = DoubleVector.broadcast(F64, Int8Triples.SECOND);
        DoubleVector third = DoubleVector.broadcast(F64, Int8Triples.THIRD);
        DoubleVector addend = DoubleVector.broadcast(F64, all);
        for (int i = 0; i < end; i += LANES) {
            DoubleVector v0 =
                    (DoubleVector) FloatVector.fromArray(FLOATS, x, at0 + i).convertShape(VectorOperators.F2D, F64, 0);
            DoubleVector v1 =
                    (DoubleVector) FloatVector.fromArray(FLOATS, x, at1 + i).convertShape(VectorOperators.F2D, F64, 0);
            DoubleVector v2 =
                    (DoubleVector) FloatVector.fromArray(FLOATS, x, at2 + i).convertShape(VectorOperators.F2D, F64, 0);
            DoubleVector pair =
                    ((DoubleVector) DOUBLES.cast(v1)).fma(second, ((DoubleVector) DOUBLES.cast(v0)).add(addend));
            ((DoubleVector) DOUBLES.cast(v2)).fma(third, pair).intoArray(y, yOff + i);
        }
        return end;
    }

    /** Widens {@code rows} rows of a panel, {@code more} added to each value. */
    static void widen(byte[] x, int xOff, double[] y, int yOff, int rows, int more) {
        DoubleVector addend = DoubleVector.broadcast(F64, more);
        for (int i = 0; i < 2 * rows; i++) {
            ((DoubleVector) DOUBLES.cast(
                            ByteVector.fromArray(BYTES, x, xOff + i * LANES).convertShape(VectorOperators.B2D, F64, 0)))
                    .add(addend)
                    .intoArray(y, yOff + i * LANES);
        }
    }

    /** Takes the sums of triples apart, {@code C = round(sum * scale)} within limits, one vector of columns from {@code channel} on. */
    static void finish(double[] d, int sums, int triples, WholeEnd end, int channel, float[] c, int cOff, int ldc) {
        FloatVector scale = FloatVector.fromArray(F32, end.scales(), channel);
        FloatVector rounder = FloatVector.broadcast(F32, WholeEnd.ROUNDER);
        int low = end.low();
        int high = end.high();
        for (int i = 0; i < triples; i++) {
            int at = sums + i * (4 * LANES);
            int to = cOff + i * (3 * ldc);
            LongVector m0 = DoubleVector.fromArray(F64, d, at + 2 * LANES).reinterpretAsLongs();
            LongVector m1 = DoubleVector.fromArray(F64, d, at + 3 * LANES).reinterpretAsLongs();
            LongVector v0 =
                    DoubleVector.fromArray(F64, d, at).reinterpretAsLongs().sub(m0);
            LongVector v1 = DoubleVector.fromArray(F64, d, at + LANES)
                    .reinterpretAsLongs()
                    .sub(m1);
            IntVector y0 = v0.and(LOW).or(v1.lanewise(VectorOperators.LSHL, 32)).reinterpretAsInts();
            IntVector y1 = m0.lanewise(VectorOperators.LSHR, Int8Triples.BITS)
                    .and(LOW)
                    .or(m1.lanewise(VectorOperators.LSHL, 32 - Int8Triples.BITS))
                    .reinterpretAsInts();
            IntVector y2 = v0.lanewise(VectorOperators.ASHR, 2 * Int8Triples.BITS)
                    .and(LOW)
                    .or(v1.lanewise(VectorOperators.ASHR, 2 * Int8Triples.BITS - 32)
                            .and(~LOW))
                    .reinterpretAsInts();
            FloatVector z0 = ((FloatVector) y0.convertShape(VectorOperators.I2F, F32, 0)).mul(scale);
            FloatVector z1 = ((FloatVector) y1.convertShape(VectorOperators.I2F, F32, 0)).mul(scale);
            FloatVector z2 = ((FloatVector) y2.convertShape(VectorOperators.I2F, F32, 0)).mul(scale);
            IntVector bits = z0.add(rounder).reinterpretAsInts().max(low).min(high);
            bits.reinterpretAsFloats().sub(rounder).intoArray(c, to);
            bits = z1.add(rounder).reinterpretAsInts().max(low).min(high);
            bits.reinterpretAsFloats().sub(rounder).intoArray(c, to + ldc);
            bits = z2.add(rounder).reinterpretAsInts().max(low).min(high);
            bits.reinterpretAsFloats().sub(rounder).intoArray(c, to + 2 * ldc);
        }
    }
}
