package org.lanewise.kernels.resize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.resize.GridSample.Padding;
import org.lanewise.kernels.resize.ResizeSpec.Mode;

class GridSampleTest {
    private static final int[] PLACES = new int[GridSample.SCRATCH];
    private static final float[] WEIGHTS = new float[GridSample.SCRATCH];

    private static float[] sample(Mode mode, Padding padding, boolean align, float[] line, float... points) {
        float[] grid = new float[2 * points.length];
        for (int i = 0; i < points.length; i++) {
            grid[2 * i] = points[i];
        }
        float[] y = new float[points.length];
        GridSample sampler = new GridSample(mode, padding, align);
        sampler.run2d(line, 0, 1, 1, line.length, grid, 0, 1, points.length, y, 0, 0, 1, PLACES, WEIGHTS);
        return y;
    }

    @Test
    void linesAndBorders() {
        float[] line = {1, 2, 3, 4};
        assertArrayEquals(new float[] {1, 2.5f, 4}, sample(Mode.LINEAR, Padding.ZEROS, true, line, -1, 0, 1), 1e-6f);
        // -1 is the outer edge: half the first pixel, half a zero
        assertArrayEquals(
                new float[] {0.5f, 2.5f, 2}, sample(Mode.LINEAR, Padding.ZEROS, false, line, -1, 0, 1), 1e-6f);
        assertArrayEquals(new float[] {1, 4, 4}, sample(Mode.LINEAR, Padding.BORDER, false, line, -1, 1, 5), 1e-6f);
        // 2 is position 7.5 in edges, mirrored at 4: pixel centre -0.5 from the fourth
        assertArrayEquals(new float[] {2.5f, 4}, sample(Mode.LINEAR, Padding.REFLECTION, false, line, 2, 1), 1e-6f);
        assertArrayEquals(new float[] {3, 1}, sample(Mode.NEAREST, Padding.REFLECTION, true, line, 5 / 3f, 3), 1e-6f);
        assertArrayEquals(
                new float[] {0, 0, 3}, sample(Mode.NEAREST, Padding.ZEROS, true, line, Float.NaN, 9, 0.2f), 1e-6f);
        assertArrayEquals(new float[] {2.5f}, sample(Mode.CUBIC, Padding.ZEROS, true, line, 0), 1e-6f);
    }

    /** The grid of the identity samples the image itself, in every mode. */
    @Property(tries = 60)
    void identity(@ForAll long seed, @ForAll Mode mode, @ForAll Padding padding, @ForAll boolean align) {
        Random random = new Random(seed);
        int d = 1 + random.nextInt(4);
        int h = 1 + random.nextInt(6);
        int w = 1 + random.nextInt(6);
        if (align && (d == 1 || h == 1 || w == 1)) {
            return; // -1 and 1 are the same pixel there: positions are not defined by the grid alone
        }
        float[] x = new float[2 * 3 * d * h * w];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextInt(50);
        }
        float[] grid = new float[2 * d * h * w * 3];
        float[] theta = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
        AffineGrid.run3d(theta, 0, 2, d, h, w, align, grid, 0);
        float[] y = new float[x.length];
        GridSample sampler = new GridSample(mode, padding, align);
        int rows = 2 * d * h;
        int split = random.nextInt(rows + 1);
        sampler.run3d(x, 0, 3, d, h, w, grid, 0, d, h, w, y, 0, split, rows, PLACES, WEIGHTS);
        sampler.run3d(x, 0, 3, d, h, w, grid, 0, d, h, w, y, 0, 0, split, PLACES, WEIGHTS);
        assertArrayEquals(x, y, 1e-3f);
        float[] flat = new float[2 * h * w * 2];
        AffineGrid.run2d(new float[] {1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0}, 0, 2, h, w, align, flat, 0);
        float[] image = new float[2 * 3 * h * w];
        System.arraycopy(x, 0, image, 0, image.length);
        float[] z = new float[image.length];
        sampler.run2d(image, 0, 3, h, w, flat, 0, h, w, z, 0, 0, 2 * h, PLACES, WEIGHTS);
        assertArrayEquals(image, z, 1e-3f);
    }

    @Test
    void affine() {
        float[] grid = new float[8];
        AffineGrid.run2d(new float[] {2, 0, 0.5f, 0, 1, -1}, 0, 1, 2, 2, true, grid, 0);
        assertArrayEquals(new float[] {-1.5f, -2, 2.5f, -2, -1.5f, 0, 2.5f, 0}, grid);
    }
}
