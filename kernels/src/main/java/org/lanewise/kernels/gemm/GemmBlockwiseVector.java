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

/** One block of one panel of {@link GemmBlockwise} for one row, from 256 bits on. */
final class GemmBlockwiseVector {
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = Gemm.NR;

    private GemmBlockwiseVector() {}

    /** Two rows a byte: {@code out += scale * (x * q - zero * sum)}. */
    static void block4(
            PackedBlockwiseB b, int data, int parameters, float[] x, int xOff, int pairs, float sum, int out) {
        byte[] bytes = b.data;
        FloatVector e0 = FloatVector.zero(F32);
        FloatVector e1 = FloatVector.zero(F32);
        FloatVector o0 = FloatVector.zero(F32);
        FloatVector o1 = FloatVector.zero(F32);
        for (int i = 0; i < pairs; i++) {
            FloatVector x0 = FloatVector.broadcast(F32, x[xOff + 2 * i]);
            FloatVector x1 = FloatVector.broadcast(F32, x[xOff + 2 * i + 1]);
            IntVector v0 = (IntVector)
                    ByteVector.fromArray(I8, bytes, data + i * NR).convertShape(VectorOperators.B2I, I32, 0);
            FloatVector low0 = (FloatVector) v0.and(15).convertShape(VectorOperators.I2F, F32, 0);
            FloatVector high0 = (FloatVector)
                    v0.lanewise(VectorOperators.LSHR, 4).and(15).convertShape(VectorOperators.I2F, F32, 0);
            e0 = Simd.FMA ? low0.fma(x0, e0) : low0.mul(x0).add(e0);
            o0 = Simd.FMA ? high0.fma(x1, o0) : high0.mul(x1).add(o0);
            IntVector v1 = (IntVector)
                    ByteVector.fromArray(I8, bytes, data + i * NR + LANES).convertShape(VectorOperators.B2I, I32, 0);
            FloatVector low1 = (FloatVector) v1.and(15).convertShape(VectorOperators.I2F, F32, 0);
            FloatVector high1 = (FloatVector)
                    v1.lanewise(VectorOperators.LSHR, 4).and(15).convertShape(VectorOperators.I2F, F32, 0);
            e1 = Simd.FMA ? low1.fma(x0, e1) : low1.mul(x0).add(e1);
            o1 = Simd.FMA ? high1.fma(x1, o1) : high1.mul(x1).add(o1);
        }
        FloatVector zero0 = FloatVector.fromArray(F32, b.zeros, parameters).mul(sum);
        ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b.scales, parameters)
                        .mul(((FloatVector) TYPE.cast(e0))
                                .add((FloatVector) TYPE.cast(o0))
                                .sub(zero0))
                        .add(FloatVector.fromArray(F32, x, out))))
                .intoArray(x, out);
        FloatVector zero1 =
                FloatVector.fromArray(F32, b.zeros, parameters + LANES).mul(sum);
        ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b.scales, parameters + LANES)
                        .mul(((FloatVector) TYPE.cast(e1))
                                .add((FloatVector) TYPE.cast(o1))
                                .sub(zero1))
                        .add(FloatVector.fromArray(F32, x, out + LANES))))
                .intoArray(x, out + LANES);
    }

    /** A row a byte: {@code out += scale * (x * q - zero * sum)}. */
    static void block8(
            PackedBlockwiseB b, int data, int parameters, float[] x, int xOff, int pairs, float sum, int out) {
        byte[] bytes = b.data;
        FloatVector e0 = FloatVector.zero(F32);
        FloatVector e1 = FloatVector.zero(F32);
        FloatVector o0 = FloatVector.zero(F32);
        FloatVector o1 = FloatVector.zero(F32);
        for (int i = 0; i < pairs; i++) {
            FloatVector x0 = FloatVector.broadcast(F32, x[xOff + 2 * i]);
            FloatVector x1 = FloatVector.broadcast(F32, x[xOff + 2 * i + 1]);
            IntVector u0 = (IntVector) ByteVector.fromArray(I8, bytes, data + 2 * i * NR)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0);
            FloatVector low0 = (FloatVector) u0.convertShape(VectorOperators.I2F, F32, 0);
            IntVector v0 = (IntVector) ByteVector.fromArray(I8, bytes, data + (2 * i + 1) * NR)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0);
            FloatVector high0 = (FloatVector) v0.convertShape(VectorOperators.I2F, F32, 0);
            e0 = Simd.FMA ? low0.fma(x0, e0) : low0.mul(x0).add(e0);
            o0 = Simd.FMA ? high0.fma(x1, o0) : high0.mul(x1).add(o0);
            IntVector u1 = (IntVector) ByteVector.fromArray(I8, bytes, data + 2 * i * NR + LANES)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0);
            FloatVector low1 = (FloatVector) u1.convertShape(VectorOperators.I2F, F32, 0);
            IntVector v1 = (IntVector) ByteVector.fromArray(I8, bytes, data + (2 * i + 1) * NR + LANES)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0);
            FloatVector high1 = (FloatVector) v1.convertShape(VectorOperators.I2F, F32, 0);
            e1 = Simd.FMA ? low1.fma(x0, e1) : low1.mul(x0).add(e1);
            o1 = Simd.FMA ? high1.fma(x1, o1) : high1.mul(x1).add(o1);
        }
        FloatVector zero0 = FloatVector.fromArray(F32, b.zeros, parameters).mul(sum);
        ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b.scales, parameters)
                        .mul(((FloatVector) TYPE.cast(e0))
                                .add((FloatVector) TYPE.cast(o0))
                                .sub(zero0))
                        .add(FloatVector.fromArray(F32, x, out))))
                .intoArray(x, out);
        FloatVector zero1 =
                FloatVector.fromArray(F32, b.zeros, parameters + LANES).mul(sum);
        ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b.scales, parameters + LANES)
                        .mul(((FloatVector) TYPE.cast(e1))
                                .add((FloatVector) TYPE.cast(o1))
                                .sub(zero1))
                        .add(FloatVector.fromArray(F32, x, out + LANES))))
                .intoArray(x, out + LANES);
    }

    /** Rows {@code row} to {@code row + rows} of a panel, all of one block, as {@code float}. */
    static void expand(PackedBlockwiseB b, int panelOff, int parameters, int row, int rows, float[] out, int outOff) {
        byte[] bytes = b.data;
        FloatVector zero0 = FloatVector.fromArray(F32, b.zeros, parameters);
        FloatVector zero1 = FloatVector.fromArray(F32, b.zeros, parameters + LANES);
        FloatVector scale0 = FloatVector.fromArray(F32, b.scales, parameters);
        FloatVector scale1 = FloatVector.fromArray(F32, b.scales, parameters + LANES);
        int perByte = 8 / b.bits;
        int mask = b.bits == 4 ? 15 : 0xff;
        for (int i = 0; i < rows; i++) {
            int from = panelOff + (row + i) / perByte * NR;
            int shift = (row + i) % perByte * 4;
            IntVector v0 = (IntVector) ByteVector.fromArray(I8, bytes, from).convertShape(VectorOperators.B2I, I32, 0);
            IntVector v1 =
                    (IntVector) ByteVector.fromArray(I8, bytes, from + LANES).convertShape(VectorOperators.B2I, I32, 0);
            FloatVector f0 = (FloatVector)
                    v0.lanewise(VectorOperators.LSHR, shift).and(mask).convertShape(VectorOperators.I2F, F32, 0);
            FloatVector f1 = (FloatVector)
                    v1.lanewise(VectorOperators.LSHR, shift).and(mask).convertShape(VectorOperators.I2F, F32, 0);
            ((FloatVector) TYPE.cast(f0.sub(zero0).mul(scale0))).intoArray(out, outOff + i * NR);
            ((FloatVector) TYPE.cast(f1.sub(zero1).mul(scale1))).intoArray(out, outOff + i * NR + LANES);
        }
    }
}
