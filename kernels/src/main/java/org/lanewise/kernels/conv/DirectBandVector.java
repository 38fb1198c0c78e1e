package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** Takes pixels (W, C) apart into rows of channels on vectors, for {@link DirectBand}. */
final class DirectBandVector {
    private static final int LANES = Simd.LANES;
    private static final VectorSpecies<Float> QUAD = FloatVector.SPECIES_128;

    /** Say which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final Class<? extends Vector<Float>> QUAD_TYPE = QUAD.vectorType();

    // two-source shuffles: lanes from 4 on come from the second vector
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromValues(QUAD, 0, -4, 1, -3);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromValues(QUAD, 2, -2, 3, -1);
    private static final VectorShuffle<Float> FIRST_HALVES = VectorShuffle.fromValues(QUAD, 0, 1, -4, -3);
    private static final VectorShuffle<Float> SECOND_HALVES = VectorShuffle.fromValues(QUAD, 2, 3, -2, -1);

    // lane i of channel c is value 3 i + c of three vectors
    private static final VectorShuffle<Float> RED = third(0);
    private static final VectorShuffle<Float> GREEN = third(1);
    private static final VectorShuffle<Float> BLUE = third(2);
    private static final VectorMask<Float> RED_SECOND = from(0, 1);
    private static final VectorMask<Float> RED_THIRD = from(0, 2);
    private static final VectorMask<Float> GREEN_SECOND = from(1, 1);
    private static final VectorMask<Float> GREEN_THIRD = from(1, 2);
    private static final VectorMask<Float> BLUE_SECOND = from(2, 1);
    private static final VectorMask<Float> BLUE_THIRD = from(2, 2);

    private DirectBandVector() {}

    private static VectorShuffle<Float> third(int channel) {
        return VectorShuffle.fromOp(Species.F32, lane -> (3 * lane + channel) % LANES);
    }

    private static VectorMask<Float> from(int channel, int vector) {
        boolean[] lanes = new boolean[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] = (3 * lane + channel) / LANES == vector;
        }
        return VectorMask.fromArray(Species.F32, lanes, 0);
    }

    /** Four pixels, {@code channels} a multiple of 4: {@code band[to + c * pitch + p] = x[from + p * pixelStep + c]}. */
    static void fourPixels(float[] x, int from, int pixelStep, int channels, float[] band, int to, int pitch) {
        for (int j = 0; j < channels; j += 4) {
            FloatVector a = FloatVector.fromArray(QUAD, x, from + j);
            FloatVector b = FloatVector.fromArray(QUAD, x, from + pixelStep + j);
            FloatVector c = FloatVector.fromArray(QUAD, x, from + 2 * pixelStep + j);
            FloatVector d = FloatVector.fromArray(QUAD, x, from + 3 * pixelStep + j);
            FloatVector ab = a.rearrange(LOW, b);
            FloatVector cd = c.rearrange(LOW, d);
            FloatVector abHigh = a.rearrange(HIGH, b);
            FloatVector cdHigh = c.rearrange(HIGH, d);
            ((FloatVector) QUAD_TYPE.cast(ab.rearrange(FIRST_HALVES, cd))).intoArray(band, to + j * pitch);
            ((FloatVector) QUAD_TYPE.cast(ab.rearrange(SECOND_HALVES, cd))).intoArray(band, to + (j + 1) * pitch);
            ((FloatVector) QUAD_TYPE.cast(abHigh.rearrange(FIRST_HALVES, cdHigh)))
                    .intoArray(band, to + (j + 2) * pitch);
            ((FloatVector) QUAD_TYPE.cast(abHigh.rearrange(SECOND_HALVES, cdHigh)))
                    .intoArray(band, to + (j + 3) * pitch);
        }
    }

    /** {@code blocks} vectors of pixels of three channels. */
    static void threeChannels(float[] x, int from, int blocks, float[] band, int to, int pitch) {
        for (int i = 0; i < blocks; i++) {
            FloatVector a = FloatVector.fromArray(F32, x, from + i * (3 * LANES));
            FloatVector b = FloatVector.fromArray(F32, x, from + i * (3 * LANES) + LANES);
            FloatVector c = FloatVector.fromArray(F32, x, from + i * (3 * LANES) + 2 * LANES);
            FloatVector red =
                    a.rearrange(RED).blend(b.rearrange(RED), RED_SECOND).blend(c.rearrange(RED), RED_THIRD);
            ((FloatVector) TYPE.cast(red)).intoArray(band, to + i * LANES);
            FloatVector green =
                    a.rearrange(GREEN).blend(b.rearrange(GREEN), GREEN_SECOND).blend(c.rearrange(GREEN), GREEN_THIRD);
            ((FloatVector) TYPE.cast(green)).intoArray(band, to + pitch + i * LANES);
            FloatVector blue =
                    a.rearrange(BLUE).blend(b.rearrange(BLUE), BLUE_SECOND).blend(c.rearrange(BLUE), BLUE_THIRD);
            ((FloatVector) TYPE.cast(blue)).intoArray(band, to + 2 * pitch + i * LANES);
        }
    }

    /** {@code y = a + b}. */
    static void add(float[] a, int aOff, float[] b, int bOff, float[] y, int yOff, int count) {
        int whole = F32.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector sum = FloatVector.fromArray(F32, a, aOff + i);
            sum = sum.add(FloatVector.fromArray(F32, b, bOff + i));
            ((FloatVector) TYPE.cast(sum)).intoArray(y, yOff + i);
        }
        for (int i = whole; i < count; i++) {
            y[yOff + i] = a[aOff + i] + b[bOff + i];
        }
    }
}
