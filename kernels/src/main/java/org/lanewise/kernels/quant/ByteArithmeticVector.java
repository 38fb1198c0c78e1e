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

/** The vector kernels of {@link ByteArithmetic}, for whole vectors, from 256 bits on. */
final class ByteArithmeticVector {
    private static final VectorSpecies<Float> F32 = Species.F32;
    private static final VectorSpecies<Integer> I32 = Species.I32;
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Byte>> TYPE = I8.vectorType();

    /** The rounder's bits. */
    private static final int MAGIC = Float.floatToRawIntBits(QuantizeScalar.ROUNDER);

    private ByteArithmeticVector() {}

    /**
     * Whole vectors of sums. A zero point of y that is even is added together with the rounder, which then rounds ties as before; an odd one leaves 1 to be added to the bytes.
     */
    static void add(
            ByteArithmetic q,
            float left,
            float right,
            byte[] a,
            int aOff,
            byte[] b,
            int bOff,
            byte[] y,
            int yOff,
            int n) {
        int odd = q.yZero() & 1;
        float rounder = QuantizeScalar.ROUNDER + (q.yZero() - odd);
        int low = RequantizationVector.limit(q.lo() - odd);
        int high = RequantizationVector.limit(q.hi() - odd);
        float aMagic = QuantizeScalar.ROUNDER + q.aZero();
        float bMagic = QuantizeScalar.ROUNDER + q.bZero();
        if (q.unsigned()) {
            addUnsigned(left, right, aMagic, bMagic, rounder, low, high, a, aOff, b, bOff, y, yOff, n);
        } else {
            addSigned(left, right, aMagic, bMagic, rounder, low, high, a, aOff, b, bOff, y, yOff, n);
        }
        for (int i = 0; i < n && odd != 0; i += I8.length()) {
            ((ByteVector) TYPE.cast(ByteVector.fromArray(I8, y, yOff + i).add((byte) odd))).intoArray(y, yOff + i);
        }
    }

    /** Sums of int8. The bits of a whole number below 2^22, added to those of the rounder, are the rounder with the number added: a difference of two {@code float}s takes the zero point off and needs no conversion. */
    private static void addSigned(
            float left,
            float right,
            float aMagic,
            float bMagic,
            float rounder,
            int low,
            int high,
            byte[] a,
            int aOff,
            byte[] b,
            int bOff,
            byte[] y,
            int yOff,
            int n) {
        for (int i = 0; i < n; i += Simd.LANES) {
            IntVector u = (IntVector) ByteVector.fromArray(I8, a, aOff + i).convertShape(VectorOperators.B2I, I32, 0);
            IntVector v = (IntVector) ByteVector.fromArray(I8, b, bOff + i).convertShape(VectorOperators.B2I, I32, 0);
            FloatVector f = u.add(MAGIC).reinterpretAsFloats().sub(aMagic).mul(left);
            FloatVector g = v.add(MAGIC).reinterpretAsFloats().sub(bMagic).mul(right);
            IntVector bits = f.add(g).add(rounder).reinterpretAsInts().max(low).min(high);
            ((ByteVector) TYPE.cast(bits.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, yOff + i);
        }
    }

    /** {@link #addSigned} of uint8. */
    private static void addUnsigned(
            float left,
            float right,
            float aMagic,
            float bMagic,
            float rounder,
            int low,
            int high,
            byte[] a,
            int aOff,
            byte[] b,
            int bOff,
            byte[] y,
            int yOff,
            int n) {
        for (int i = 0; i < n; i += Simd.LANES) {
            IntVector u = (IntVector)
                    ByteVector.fromArray(I8, a, aOff + i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0);
            IntVector v = (IntVector)
                    ByteVector.fromArray(I8, b, bOff + i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0);
            FloatVector f = u.add(MAGIC).reinterpretAsFloats().sub(aMagic).mul(left);
            FloatVector g = v.add(MAGIC).reinterpretAsFloats().sub(bMagic).mul(right);
            IntVector bits = f.add(g).add(rounder).reinterpretAsInts().max(low).min(high);
            ((ByteVector) TYPE.cast(bits.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, yOff + i);
        }
    }

    static void mul(ByteArithmetic q, float scale, byte[] a, int aOff, byte[] b, int bOff, byte[] y, int yOff, int n) {
        IntVector mask = IntVector.broadcast(I32, q.unsigned() ? 0xff : -1);
        int low = RequantizationVector.limit(q.lo() - q.yZero());
        int high = RequantizationVector.limit(q.hi() - q.yZero());
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        for (int i = 0; i < n; i += Simd.LANES) {
            IntVector u = (IntVector) ByteVector.fromArray(I8, a, aOff + i).convertShape(VectorOperators.B2I, I32, 0);
            IntVector v = (IntVector) ByteVector.fromArray(I8, b, bOff + i).convertShape(VectorOperators.B2I, I32, 0);
            IntVector exact = u.and(mask).sub(q.aZero()).mul(v.and(mask).sub(q.bZero()));
            FloatVector product = ((FloatVector) exact.convertShape(VectorOperators.I2F, F32, 0)).mul(scale);
            IntVector bits =
                    product.add(rounder).reinterpretAsInts().max(low).min(high).add(q.yZero());
            ((ByteVector) TYPE.cast(bits.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, yOff + i);
        }
    }
}
