package org.lanewise.kernels.elementwise;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I16;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Species;

/** The vector loops of {@link HalfPrecision}: a vector of {@code short} makes two of {@code float}. */
final class HalfPrecisionVector {
    private static final int LANES = Species.I16.length();

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private HalfPrecisionVector() {}

    static int fromBfloat16(short[] x, int xo, float[] y, int yo, int n) {
        int end = I16.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ShortVector v = ShortVector.fromArray(I16, x, xo + i);
            ((FloatVector) TYPE.cast(widen(v, 0))).intoArray(y, yo + i);
            ((FloatVector) TYPE.cast(widen(v, 1))).intoArray(y, yo + i + LANES / 2);
        }
        return end;
    }

    private static FloatVector widen(ShortVector v, int part) {
        return ((IntVector) v.convertShape(VectorOperators.S2I, I32, part))
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats();
    }

    static int toBfloat16(float[] x, int xo, short[] y, int yo, int n) {
        int end = I16.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ShortVector low = narrow(FloatVector.fromArray(F32, x, xo + i), 0);
            ShortVector high = narrow(FloatVector.fromArray(F32, x, xo + i + LANES / 2), -1);
            low.or(high).intoArray(y, yo + i);
        }
        return end;
    }

    private static ShortVector narrow(FloatVector v, int part) {
        IntVector bits = v.reinterpretAsInts();
        IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector rounded = bits.add(0x7fff)
                .add(odd)
                .blend(bits.or(0x400000), v.test(VectorOperators.IS_NAN).cast(I32));
        return (ShortVector) rounded.lanewise(VectorOperators.ASHR, 16).convertShape(VectorOperators.I2S, I16, part);
    }
}
