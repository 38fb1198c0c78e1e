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

/** The vector kernels of {@link Quantize} and {@link Dequantize}: each returns how many elements it did, whole vectors only. */
final class QuantizeVector {
    private QuantizeVector() {}

    /** Only loaded where the Vector API is present. */
    private static final class Shapes {
        static final VectorSpecies<Float> F32 = Species.F32;
        static final Class<? extends Vector<Float>> TYPE = F32.vectorType();
        static final VectorSpecies<Integer> I32 = Species.I32;
        static final VectorSpecies<Byte> I8 =
                VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));
        static final Class<? extends Vector<Byte>> BYTES = I8.vectorType();
    }

    /** Reads in four places at a time: memory answers sooner than to one reader. */
    static int quantize(float[] x, int xOff, byte[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        int lanes = Simd.LANES;
        int low = limit(QuantizeScalar.smallest(unsigned) - zero);
        int high = limit(QuantizeScalar.largest(unsigned) - zero);
        FloatVector rounder = FloatVector.broadcast(Shapes.F32, QuantizeScalar.ROUNDER);
        IntVector none = IntVector.broadcast(Shapes.I32, limit(0));
        FloatVector divisor = FloatVector.broadcast(Shapes.F32, scale);
        int part = n / 4 / lanes * lanes;
        int x0 = xOff;
        int y0 = yOff;
        int x1 = xOff + 1 * part;
        int y1 = yOff + 1 * part;
        int x2 = xOff + 2 * part;
        int y2 = yOff + 2 * part;
        int x3 = xOff + 3 * part;
        int y3 = yOff + 3 * part;
        for (int i = 0; i < part; i += lanes) {
            FloatVector v0 = FloatVector.fromArray(Shapes.F32, x, x0 + i).div(divisor);
            FloatVector v1 = FloatVector.fromArray(Shapes.F32, x, x1 + i).div(divisor);
            FloatVector v2 = FloatVector.fromArray(Shapes.F32, x, x2 + i).div(divisor);
            FloatVector v3 = FloatVector.fromArray(Shapes.F32, x, x3 + i).div(divisor);
            IntVector bits0 = v0.add(rounder).reinterpretAsInts().max(low).min(high);
            IntVector bits1 = v1.add(rounder).reinterpretAsInts().max(low).min(high);
            IntVector bits2 = v2.add(rounder).reinterpretAsInts().max(low).min(high);
            IntVector bits3 = v3.add(rounder).reinterpretAsInts().max(low).min(high);
            IntVector q0 = bits0.blend(none, v0.compare(VectorOperators.NE, v0).cast(Shapes.I32))
                    .add(zero);
            ((ByteVector) Shapes.BYTES.cast(q0.convertShape(VectorOperators.I2B, Shapes.I8, 0))).intoArray(y, y0 + i);
            IntVector q1 = bits1.blend(none, v1.compare(VectorOperators.NE, v1).cast(Shapes.I32))
                    .add(zero);
            ((ByteVector) Shapes.BYTES.cast(q1.convertShape(VectorOperators.I2B, Shapes.I8, 0))).intoArray(y, y1 + i);
            IntVector q2 = bits2.blend(none, v2.compare(VectorOperators.NE, v2).cast(Shapes.I32))
                    .add(zero);
            ((ByteVector) Shapes.BYTES.cast(q2.convertShape(VectorOperators.I2B, Shapes.I8, 0))).intoArray(y, y2 + i);
            IntVector q3 = bits3.blend(none, v3.compare(VectorOperators.NE, v3).cast(Shapes.I32))
                    .add(zero);
            ((ByteVector) Shapes.BYTES.cast(q3.convertShape(VectorOperators.I2B, Shapes.I8, 0))).intoArray(y, y3 + i);
        }
        int end = n - n % lanes;
        for (int i = 4 * part; i < end; i += lanes) {
            FloatVector v = FloatVector.fromArray(Shapes.F32, x, xOff + i).div(divisor);
            IntVector bits = v.add(rounder).reinterpretAsInts().max(low).min(high);
            IntVector q = bits.blend(none, v.compare(VectorOperators.NE, v).cast(Shapes.I32))
                    .add(zero);
            ((ByteVector) Shapes.BYTES.cast(q.convertShape(VectorOperators.I2B, Shapes.I8, 0))).intoArray(y, yOff + i);
        }
        return end;
    }

    static int rescale(int[] x, int xOff, byte[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        int lanes = Simd.LANES;
        int low = limit(QuantizeScalar.smallest(unsigned) - zero);
        int high = limit(QuantizeScalar.largest(unsigned) - zero);
        FloatVector rounder = FloatVector.broadcast(Shapes.F32, QuantizeScalar.ROUNDER);
        FloatVector factor = FloatVector.broadcast(Shapes.F32, scale);
        int end = n - n % lanes;
        for (int i = 0; i < end; i += lanes) {
            FloatVector v = (FloatVector)
                    IntVector.fromArray(Shapes.I32, x, xOff + i).convertShape(VectorOperators.I2F, Shapes.F32, 0);
            IntVector q = v.mul(factor)
                    .add(rounder)
                    .reinterpretAsInts()
                    .max(low)
                    .min(high)
                    .add(zero);
            ((ByteVector) Shapes.BYTES.cast(q.convertShape(VectorOperators.I2B, Shapes.I8, 0))).intoArray(y, yOff + i);
        }
        return end;
    }

    static int dequantize(byte[] x, int xOff, float[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        int lanes = Simd.LANES;
        FloatVector factor = FloatVector.broadcast(Shapes.F32, scale);
        IntVector mask = IntVector.broadcast(Shapes.I32, unsigned ? 0xff : -1);
        int end = n - n % lanes;
        for (int i = 0; i < end; i += lanes) {
            IntVector v = (IntVector)
                    ByteVector.fromArray(Shapes.I8, x, xOff + i).convertShape(VectorOperators.B2I, Shapes.I32, 0);
            FloatVector f = (FloatVector) v.and(mask).sub(zero).convertShape(VectorOperators.I2F, Shapes.F32, 0);
            ((FloatVector) Shapes.TYPE.cast(f.mul(factor))).intoArray(y, yOff + i);
        }
        return end;
    }

    static int centre(byte[] x, int xOff, float[] y, int yOff, int n, int zero, boolean unsigned) {
        int end = n - n % Simd.LANES;
        if (unsigned) {
            for (int i = 0; i < end; i += Simd.LANES) {
                IntVector v = (IntVector) ByteVector.fromArray(Shapes.I8, x, xOff + i)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, Shapes.I32, 0);
                ((FloatVector) Shapes.TYPE.cast(v.sub(zero).convertShape(VectorOperators.I2F, Shapes.F32, 0)))
                        .intoArray(y, yOff + i);
            }
        } else {
            for (int i = 0; i < end; i += Simd.LANES) {
                IntVector v = (IntVector)
                        ByteVector.fromArray(Shapes.I8, x, xOff + i).convertShape(VectorOperators.B2I, Shapes.I32, 0);
                ((FloatVector) Shapes.TYPE.cast(v.sub(zero).convertShape(VectorOperators.I2F, Shapes.F32, 0)))
                        .intoArray(y, yOff + i);
            }
        }
        return end;
    }

    /** One vector of columns of rows {@code step} apart, to rows {@code ld} apart. */
    static void centreColumns(
            byte[] x, int xOff, int step, int rows, float[] y, int yOff, int ld, int zero, boolean unsigned) {
        byte flip = unsigned ? (byte) 128 : 0;
        int less = unsigned ? zero - 128 : zero;
        for (int r = 0; r < rows; r++) {
            IntVector v = (IntVector) ByteVector.fromArray(Shapes.I8, x, xOff + r * step)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, Shapes.I32, 0);
            ((FloatVector) Shapes.TYPE.cast(v.sub(less).convertShape(VectorOperators.I2F, Shapes.F32, 0)))
                    .intoArray(y, yOff + r * ld);
        }
    }

    /** The bits of a limit with the rounder added: they are in the order of the sums, as are those of negative sums, and two operations on integers do what are six each on floats as Java defines them. */
    private static int limit(int value) {
        return Float.floatToRawIntBits(value + QuantizeScalar.ROUNDER);
    }
}
