package org.lanewise.kernels.quant;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** The vector kernel of {@link Requantization}, where a quarter of a vector is one: from 256 bits on. */
final class RequantizationVector {
    private static final VectorSpecies<Float> F32 = Species.F32;
    private static final VectorSpecies<Integer> I32 = Species.I32;
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    private RequantizationVector() {}

    /** One vector of columns of all rows; after adding the rounder the low bits of the {@code float} are the integer. */
    static void columns(
            Requantization q,
            int[] sums,
            int sumsOff,
            int ld,
            int[] start,
            int startOff,
            int rows,
            int channel,
            byte[] y,
            int yOff,
            int ldy) {
        IntVector first = IntVector.fromArray(I32, start, startOff);
        FloatVector scale = FloatVector.fromArray(F32, q.scales, channel);
        FloatVector low = FloatVector.broadcast(F32, q.lo - q.zero);
        FloatVector high = FloatVector.broadcast(F32, q.hi - q.zero);
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        for (int r = 0; r < rows; r++) {
            IntVector sum = IntVector.fromArray(I32, sums, sumsOff + r * ld).add(first);
            FloatVector v = ((FloatVector) sum.convertShape(VectorOperators.I2F, F32, 0)).mul(scale);
            IntVector bits =
                    v.max(low).min(high).add(rounder).reinterpretAsInts().add(q.zero);
            ((ByteVector) bits.convertShape(VectorOperators.I2B, I8, 0)).intoArray(y, yOff + r * ldy);
        }
    }
}
