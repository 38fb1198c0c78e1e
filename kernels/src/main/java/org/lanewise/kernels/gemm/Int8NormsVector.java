package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F64;
import static org.lanewise.kernels.Species.I64;
import static org.lanewise.kernels.Species.I8;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;

/** The vector kernel of {@link Int8Norms}. */
final class Int8NormsVector {
    /** Says which class stored vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Long>> TYPE = I64.vectorType();

    private static final Class<? extends Vector<Double>> DOUBLES = F64.vectorType();

    private Int8NormsVector() {}

    /** {@link Int8Norms#ofRows} of whole vectors of bytes; returns how many values of a row these are. */
    static int ofRows(byte[] a, int aOff, int lda, boolean signed, int rows, int k, double[] y, int yOff) {
        int end = I8.loopBound(k);
        byte flip = signed ? 0 : (byte) 128;
        for (int i = 0; i < end; i += I8.length()) {
            LongVector largest = LongVector.zero(I64);
            for (int r = 0; r < rows; r++) {
                ShortVector v = ByteVector.fromArray(I8, a, aOff + r * lda + i)
                        .lanewise(VectorOperators.XOR, flip)
                        .reinterpretAsShorts();
                ShortVector even = v.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
                ShortVector odd = v.lanewise(VectorOperators.ASHR, 8);
                IntVector pairs = even.mul(even).add(odd.mul(odd)).reinterpretAsInts(); // up to 2^15, unsigned
                LongVector fours = pairs.and(0xffff)
                        .add(pairs.lanewise(VectorOperators.LSHR, 16))
                        .reinterpretAsLongs();
                largest = fours.and(0xffff_ffffL)
                        .add(fours.lanewise(VectorOperators.LSHR, 32))
                        .max(largest);
            }
            ((DoubleVector) DOUBLES.cast(((LongVector) TYPE.cast(largest)).convertShape(VectorOperators.L2D, F64, 0)))
                    .intoArray(y, yOff + i / Int8Norms.EIGHT);
        }
        return end;
    }

    /** Whether none of {@code count} products {@code x(i) * y(i)} is above {@code most}. */
    static boolean areAtMost(double[] x, int xOff, double[] y, int yOff, int count, double most) {
        int end = F64.loopBound(count);
        for (int i = 0; i < end; i += F64.length()) {
            DoubleVector product =
                    DoubleVector.fromArray(F64, x, xOff + i).mul(DoubleVector.fromArray(F64, y, yOff + i));
            if (product.compare(VectorOperators.GT, most).anyTrue()) {
                return false;
            }
        }
        for (int i = end; i < count; i++) {
            if (x[xOff + i] * y[yOff + i] > most) {
                return false;
            }
        }
        return true;
    }
}
