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

/** The vector kernels of {@link TriplesWhole}, at 512 bits. */
final class TriplesWholeVector {
    /** Says which class stored vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Double>> DOUBLES = F64.vectorType();

    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 8)));

    private static final int LANES = Simd.LANES / 2;

    private static final long LOW = 0xffff_ffffL;

    private TriplesWholeVector() {}

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
            int at = sums + i * TripleTiles.SUMS;
            int to = cOff + i * (TripleTiles.ROWS * ldc);
            LongVector m0 = DoubleVector.fromArray(F64, d, at + 2 * LANES).reinterpretAsLongs();
            LongVector m1 = DoubleVector.fromArray(F64, d, at + 3 * LANES).reinterpretAsLongs();
            LongVector v0 =
                    DoubleVector.fromArray(F64, d, at).reinterpretAsLongs().sub(m0);
            LongVector v1 = DoubleVector.fromArray(F64, d, at + LANES)
                    .reinterpretAsLongs()
                    .sub(m1);
            IntVector y0 = v0.and(LOW).or(v1.lanewise(VectorOperators.LSHL, 32)).reinterpretAsInts();
            IntVector y1 = m0.lanewise(VectorOperators.LSHR, TripleTiles.BITS)
                    .and(LOW)
                    .or(m1.lanewise(VectorOperators.LSHL, 32 - TripleTiles.BITS))
                    .reinterpretAsInts();
            IntVector y2 = v0.lanewise(VectorOperators.ASHR, 2 * TripleTiles.BITS)
                    .and(LOW)
                    .or(v1.lanewise(VectorOperators.ASHR, 2 * TripleTiles.BITS - 32)
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
