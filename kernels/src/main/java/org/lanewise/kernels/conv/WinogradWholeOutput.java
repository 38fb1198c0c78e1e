package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;
import static org.lanewise.kernels.conv.WinogradWholeForm.STEP;
import static org.lanewise.kernels.conv.WinogradWholeForm.TILE;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.WholeEnd;

/** The transform {@code Y = A^T P A} of {@link WinogradWhole} on a vector of output channels of some tiles, first along the lines, then down the columns, where sums become bytes. */
final class WinogradWholeOutput {
    private static final int LANES = Simd.LANES;
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final Class<? extends Vector<Byte>> BYTES = I8.vectorType();

    private WinogradWholeOutput() {}

    /** The sums of one line: position h of tile t is {@code x + h * STEP + t * LANES}, sum c goes to {@code y + c * STEP + t * LANES}. */
    static void along(float[] s, int x, int y, int tiles) {
        for (int t = 0; t < tiles; t++) {
            int i = x + t * LANES;
            int o = y + t * LANES;
            FloatVector m1 = FloatVector.fromArray(F32, s, i + STEP);
            FloatVector m2 = FloatVector.fromArray(F32, s, i + 2 * STEP);
            FloatVector m3 = FloatVector.fromArray(F32, s, i + 3 * STEP);
            FloatVector sum = m1.add(m2);
            FloatVector difference = m1.sub(m2);
            FloatVector real = m3.sub(FloatVector.fromArray(F32, s, i + 5 * STEP));
            FloatVector imaginary = m3.add(FloatVector.fromArray(F32, s, i + 4 * STEP));
            FloatVector y0 = sum.add(real).add(FloatVector.fromArray(F32, s, i));
            FloatVector y1 = difference.sub(imaginary);
            FloatVector y2 = sum.sub(real);
            FloatVector y3 = difference.add(imaginary).add(FloatVector.fromArray(F32, s, i + 6 * STEP));
            ((FloatVector) TYPE.cast(y0)).intoArray(s, o);
            ((FloatVector) TYPE.cast(y1)).intoArray(s, o + STEP);
            ((FloatVector) TYPE.cast(y2)).intoArray(s, o + 2 * STEP);
            ((FloatVector) TYPE.cast(y3)).intoArray(s, o + 3 * STEP);
        }
    }

    /** The same, added to what is there. */
    static void alongAdding(float[] s, int x, int y, int tiles) {
        for (int t = 0; t < tiles; t++) {
            int i = x + t * LANES;
            int o = y + t * LANES;
            FloatVector m1 = FloatVector.fromArray(F32, s, i + STEP);
            FloatVector m2 = FloatVector.fromArray(F32, s, i + 2 * STEP);
            FloatVector m3 = FloatVector.fromArray(F32, s, i + 3 * STEP);
            FloatVector sum = m1.add(m2);
            FloatVector difference = m1.sub(m2);
            FloatVector real = m3.sub(FloatVector.fromArray(F32, s, i + 5 * STEP));
            FloatVector imaginary = m3.add(FloatVector.fromArray(F32, s, i + 4 * STEP));
            FloatVector y0 = sum.add(real).add(FloatVector.fromArray(F32, s, i));
            FloatVector y1 = difference.sub(imaginary);
            FloatVector y2 = sum.sub(real);
            FloatVector y3 = difference.add(imaginary).add(FloatVector.fromArray(F32, s, i + 6 * STEP));
            ((FloatVector) TYPE.cast(y0.add(FloatVector.fromArray(F32, s, o)))).intoArray(s, o);
            ((FloatVector) TYPE.cast(y1.add(FloatVector.fromArray(F32, s, o + STEP)))).intoArray(s, o + STEP);
            ((FloatVector) TYPE.cast(y2.add(FloatVector.fromArray(F32, s, o + 2 * STEP)))).intoArray(s, o + 2 * STEP);
            ((FloatVector) TYPE.cast(y3.add(FloatVector.fromArray(F32, s, o + 3 * STEP)))).intoArray(s, o + 3 * STEP);
        }
    }

    /**
     * A column of the pixels of {@code tiles} tiles beside each other, made bytes: the sum of line r of tile t is {@code x + r * TILE * STEP + t * LANES}. A row that the image does not have may be given the place of the first, which is written last.
     *
     * @param channel the first output channel
     * @param y0 where the first tile's first row goes; pixels are {@code channels} apart
     */
    static void down(
            float[] s,
            int x,
            float[] bias,
            WholeEnd end,
            int zero,
            int channel,
            byte[] y,
            int y0,
            int y1,
            int y2,
            int y3,
            int channels,
            int tiles) {
        FloatVector start = FloatVector.fromArray(F32, bias, channel);
        FloatVector scale = FloatVector.fromArray(F32, end.scales(), channel);
        FloatVector rounder = FloatVector.broadcast(F32, WholeEnd.ROUNDER);
        IntVector low = IntVector.broadcast(I32, end.low());
        IntVector high = IntVector.broadcast(I32, end.high());
        IntVector added = IntVector.broadcast(I32, zero);
        for (int t = 0; t < tiles; t++) {
            int i = x + t * LANES;
            int o = t * TILE * channels;
            FloatVector m1 = FloatVector.fromArray(F32, s, i + TILE * STEP).add(start);
            FloatVector m2 = FloatVector.fromArray(F32, s, i + 2 * TILE * STEP);
            FloatVector m3 = FloatVector.fromArray(F32, s, i + 3 * TILE * STEP);
            FloatVector sum = m1.add(m2);
            FloatVector difference = m1.sub(m2);
            FloatVector real = m3.sub(FloatVector.fromArray(F32, s, i + 5 * TILE * STEP));
            FloatVector imaginary = m3.add(FloatVector.fromArray(F32, s, i + 4 * TILE * STEP));
            FloatVector s0 = sum.add(real).add(FloatVector.fromArray(F32, s, i));
            FloatVector s1 = difference.sub(imaginary);
            FloatVector s2 = sum.sub(real);
            FloatVector s3 = difference.add(imaginary).add(FloatVector.fromArray(F32, s, i + 6 * TILE * STEP));
            IntVector b3 = s3.mul(scale)
                    .add(rounder)
                    .reinterpretAsInts()
                    .max(low)
                    .min(high)
                    .add(added);
            ((ByteVector) BYTES.cast(b3.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, y3 + o);
            IntVector b2 = s2.mul(scale)
                    .add(rounder)
                    .reinterpretAsInts()
                    .max(low)
                    .min(high)
                    .add(added);
            ((ByteVector) BYTES.cast(b2.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, y2 + o);
            IntVector b1 = s1.mul(scale)
                    .add(rounder)
                    .reinterpretAsInts()
                    .max(low)
                    .min(high)
                    .add(added);
            ((ByteVector) BYTES.cast(b1.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, y1 + o);
            IntVector b0 = s0.mul(scale)
                    .add(rounder)
                    .reinterpretAsInts()
                    .max(low)
                    .min(high)
                    .add(added);
            ((ByteVector) BYTES.cast(b0.convertShape(VectorOperators.I2B, I8, 0))).intoArray(y, y0 + o);
        }
    }
}
