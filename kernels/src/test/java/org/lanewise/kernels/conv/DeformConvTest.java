package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;

class DeformConvTest {
    private static final int[] NONE = {};

    private static float[] run(ConvGeometry g, int offsetGroup, float[] x, float[] w, float[] offset, float[] mask) {
        Epilogue[] epilogues = new Epilogue[g.group()];
        Arrays.fill(epilogues, Epilogue.of(new Activation(Activation.Kind.NONE, 0, 0)));
        float[] y = new float[g.outputSize()];
        int units = g.batch() * g.group() * Gemm.panels(g.outputPixels());
        DeformConv.run(
                g,
                offsetGroup,
                x,
                0,
                w,
                0,
                offset,
                0,
                mask,
                0,
                epilogues,
                y,
                0,
                new float[DeformConv.scratchSize(g)],
                0,
                0,
                units);
        return y;
    }

    /** With whole-pixel offsets inside the image a deformed convolution is a convolution of shifted pixels. */
    @Property(tries = 40)
    void noOffsetIsConvolution(@ForAll long seed) {
        Random random = new Random(seed);
        ConvGeometry g = Cases.geometry(random, 2, 4, false);
        double[] x = Cases.values(random, g.inputSize());
        double[] w = Cases.values(random, g.weightSize());
        double[] expected = NaiveConv.run(g, x, w, null);
        float[] offset = new float[g.batch() * 2 * g.taps() * g.outputPixels()];
        float[] mask = new float[offset.length / 2];
        Arrays.fill(mask, 0.5f);
        float[] in = Arrays.copyOfRange(Cases.floats(x), Cases.OFFSET, Cases.OFFSET + x.length);
        float[] filter = Arrays.copyOfRange(Cases.floats(w), Cases.OFFSET, Cases.OFFSET + w.length);
        float[] y = run(g, 1, in, filter, offset, mask);
        for (int i = 0; i < y.length; i++) {
            assertEquals((float) (expected[i] / 2), y[i], "element " + i + " of " + g);
        }
    }

    @Test
    void offsetsInterpolate() {
        ConvGeometry g =
                ConvGeometry.of(new int[] {1, 1, 2, 2}, new int[] {1, 1, 1, 1}, 1, AutoPad.NOTSET, NONE, NONE, NONE);
        float[] x = {1, 2, 3, 4};
        // rows move by 0.5, 0, 0, 5; columns by 0.5, -0.5, 0, 0: a mean of four, a mean of two, the pixel itself,
        // outside
        float[] offset = {0.5f, 0, 0, 5, 0.5f, -0.5f, 0, 0};
        float[] ones = {1, 1, 1, 1};
        assertArrayEquals(new float[] {2.5f, 1.5f, 3, 0}, run(g, 1, x, new float[] {1}, offset, ones));
    }

    @Test
    void refusesOffsetGroups() {
        ConvGeometry g =
                ConvGeometry.of(new int[] {1, 3, 2, 2}, new int[] {1, 3, 1, 1}, 1, AutoPad.NOTSET, NONE, NONE, NONE);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> run(g, 2, new float[12], new float[3], new float[16], new float[8]))
                .getMessage();
        assertEquals(
                "deformable convolution over 2 axes with offset_group 2: expected 2 axes and a divisor of 3 channels",
                message);
    }
}
