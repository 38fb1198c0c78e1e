package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Takes pixels of sixteen bytes apart into rows of channels in {@code float}, for {@link DirectBand}: sixteen pixels at a time, four bytes of each moved together, so that 256 values take 8 permutations where values
 * widened before take 128. Where vectors have 512 bits.
 */
final class DirectBytesVector {
    /** Channels of a pixel. */
    static final int CHANNELS = 16;

    /** Pixels, and lanes of a vector. */
    private static final int BLOCK = 16;

    private static final int VECTOR_BYTES = 64;

    /** Indices into two vectors of four pixels each: the first four bytes of all, then the second four; with 2 added the third and the fourth. */
    private static final int[] PAIRS = {0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29};

    /** The first halves of two vectors; with 8 added the second halves. */
    private static final int[] HALVES = {0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23};

    private DirectBytesVector() {}

    /** Bytes that are read of a row of {@code pixels} pixels: whole blocks. */
    static int reach(int pixels) {
        return Math.ceilDiv(pixels, BLOCK) * BLOCK * CHANNELS;
    }

    /** {@code band[to + c * pitch + p] = x[from + p * 16 + c] - zero} for {@code pixels} pixels. */
    static void row(byte[] x, int from, int pixels, int zeroPoint, boolean unsigned, float[] band, int to, int pitch) {
        int whole = pixels / BLOCK;
        blocks(x, from, whole, zeroPoint, unsigned, band, to, pitch);
        int left = pixels - whole * BLOCK;
        if (left > 0) {
            int done = whole * BLOCK;
            part(x, from + done * CHANNELS, left, zeroPoint, unsigned, band, to + done, pitch);
        }
    }

    private static void blocks(
            byte[] x, int from, int count, int zeroPoint, boolean unsigned, float[] band, int to, int pitch) {
        IntVector first = IntVector.fromArray(IntVector.SPECIES_512, PAIRS, 0);
        IntVector second = first.add(2);
        IntVector low = IntVector.fromArray(IntVector.SPECIES_512, HALVES, 0);
        IntVector high = low.add(8);
        int flip = unsigned ? 0x80808080 : 0; // as int8: less 128
        int zero = unsigned ? zeroPoint - 128 : zeroPoint;
        for (int block = 0; block < count; block++) {
            int p = block * BLOCK;
            int at = from + p * CHANNELS;
            IntVector a = ByteVector.fromArray(ByteVector.SPECIES_512, x, at).reinterpretAsInts();
            IntVector b = ByteVector.fromArray(ByteVector.SPECIES_512, x, at + VECTOR_BYTES)
                    .reinterpretAsInts();
            IntVector c = ByteVector.fromArray(ByteVector.SPECIES_512, x, at + 2 * VECTOR_BYTES)
                    .reinterpretAsInts();
            IntVector d = ByteVector.fromArray(ByteVector.SPECIES_512, x, at + 3 * VECTOR_BYTES)
                    .reinterpretAsInts();
            IntVector t0 = first.selectFrom(a, b);
            IntVector t1 = second.selectFrom(a, b);
            IntVector u0 = first.selectFrom(c, d);
            IntVector u1 = second.selectFrom(c, d);
            IntVector v0 = low.selectFrom(t0, u0).lanewise(VectorOperators.XOR, flip);
            IntVector v1 = high.selectFrom(t0, u0).lanewise(VectorOperators.XOR, flip);
            IntVector v2 = low.selectFrom(t1, u1).lanewise(VectorOperators.XOR, flip);
            IntVector v3 = high.selectFrom(t1, u1).lanewise(VectorOperators.XOR, flip);
            ((FloatVector) v0.lanewise(VectorOperators.LSHL, 24)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + p);
            ((FloatVector) v0.lanewise(VectorOperators.LSHL, 16)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + pitch + p);
            ((FloatVector) v0.lanewise(VectorOperators.LSHL, 8)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 2 * pitch + p);
            ((FloatVector) v0.lanewise(VectorOperators.ASHR, 24).sub(zero).convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 3 * pitch + p);
            ((FloatVector) v1.lanewise(VectorOperators.LSHL, 24)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 4 * pitch + p);
            ((FloatVector) v1.lanewise(VectorOperators.LSHL, 16)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 5 * pitch + p);
            ((FloatVector) v1.lanewise(VectorOperators.LSHL, 8)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 6 * pitch + p);
            ((FloatVector) v1.lanewise(VectorOperators.ASHR, 24).sub(zero).convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 7 * pitch + p);
            ((FloatVector) v2.lanewise(VectorOperators.LSHL, 24)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 8 * pitch + p);
            ((FloatVector) v2.lanewise(VectorOperators.LSHL, 16)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 9 * pitch + p);
            ((FloatVector) v2.lanewise(VectorOperators.LSHL, 8)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 10 * pitch + p);
            ((FloatVector) v2.lanewise(VectorOperators.ASHR, 24).sub(zero).convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 11 * pitch + p);
            ((FloatVector) v3.lanewise(VectorOperators.LSHL, 24)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 12 * pitch + p);
            ((FloatVector) v3.lanewise(VectorOperators.LSHL, 16)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 13 * pitch + p);
            ((FloatVector) v3.lanewise(VectorOperators.LSHL, 8)
                            .lanewise(VectorOperators.ASHR, 24)
                            .sub(zero)
                            .convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 14 * pitch + p);
            ((FloatVector) v3.lanewise(VectorOperators.ASHR, 24).sub(zero).convertShape(VectorOperators.I2F, F32, 0))
                    .intoArray(band, to + 15 * pitch + p);
        }
    }

    /** Less than a block of pixels, of which a whole one can be read; half of the channels at a time: C1 has not enough virtual registers for all in one method. */
    private static void part(
            byte[] x, int at, int pixels, int zeroPoint, boolean unsigned, float[] band, int to, int pitch) {
        eight(x, at, 0, pixels, zeroPoint, unsigned, band, to, pitch);
        eight(x, at, 2, pixels, zeroPoint, unsigned, band, to + 8 * pitch, pitch);
    }

    /** Eight channels of it, from {@code 4 * group} on. */
    private static void eight(
            byte[] x, int at, int group, int pixels, int zeroPoint, boolean unsigned, float[] band, int to, int pitch) {
        VectorMask<Float> mask = F32.indexInRange(0, pixels);
        IntVector pairs = IntVector.fromArray(IntVector.SPECIES_512, PAIRS, 0).add(group);
        IntVector low = IntVector.fromArray(IntVector.SPECIES_512, HALVES, 0);
        IntVector high = low.add(8);
        int flip = unsigned ? 0x80808080 : 0;
        int zero = unsigned ? zeroPoint - 128 : zeroPoint;
        IntVector a = ByteVector.fromArray(ByteVector.SPECIES_512, x, at).reinterpretAsInts();
        IntVector b = ByteVector.fromArray(ByteVector.SPECIES_512, x, at + VECTOR_BYTES)
                .reinterpretAsInts();
        IntVector c = ByteVector.fromArray(ByteVector.SPECIES_512, x, at + 2 * VECTOR_BYTES)
                .reinterpretAsInts();
        IntVector d = ByteVector.fromArray(ByteVector.SPECIES_512, x, at + 3 * VECTOR_BYTES)
                .reinterpretAsInts();
        IntVector t = pairs.selectFrom(a, b);
        IntVector u = pairs.selectFrom(c, d);
        IntVector v0 = low.selectFrom(t, u).lanewise(VectorOperators.XOR, flip);
        IntVector v1 = high.selectFrom(t, u).lanewise(VectorOperators.XOR, flip);
        ((FloatVector) v0.lanewise(VectorOperators.LSHL, 24)
                        .lanewise(VectorOperators.ASHR, 24)
                        .sub(zero)
                        .convertShape(VectorOperators.I2F, F32, 0))
                .intoArray(band, to, mask);
        ((FloatVector) v0.lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 24)
                        .sub(zero)
                        .convertShape(VectorOperators.I2F, F32, 0))
                .intoArray(band, to + pitch, mask);
        ((FloatVector) v0.lanewise(VectorOperators.LSHL, 8)
                        .lanewise(VectorOperators.ASHR, 24)
                        .sub(zero)
                        .convertShape(VectorOperators.I2F, F32, 0))
                .intoArray(band, to + 2 * pitch, mask);
        ((FloatVector) v0.lanewise(VectorOperators.ASHR, 24).sub(zero).convertShape(VectorOperators.I2F, F32, 0))
                .intoArray(band, to + 3 * pitch, mask);
        ((FloatVector) v1.lanewise(VectorOperators.LSHL, 24)
                        .lanewise(VectorOperators.ASHR, 24)
                        .sub(zero)
                        .convertShape(VectorOperators.I2F, F32, 0))
                .intoArray(band, to + 4 * pitch, mask);
        ((FloatVector) v1.lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 24)
                        .sub(zero)
                        .convertShape(VectorOperators.I2F, F32, 0))
                .intoArray(band, to + 5 * pitch, mask);
        ((FloatVector) v1.lanewise(VectorOperators.LSHL, 8)
                        .lanewise(VectorOperators.ASHR, 24)
                        .sub(zero)
                        .convertShape(VectorOperators.I2F, F32, 0))
                .intoArray(band, to + 6 * pitch, mask);
        ((FloatVector) v1.lanewise(VectorOperators.ASHR, 24).sub(zero).convertShape(VectorOperators.I2F, F32, 0))
                .intoArray(band, to + 7 * pitch, mask);
    }
}
