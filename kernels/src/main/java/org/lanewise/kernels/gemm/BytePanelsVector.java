package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/** The vector kernels of {@link BytePanels}, for whole panels; a quarter of a vector must be one, so from 256 bits on. */
final class BytePanelsVector {
    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    private static final VectorSpecies<Byte> QUARTER =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private BytePanelsVector() {}

    static void panel(byte[] x, int from, int ld, int k, int zero, boolean unsigned, float[] out, int to) {
        byte flip = unsigned ? (byte) 128 : 0;
        int less = unsigned ? zero - 128 : zero;
        for (int i = 0, at = from; i < k; i++, at += ld) {
            IntVector v0 = (IntVector) ByteVector.fromArray(QUARTER, x, at)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v0.sub(less).convert(VectorOperators.I2F, 0))).intoArray(out, to + i * NR);
            IntVector v1 = (IntVector) ByteVector.fromArray(QUARTER, x, at + LANES)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v1.sub(less).convert(VectorOperators.I2F, 0))).intoArray(out, to + i * NR + LANES);
        }
    }

    /** Four panels at once: longer pieces of each row, which lie on different pages, are read in one go. */
    static void fourPanels(byte[] x, int from, int ld, int k, int zero, boolean unsigned, float[] out, int to) {
        byte flip = unsigned ? (byte) 128 : 0;
        int less = unsigned ? zero - 128 : zero;
        int second = to + k * NR;
        int third = second + k * NR;
        int fourth = third + k * NR;
        for (int i = 0, at = from; i < k; i++, at += ld) {
            IntVector v0 = (IntVector) ByteVector.fromArray(QUARTER, x, at)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v0.sub(less).convert(VectorOperators.I2F, 0))).intoArray(out, to + i * NR);
            IntVector v1 = (IntVector) ByteVector.fromArray(QUARTER, x, at + LANES)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v1.sub(less).convert(VectorOperators.I2F, 0))).intoArray(out, to + i * NR + LANES);
            IntVector v2 = (IntVector) ByteVector.fromArray(QUARTER, x, at + 2 * LANES)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v2.sub(less).convert(VectorOperators.I2F, 0))).intoArray(out, second + i * NR);
            IntVector v3 = (IntVector) ByteVector.fromArray(QUARTER, x, at + 3 * LANES)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v3.sub(less).convert(VectorOperators.I2F, 0)))
                    .intoArray(out, second + i * NR + LANES);
            IntVector v4 = (IntVector) ByteVector.fromArray(QUARTER, x, at + 4 * LANES)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v4.sub(less).convert(VectorOperators.I2F, 0))).intoArray(out, third + i * NR);
            IntVector v5 = (IntVector) ByteVector.fromArray(QUARTER, x, at + 5 * LANES)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v5.sub(less).convert(VectorOperators.I2F, 0)))
                    .intoArray(out, third + i * NR + LANES);
            IntVector v6 = (IntVector) ByteVector.fromArray(QUARTER, x, at + 6 * LANES)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v6.sub(less).convert(VectorOperators.I2F, 0))).intoArray(out, fourth + i * NR);
            IntVector v7 = (IntVector) ByteVector.fromArray(QUARTER, x, at + 7 * LANES)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((FloatVector) TYPE.cast(v7.sub(less).convert(VectorOperators.I2F, 0)))
                    .intoArray(out, fourth + i * NR + LANES);
        }
    }
}
