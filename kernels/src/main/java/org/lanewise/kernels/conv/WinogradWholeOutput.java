package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.conv.WinogradWholeForm.STEP;
import static org.lanewise.kernels.conv.WinogradWholeForm.TILE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** The transform {@code Y = A^T P A} of {@link WinogradWhole} on a vector of output channels of some tiles, first along the lines, then down the columns. */
final class WinogradWholeOutput {
    private static final int LANES = Simd.LANES;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

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
     * A column of the pixels of {@code tiles} tiles beside each other: the sum of line r of tile t is {@code x + r * TILE * STEP + t * LANES}.
     *
     * @param y where the first tile's first row goes; rows are {@code pitch} apart, pixels {@code channels}
     */
    static void down(float[] s, int x, float[] bias, int biasOff, int y, int pitch, int channels, int tiles) {
        FloatVector start = FloatVector.fromArray(F32, bias, biasOff);
        int y1 = y + pitch;
        int y2 = y1 + pitch;
        int y3 = y2 + pitch;
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
            ((FloatVector) TYPE.cast(sum.add(real).add(FloatVector.fromArray(F32, s, i)))).intoArray(s, y + o);
            ((FloatVector) TYPE.cast(difference.sub(imaginary))).intoArray(s, y1 + o);
            ((FloatVector) TYPE.cast(sum.sub(real))).intoArray(s, y2 + o);
            ((FloatVector) TYPE.cast(difference.add(imaginary).add(FloatVector.fromArray(F32, s, i + 6 * TILE * STEP))))
                    .intoArray(s, y3 + o);
        }
    }
}
