package org.lanewise.kernels.resize;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * Rows of images resized with two neighbours along each of the two last axes: a vector of the output is blended from two rows and then picks its neighbours from
 * two vectors of those, by permutation, where they all lie in them.
 */
final class BilinearVector {
    private static final int LANES = Simd.LANES;

    private final int output;
    private final int[] starts;
    private final int[] picks;
    private final float[] weights;

    private BilinearVector(int output, int[] starts, int[] picks, float[] weights) {
        this.output = output;
        this.starts = starts;
        this.picks = picks;
        this.weights = weights;
    }

    /** Tables for the last axis, or {@code null} if it is none for this kernel. */
    static @Nullable BilinearVector of(ResizeAxis axis) {
        if (axis.taps != 2 || axis.anyOutside || axis.output < LANES) {
            return null;
        }
        int blocks = Math.ceilDiv(axis.output, LANES);
        int[] starts = new int[blocks];
        int[] picks = new int[2 * LANES * blocks];
        float[] weights = new float[2 * LANES * blocks];
        for (int block = 0; block < blocks; block++) {
            int from = begin(block, axis.output);
            int low = Integer.MAX_VALUE;
            int high = 0;
            for (int i = 2 * from; i < 2 * (from + LANES); i++) {
                low = Math.min(low, axis.indices[i]);
                high = Math.max(high, axis.indices[i]);
            }
            if (high - low >= 2 * LANES) {
                return null;
            }
            starts[block] = low;
            for (int i = 0; i < LANES; i++) {
                for (int tap = 0; tap < 2; tap++) {
                    int at = (2 * block + tap) * LANES + i;
                    picks[at] = axis.indices[2 * (from + i) + tap] - low;
                    weights[at] = axis.floatWeights[2 * (from + i) + tap];
                }
            }
        }
        return new BilinearVector(axis.output, starts, picks, weights);
    }

    /** The last block overlaps the one before it where a row is not whole vectors. */
    private static int begin(int block, int output) {
        return Math.min(block * LANES, output - LANES);
    }

    /** Whether rows that begin before {@code row} can be read without reading beyond {@code length} values. */
    boolean fits(int row, int length) {
        return row + starts[starts.length - 1] + 2 * LANES <= length;
    }

    /** One row of the output from rows at {@code a} and {@code b} of the input. */
    void row(float[] x, int a, float wa, int b, float wb, float[] y, int yOff) {
        FloatVector first = FloatVector.broadcast(F32, wa);
        FloatVector second = FloatVector.broadcast(F32, wb);
        for (int block = 0; block < starts.length; block++) {
            int from = starts[block];
            int table = 2 * LANES * block;
            IntVector low = FloatVector.fromArray(F32, x, a + from)
                    .mul(first)
                    .add(FloatVector.fromArray(F32, x, b + from).mul(second))
                    .reinterpretAsInts();
            IntVector high = FloatVector.fromArray(F32, x, a + from + LANES)
                    .mul(first)
                    .add(FloatVector.fromArray(F32, x, b + from + LANES).mul(second))
                    .reinterpretAsInts();
            FloatVector left = IntVector.fromArray(I32, picks, table)
                    .selectFrom(low, high)
                    .reinterpretAsFloats()
                    .mul(FloatVector.fromArray(F32, weights, table));
            FloatVector right = IntVector.fromArray(I32, picks, table + LANES)
                    .selectFrom(low, high)
                    .reinterpretAsFloats()
                    .mul(FloatVector.fromArray(F32, weights, table + LANES));
            left.add(right).intoArray(y, yOff + begin(block, output));
        }
    }
}
