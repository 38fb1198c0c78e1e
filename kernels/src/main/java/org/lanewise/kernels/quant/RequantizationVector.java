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

/** The vector kernel of {@link Requantization}, where a quarter of a vector is one: from 256 bits on. */
final class RequantizationVector {
    private static final VectorSpecies<Float> F32 = Species.F32;
    private static final VectorSpecies<Integer> I32 = Species.I32;
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Byte>> TYPE = I8.vectorType();

    private RequantizationVector() {}

    /**
     * The bits of a limit with the rounder added. Bits of such sums are ordered as the sums are, where they are negative too, so limits are two operations on integers; the minimum and
     * maximum of floats as Java defines them are six each.
     */
    static int limit(int value) {
        return Float.floatToRawIntBits(value + QuantizeScalar.ROUNDER);
    }

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
        int low = limit(q.lo - q.zero);
        int high = limit(q.hi - q.zero);
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        for (int r = 0; r < rows; r++) {
            IntVector sum = IntVector.fromArray(I32, sums, sumsOff + r * ld).add(first);
            FloatVector v = ((FloatVector) sum.convertShape(VectorOperators.I2F, F32, 0)).mul(scale);
            IntVector bits =
                    v.add(rounder).reinterpretAsInts().max(low).min(high).add(q.zero);
            ((ByteVector) TYPE.cast(bits.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, yOff + r * ldy);
        }
    }

    /** {@code n} sums of one channel, whole vectors. */
    static void channel(Requantization q, int channel, float[] sums, int sumsOff, int n, byte[] y, int yOff) {
        FloatVector scale = FloatVector.broadcast(F32, q.scales[channel]);
        int low = limit(q.lo - q.zero);
        int high = limit(q.hi - q.zero);
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        for (int i = 0; i < n; i += Simd.LANES) {
            FloatVector v = FloatVector.fromArray(F32, sums, sumsOff + i).mul(scale);
            IntVector bits =
                    v.add(rounder).reinterpretAsInts().max(low).min(high).add(q.zero);
            ((ByteVector) TYPE.cast(bits.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, yOff + i);
        }
    }

    /** {@code n} sums, whole vectors, with the scales of {@link Requantization#period} from {@code scale} on. */
    static void run(Requantization q, int scale, float[] sums, int sumsOff, int n, byte[] y, int yOff) {
        float[] scales = q.period;
        int low = limit(q.lo - q.zero);
        int high = limit(q.hi - q.zero);
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        for (int i = 0; i < n; i += Simd.LANES) {
            FloatVector v =
                    FloatVector.fromArray(F32, sums, sumsOff + i).mul(FloatVector.fromArray(F32, scales, scale + i));
            IntVector bits =
                    v.add(rounder).reinterpretAsInts().max(low).min(high).add(q.zero);
            ((ByteVector) TYPE.cast(bits.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, yOff + i);
        }
    }

    /** {@code n} whole numbers, whole vectors, with {@code zero} added. */
    static void bytes(float[] wholes, int off, int n, int zero, byte[] y, int yOff) {
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        for (int i = 0; i < n; i += Simd.LANES) {
            FloatVector v = FloatVector.fromArray(F32, wholes, off + i);
            IntVector bits = v.add(rounder).reinterpretAsInts().add(zero);
            ((ByteVector) TYPE.cast(bits.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, yOff + i);
        }
    }
}
