package org.lanewise.kernels.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** Small vector loops that the convolutions share. */
final class ConvVector {
    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F.vectorType();

    private ConvVector() {}

    /** Copies {@code count} values in whole vectors: up to {@code LANES - 1} more values are read and written. */
    static void copyOverrunning(float[] from, int fromOff, float[] to, int toOff, int count) {
        for (int i = 0; i < count; i += LANES) {
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F, from, fromOff + i))).intoArray(to, toOff + i);
        }
    }

    /** {@code y[i] += w * x[i]}. */
    static void addScaled(float[] x, int xOff, float w, float[] y, int yOff, int count) {
        FloatVector factor = FloatVector.broadcast(F, w);
        int whole = count - count % LANES;
        for (int i = 0; i < whole; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, x, xOff + i);
            FloatVector sum = FloatVector.fromArray(F, y, yOff + i);
            ((FloatVector) TYPE.cast(
                            Simd.FMA ? v.fma(factor, sum) : v.mul(factor).add(sum)))
                    .intoArray(y, yOff + i);
        }
        for (int i = whole; i < count; i++) {
            y[yOff + i] = Simd.fma(x[xOff + i], w, y[yOff + i]);
        }
    }

    /**
     * Gathers {@code count} patches of {@code lines} runs of {@code run} contiguous values; up to {@code LANES - 1} more values are read after
     * each run, and written after the last.
     */
    static void gatherRuns(
            float[] x, int from, int step, int lineStep, int count, int lines, int run, float[] rows, int rowsOff) {
        int depth = lines * run;
        if (lines == 3 && run <= LANES) {
            for (int i = 0; i < count; i++) {
                int in = from + i * step;
                int to = rowsOff + i * depth;
                ((FloatVector) TYPE.cast(FloatVector.fromArray(F, x, in))).intoArray(rows, to);
                ((FloatVector) TYPE.cast(FloatVector.fromArray(F, x, in + lineStep))).intoArray(rows, to + run);
                ((FloatVector) TYPE.cast(FloatVector.fromArray(F, x, in + 2 * lineStep))).intoArray(rows, to + 2 * run);
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            int in = from + i * step;
            int to = rowsOff + i * depth;
            for (int k = 0; k < lines; k++) {
                for (int j = 0; j < run; j += LANES) {
                    ((FloatVector) TYPE.cast(FloatVector.fromArray(F, x, in + k * lineStep + j)))
                            .intoArray(rows, to + k * run + j);
                }
            }
        }
    }

    /** Gathers patches of {@code lines * taps} runs of {@code run} contiguous values; reads and writes as much more as the other form. */
    static void gatherTaps(
            float[] x,
            int from,
            int step,
            int lineStep,
            int lines,
            int tapStep,
            int taps,
            int count,
            int run,
            float[] rows,
            int rowsOff) {
        int to = rowsOff;
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < lines; k++) {
                int in = from + i * step + k * lineStep;
                for (int t = 0; t < taps; t++, to += run, in += tapStep) {
                    for (int j = 0; j < run; j += LANES) {
                        ((FloatVector) TYPE.cast(FloatVector.fromArray(F, x, in + j))).intoArray(rows, to + j);
                    }
                }
            }
        }
    }
}
