package org.lanewise.kernels.gemm;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.L2D;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.F64;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.WholeEnd;

/** Widens columns for {@link ChannelTriples} and ends its sums, at 512 bits: 64 columns are bytes of 8 numbers of 64 bits. */
final class ChannelTriplesVector {
    /** Says which class stored vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Double>> DOUBLES = F64.vectorType();

    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, F64.vectorShape());

    private static final Class<? extends Vector<Byte>> BYTE_TYPE = BYTES.vectorType();

    private static final int LANES = Simd.LANES / 2;

    private static final long LOW = 0xffff_ffffL;

    private ChannelTriplesVector() {}

    /**
     * Widens 64 columns of {@code k} rows into four panels: panel p has the bytes p of all numbers, then their bytes p + 4.
     *
     * @param step from panel to panel
     */
    static void widen(byte[] x, int from, int ld, int k, boolean signed, double[] y, int yOff, int step) {
        byte flip = signed ? 0 : (byte) 128;
        int y1 = yOff + step;
        int y2 = yOff + 2 * step;
        int y3 = yOff + 3 * step;
        for (int i = 0, at = from; i < k; i++, at += ld) {
            LongVector v =
                    ByteVector.fromArray(BYTES, x, at).lanewise(XOR, flip).reinterpretAsLongs();
            ((DoubleVector) DOUBLES.cast(v.lanewise(LSHL, 56).lanewise(ASHR, 56).convert(L2D, 0)))
                    .intoArray(y, yOff + i * (2 * LANES));
            ((DoubleVector) DOUBLES.cast(v.lanewise(LSHL, 24).lanewise(ASHR, 56).convert(L2D, 0)))
                    .intoArray(y, yOff + i * (2 * LANES) + LANES);
            ((DoubleVector) DOUBLES.cast(v.lanewise(LSHL, 48).lanewise(ASHR, 56).convert(L2D, 0)))
                    .intoArray(y, y1 + i * (2 * LANES));
            ((DoubleVector) DOUBLES.cast(v.lanewise(LSHL, 16).lanewise(ASHR, 56).convert(L2D, 0)))
                    .intoArray(y, y1 + i * (2 * LANES) + LANES);
            ((DoubleVector) DOUBLES.cast(v.lanewise(LSHL, 40).lanewise(ASHR, 56).convert(L2D, 0)))
                    .intoArray(y, y2 + i * (2 * LANES));
            ((DoubleVector) DOUBLES.cast(v.lanewise(LSHL, 8).lanewise(ASHR, 56).convert(L2D, 0)))
                    .intoArray(y, y2 + i * (2 * LANES) + LANES);
            ((DoubleVector) DOUBLES.cast(v.lanewise(LSHL, 32).lanewise(ASHR, 56).convert(L2D, 0)))
                    .intoArray(y, y3 + i * (2 * LANES));
            ((DoubleVector) DOUBLES.cast(v.lanewise(ASHR, 56).convert(L2D, 0)))
                    .intoArray(y, y3 + i * (2 * LANES) + LANES);
        }
    }

    /**
     * Takes the sums of {@code triples} triples in four panels apart and makes bytes of them.
     *
     * @param step from panel to panel
     * @param from of the first triple in {@code scales}, {@code bias} and {@code rows}
     * @param rows where rows of sums are in y
     * @param ld distance of two rows of y
     */
    static void finish(
            double[] d,
            int sums,
            int step,
            int triples,
            float[] scales,
            int[] bias,
            int[] rows,
            int from,
            int low,
            int high,
            byte zero,
            byte[] y,
            int yOff,
            int ld) {
        FloatVector rounder = FloatVector.broadcast(F32, WholeEnd.ROUNDER);
        int sums1 = sums + step;
        int sums2 = sums + 2 * step;
        int sums3 = sums + 3 * step;
        for (int i = 0; i < triples; i++) {
            FloatVector scale0 = FloatVector.broadcast(F32, scales[from + 3 * i]);
            FloatVector scale1 = FloatVector.broadcast(F32, scales[from + 3 * i + 1]);
            FloatVector scale2 = FloatVector.broadcast(F32, scales[from + 3 * i + 2]);
            int bias0 = bias[from + 3 * i];
            int bias1 = bias[from + 3 * i + 1];
            int bias2 = bias[from + 3 * i + 2];
            LongVector m0 = DoubleVector.fromArray(F64, d, sums3 + i * (4 * LANES) + 2 * LANES)
                    .reinterpretAsLongs();
            LongVector m1 = DoubleVector.fromArray(F64, d, sums3 + i * (4 * LANES) + 3 * LANES)
                    .reinterpretAsLongs();
            LongVector v0 = DoubleVector.fromArray(F64, d, sums3 + i * (4 * LANES))
                    .reinterpretAsLongs()
                    .sub(m0);
            LongVector v1 = DoubleVector.fromArray(F64, d, sums3 + i * (4 * LANES) + LANES)
                    .reinterpretAsLongs()
                    .sub(m1);
            FloatVector z0 = ((FloatVector) v0.and(LOW)
                            .or(v1.lanewise(LSHL, 32))
                            .reinterpretAsInts()
                            .add(bias0)
                            .convertShape(I2F, F32, 0))
                    .mul(scale0);
            FloatVector z1 = ((FloatVector) m0.lanewise(LSHR, TripleTiles.BITS)
                            .and(LOW)
                            .or(m1.lanewise(LSHL, 32 - TripleTiles.BITS))
                            .reinterpretAsInts()
                            .add(bias1)
                            .convertShape(I2F, F32, 0))
                    .mul(scale1);
            FloatVector z2 = ((FloatVector) v0.lanewise(ASHR, 2 * TripleTiles.BITS)
                            .and(LOW)
                            .or(v1.lanewise(ASHR, 2 * TripleTiles.BITS - 32).and(~LOW))
                            .reinterpretAsInts()
                            .add(bias2)
                            .convertShape(I2F, F32, 0))
                    .mul(scale2);
            IntVector y0 = z0.add(rounder).reinterpretAsInts().max(low).min(high);
            IntVector y1 = z1.add(rounder).reinterpretAsInts().max(low).min(high);
            IntVector y2 = z2.add(rounder).reinterpretAsInts().max(low).min(high);
            m0 = DoubleVector.fromArray(F64, d, sums2 + i * (4 * LANES) + 2 * LANES)
                    .reinterpretAsLongs();
            m1 = DoubleVector.fromArray(F64, d, sums2 + i * (4 * LANES) + 3 * LANES)
                    .reinterpretAsLongs();
            v0 = DoubleVector.fromArray(F64, d, sums2 + i * (4 * LANES))
                    .reinterpretAsLongs()
                    .sub(m0);
            v1 = DoubleVector.fromArray(F64, d, sums2 + i * (4 * LANES) + LANES)
                    .reinterpretAsLongs()
                    .sub(m1);
            z0 = ((FloatVector) v0.and(LOW)
                            .or(v1.lanewise(LSHL, 32))
                            .reinterpretAsInts()
                            .add(bias0)
                            .convertShape(I2F, F32, 0))
                    .mul(scale0);
            z1 = ((FloatVector) m0.lanewise(LSHR, TripleTiles.BITS)
                            .and(LOW)
                            .or(m1.lanewise(LSHL, 32 - TripleTiles.BITS))
                            .reinterpretAsInts()
                            .add(bias1)
                            .convertShape(I2F, F32, 0))
                    .mul(scale1);
            z2 = ((FloatVector) v0.lanewise(ASHR, 2 * TripleTiles.BITS)
                            .and(LOW)
                            .or(v1.lanewise(ASHR, 2 * TripleTiles.BITS - 32).and(~LOW))
                            .reinterpretAsInts()
                            .add(bias2)
                            .convertShape(I2F, F32, 0))
                    .mul(scale2);
            y0 = y0.lanewise(LSHL, 8)
                    .or(z0.add(rounder).reinterpretAsInts().max(low).min(high).and(0xff));
            y1 = y1.lanewise(LSHL, 8)
                    .or(z1.add(rounder).reinterpretAsInts().max(low).min(high).and(0xff));
            y2 = y2.lanewise(LSHL, 8)
                    .or(z2.add(rounder).reinterpretAsInts().max(low).min(high).and(0xff));
            m0 = DoubleVector.fromArray(F64, d, sums1 + i * (4 * LANES) + 2 * LANES)
                    .reinterpretAsLongs();
            m1 = DoubleVector.fromArray(F64, d, sums1 + i * (4 * LANES) + 3 * LANES)
                    .reinterpretAsLongs();
            v0 = DoubleVector.fromArray(F64, d, sums1 + i * (4 * LANES))
                    .reinterpretAsLongs()
                    .sub(m0);
            v1 = DoubleVector.fromArray(F64, d, sums1 + i * (4 * LANES) + LANES)
                    .reinterpretAsLongs()
                    .sub(m1);
            z0 = ((FloatVector) v0.and(LOW)
                            .or(v1.lanewise(LSHL, 32))
                            .reinterpretAsInts()
                            .add(bias0)
                            .convertShape(I2F, F32, 0))
                    .mul(scale0);
            z1 = ((FloatVector) m0.lanewise(LSHR, TripleTiles.BITS)
                            .and(LOW)
                            .or(m1.lanewise(LSHL, 32 - TripleTiles.BITS))
                            .reinterpretAsInts()
                            .add(bias1)
                            .convertShape(I2F, F32, 0))
                    .mul(scale1);
            z2 = ((FloatVector) v0.lanewise(ASHR, 2 * TripleTiles.BITS)
                            .and(LOW)
                            .or(v1.lanewise(ASHR, 2 * TripleTiles.BITS - 32).and(~LOW))
                            .reinterpretAsInts()
                            .add(bias2)
                            .convertShape(I2F, F32, 0))
                    .mul(scale2);
            y0 = y0.lanewise(LSHL, 8)
                    .or(z0.add(rounder).reinterpretAsInts().max(low).min(high).and(0xff));
            y1 = y1.lanewise(LSHL, 8)
                    .or(z1.add(rounder).reinterpretAsInts().max(low).min(high).and(0xff));
            y2 = y2.lanewise(LSHL, 8)
                    .or(z2.add(rounder).reinterpretAsInts().max(low).min(high).and(0xff));
            m0 = DoubleVector.fromArray(F64, d, sums + i * (4 * LANES) + 2 * LANES)
                    .reinterpretAsLongs();
            m1 = DoubleVector.fromArray(F64, d, sums + i * (4 * LANES) + 3 * LANES)
                    .reinterpretAsLongs();
            v0 = DoubleVector.fromArray(F64, d, sums + i * (4 * LANES))
                    .reinterpretAsLongs()
                    .sub(m0);
            v1 = DoubleVector.fromArray(F64, d, sums + i * (4 * LANES) + LANES)
                    .reinterpretAsLongs()
                    .sub(m1);
            z0 = ((FloatVector) v0.and(LOW)
                            .or(v1.lanewise(LSHL, 32))
                            .reinterpretAsInts()
                            .add(bias0)
                            .convertShape(I2F, F32, 0))
                    .mul(scale0);
            z1 = ((FloatVector) m0.lanewise(LSHR, TripleTiles.BITS)
                            .and(LOW)
                            .or(m1.lanewise(LSHL, 32 - TripleTiles.BITS))
                            .reinterpretAsInts()
                            .add(bias1)
                            .convertShape(I2F, F32, 0))
                    .mul(scale1);
            z2 = ((FloatVector) v0.lanewise(ASHR, 2 * TripleTiles.BITS)
                            .and(LOW)
                            .or(v1.lanewise(ASHR, 2 * TripleTiles.BITS - 32).and(~LOW))
                            .reinterpretAsInts()
                            .add(bias2)
                            .convertShape(I2F, F32, 0))
                    .mul(scale2);
            y0 = y0.lanewise(LSHL, 8)
                    .or(z0.add(rounder).reinterpretAsInts().max(low).min(high).and(0xff));
            y1 = y1.lanewise(LSHL, 8)
                    .or(z1.add(rounder).reinterpretAsInts().max(low).min(high).and(0xff));
            y2 = y2.lanewise(LSHL, 8)
                    .or(z2.add(rounder).reinterpretAsInts().max(low).min(high).and(0xff));
            ((ByteVector) BYTE_TYPE.cast(y0.reinterpretAsBytes().add(zero)))
                    .intoArray(y, yOff + rows[from + 3 * i] * ld);
            ((ByteVector) BYTE_TYPE.cast(y1.reinterpretAsBytes().add(zero)))
                    .intoArray(y, yOff + rows[from + 3 * i + 1] * ld);
            ((ByteVector) BYTE_TYPE.cast(y2.reinterpretAsBytes().add(zero)))
                    .intoArray(y, yOff + rows[from + 3 * i + 2] * ld);
        }
    }
}
