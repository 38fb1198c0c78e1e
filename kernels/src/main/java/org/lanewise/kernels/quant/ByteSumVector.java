package org.lanewise.kernels.quant;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** The vector kernels of {@link ByteSum}, where there is a fused multiply-add, and {@link ByteMul}: whole vectors of 256 bits and more. */
final class ByteSumVector {
    private static final VectorSpecies<Float> F32 = Species.F32;
    private static final VectorSpecies<Integer> I32 = Species.I32;
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Byte>> TYPE = I8.vectorType();

    private ByteSumVector() {}

    /** Whole vectors; sums must not be NaN, whose bits are no order. */
    static void sum(
            float ra,
            float rb,
            float fixed,
            boolean unsigned,
            byte[] a,
            int aOff,
            byte[] b,
            int bOff,
            byte[] y,
            int yOff,
            int n) {
        IntVector mask = IntVector.broadcast(I32, unsigned ? 0xff : -1);
        int low = RequantizationVector.limit(QuantizeScalar.smallest(unsigned));
        int high = RequantizationVector.limit(QuantizeScalar.largest(unsigned));
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        FloatVector left = FloatVector.broadcast(F32, ra);
        FloatVector right = FloatVector.broadcast(F32, rb);
        FloatVector start = FloatVector.broadcast(F32, fixed);
        for (int i = 0; i < n; i += Simd.LANES) {
            IntVector u = (IntVector) ByteVector.fromArray(I8, a, aOff + i).convertShape(VectorOperators.B2I, I32, 0);
            IntVector v = (IntVector) ByteVector.fromArray(I8, b, bOff + i).convertShape(VectorOperators.B2I, I32, 0);
            FloatVector f = (FloatVector) u.and(mask).convertShape(VectorOperators.I2F, F32, 0);
            FloatVector g = (FloatVector) v.and(mask).convertShape(VectorOperators.I2F, F32, 0);
            FloatVector sum = f.fma(left, g.fma(right, start));
            IntVector bits = sum.add(rounder).reinterpretAsInts().max(low).min(high); // the low byte is the integer
            ((ByteVector) TYPE.cast(bits.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, yOff + i);
        }
    }

    static void product(
            int aZero,
            int bZero,
            float ratio,
            float yZero,
            boolean unsigned,
            byte[] a,
            int aOff,
            byte[] b,
            int bOff,
            byte[] y,
            int yOff,
            int n) {
        IntVector mask = IntVector.broadcast(I32, unsigned ? 0xff : -1);
        FloatVector low = FloatVector.broadcast(F32, QuantizeScalar.smallest(unsigned));
        FloatVector high = FloatVector.broadcast(F32, QuantizeScalar.largest(unsigned));
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        for (int i = 0; i < n; i += Simd.LANES) {
            IntVector u = (IntVector) ByteVector.fromArray(I8, a, aOff + i).convertShape(VectorOperators.B2I, I32, 0);
            IntVector v = (IntVector) ByteVector.fromArray(I8, b, bOff + i).convertShape(VectorOperators.B2I, I32, 0);
            IntVector exact = u.and(mask).sub(aZero).mul(v.and(mask).sub(bZero));
            FloatVector product = ((FloatVector) exact.convertShape(VectorOperators.I2F, F32, 0)).mul(ratio);
            IntVector bits = product.add(yZero).max(low).min(high).add(rounder).reinterpretAsInts();
            ((ByteVector) TYPE.cast(bits.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, yOff + i);
        }
    }
}
