package org.lanewise.kernels.pool;

import java.util.Arrays;

/** The partial inverse of max pooling (ONNX MaxUnpool): puts each value back where it was found and zeros elsewhere. */
public final class MaxUnpool {
    private MaxUnpool() {}

    /**
     * Scatters {@code count} values.
     *
     * <p>An index counts the pixels of the shape that the pooling read, {@code (planes, inferred)}. Where the output is larger (ONNX input
     * {@code output_shape}), the value goes to the pixel with the same coordinates, at the output's beginning.
     *
     * @param indices as {@link MaxPool#runIndexed} writes them, row-major
     * @param inferred spatial dimensions that the indices count in
     * @param output spatial dimensions of {@code y}
     * @param planes N * C
     * @throws IllegalArgumentException when an index lies outside the shape
     */
    public static void run(
            float[] x,
            int xOff,
            long[] indices,
            int indicesOff,
            int count,
            int[] inferred,
            float[] y,
            int yOff,
            int[] output,
            int planes) {
        Arrays.fill(y, yOff, yOff + planes * product(output), 0f);
        for (int i = 0; i < count; i++) {
            y[yOff + target(indices[indicesOff + i], inferred, output, planes)] = x[xOff + i];
        }
    }

    /** As the {@code float} form. */
    public static void run(
            double[] x,
            int xOff,
            long[] indices,
            int indicesOff,
            int count,
            int[] inferred,
            double[] y,
            int yOff,
            int[] output,
            int planes) {
        Arrays.fill(y, yOff, yOff + planes * product(output), 0d);
        for (int i = 0; i < count; i++) {
            y[yOff + target(indices[indicesOff + i], inferred, output, planes)] = x[xOff + i];
        }
    }

    private static int product(int[] dims) {
        int product = 1;
        for (int dim : dims) {
            product = Math.multiplyExact(product, dim);
        }
        return product;
    }

    private static int target(long index, int[] inferred, int[] output, int planes) {
        long rest = index;
        int target = 0;
        int step = 1;
        boolean inside = index >= 0;
        for (int axis = inferred.length - 1; axis >= 0 && inside; axis--) {
            int at = inferred[axis] == 0 ? 0 : (int) (rest % inferred[axis]);
            inside = at < output[axis] && inferred[axis] > 0;
            rest /= Math.max(1, inferred[axis]);
            target += at * step;
            step *= output[axis];
        }
        if (!inside || rest >= planes) {
            throw new IllegalArgumentException("index " + index + " lies outside " + planes + " planes of "
                    + Arrays.toString(inferred) + " in an output of " + Arrays.toString(output));
        }
        return (int) rest * step + target;
    }
}
