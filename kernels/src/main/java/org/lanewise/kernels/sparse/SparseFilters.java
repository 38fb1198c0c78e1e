package org.lanewise.kernels.sparse;

import java.util.Arrays;

/**
 * The weights of a convolution that are not zero, filter by filter, as lists for any tile are made from.
 *
 * @param starts filter {@code m} is elements {@code starts[m]} to {@code starts[m + 1]} of the others
 * @param places where in the filter {@code (C/group, KH, KW)} the values are, in this order
 * @param values weights other than zero
 */
record SparseFilters(int[] starts, int[] places, float[] values) {
    /** Of dense weights {@code (M, C/group, KH, KW)} from {@code wOff} on, {@code depth} in a filter. */
    static SparseFilters of(float[] w, int wOff, int filters, int depth) {
        int[] starts = new int[filters + 1];
        int[] places = new int[filters * depth];
        float[] values = new float[filters * depth];
        int count = 0;
        for (int m = 0; m < filters; m++) {
            for (int i = 0; i < depth; i++) {
                float value = w[wOff + m * depth + i];
                if (value != 0) {
                    places[count] = i;
                    values[count++] = value;
                }
            }
            starts[m + 1] = count;
        }
        return new SparseFilters(starts, Arrays.copyOf(places, count), Arrays.copyOf(values, count));
    }

    int nonZeros() {
        return values.length;
    }

    /** Bytes of all three. */
    long bytes() {
        return 4L * (starts.length + places.length + values.length);
    }
}
