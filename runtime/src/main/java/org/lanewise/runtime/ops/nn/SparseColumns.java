package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.Activation;
import org.lanewise.kernels.sparse.DenseCost;
import org.lanewise.kernels.sparse.SparseB;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.kernels.sparse.SparseGemm;
import org.lanewise.kernels.sparse.SparsePlanes;

/** Which of the two kernels for 1x1 convolutions with channels first is the faster one for weights with zeros, and what is expected of it. */
public final class SparseColumns {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);

    private SparseColumns() {}

    /** Whether {@link SparsePlanes} is expected to be faster than {@link SparseGemm#runColumns}. */
    static boolean isPlanes(int pixels, SparsePlanes planes, SparseB columns) {
        return planes.nanos(pixels) <= SparseGemm.columnNanos(pixels, columns);
    }

    /**
     * Predicted time of an image on one thread by the faster one.
     *
     * @param values weights (M, C)
     */
    public static double nanos(int pixels, float[] values, int in, int out, SparseForm form) {
        SparsePlanes planes = new SparsePlanes(values, 0, out, in, null, 0, NONE);
        SparseB columns = SparseB.pack(values, 0, in, true, in, out, form);
        return Math.min(planes.nanos(pixels), SparseGemm.columnNanos(pixels, columns));
    }

    /** How many times as fast as a dense product that is expected to be. */
    public static double gain(int pixels, float[] values, int in, int out, SparseForm form) {
        return DenseCost.product(pixels, in, out) / Math.max(1, nanos(pixels, values, in, out, form));
    }
}
