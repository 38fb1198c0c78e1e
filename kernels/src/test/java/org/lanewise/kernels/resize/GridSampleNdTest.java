package org.lanewise.kernels.resize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GridSampleNdTest {
    @ParameterizedTest
    @EnumSource
    void agreesWithThePlaneKernel(ResizeSpec.Mode mode) {
        for (GridSample.Padding padding : GridSample.Padding.values()) {
            for (boolean align : new boolean[] {false, true}) {
                compare(new GridSample(mode, padding, align));
            }
        }
    }

    private static void compare(GridSample spec) {
        Random random = new Random(7);
        int channels = 2;
        int height = 5;
        int width = 4;
        int points = 60;
        float[] x = new float[2 * channels * height * width];
        float[] grid = new float[2 * points * 2];
        double[] wideX = new double[x.length];
        double[] wideGrid = new double[grid.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat();
            wideX[i] = x[i];
        }
        for (int i = 0; i < grid.length; i++) {
            grid[i] = 4 * random.nextFloat() - 2;
            wideGrid[i] = grid[i];
        }
        float[] expected = new float[2 * channels * points];
        double[] got = new double[expected.length];
        int[] places = new int[GridSample.SCRATCH];
        float[] weights = new float[GridSample.SCRATCH];
        spec.run2d(x, 0, channels, height, width, grid, 0, points, 1, expected, 0, 0, 2 * points, places, weights);
        GridSampleNd.run(spec, wideX, channels, new int[] {height, width}, wideGrid, points, got, 0, 2 * points);
        for (int i = 0; i < got.length; i++) {
            assertEquals(expected[i], got[i], 1e-4, spec + " at " + i);
        }
    }
}
