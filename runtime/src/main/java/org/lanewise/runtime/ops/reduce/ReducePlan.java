package org.lanewise.runtime.ops.reduce;

import java.util.Arrays;
import org.lanewise.runtime.tensor.Shape;

/**
 * Where the elements of a reduction lie. Neighbouring axes of one kind are one; dimensions of 1 are left out. For every kept position there are
 * {@link #runs} runs of {@link #length} elements that are {@link #step} apart.
 */
public final class ReducePlan {
    private final int[] keptDims;
    private final int[] keptStrides;
    private final int[] reducedDims; // without the innermost, which is the run
    private final int[] reducedStrides;
    private final int outputs;
    private final int runs;
    private final int length;
    private final int step;

    /** The plan for {@code shape} with the axes marked in {@code reduced} reduced. */
    public ReducePlan(Shape shape, boolean[] reduced) {
        int[] strides = shape.strides();
        int[] kd = new int[shape.rank()];
        int[] ks = new int[shape.rank()];
        int[] rd = new int[shape.rank()];
        int[] rs = new int[shape.rank()];
        int kept = 0;
        int gone = 0;
        int last = -1;
        for (int i = 0; i < shape.rank(); i++) {
            int dim = shape.dim(i);
            if (dim == 1) {
                continue;
            }
            boolean joins = last >= 0 && reduced[last] == reduced[i];
            last = i;
            int[] d = reduced[i] ? rd : kd;
            int[] s = reduced[i] ? rs : ks;
            int at = reduced[i] ? gone : kept;
            if (joins) {
                d[at - 1] *= dim;
                s[at - 1] = strides[i];
            } else {
                d[at] = dim;
                s[at] = strides[i];
                gone += reduced[i] ? 1 : 0;
                kept += reduced[i] ? 0 : 1;
            }
        }
        keptDims = Arrays.copyOf(kd, kept);
        keptStrides = Arrays.copyOf(ks, kept);
        length = gone == 0 ? 1 : rd[gone - 1];
        step = gone == 0 ? 1 : rs[gone - 1];
        reducedDims = Arrays.copyOf(rd, Math.max(0, gone - 1));
        reducedStrides = Arrays.copyOf(rs, Math.max(0, gone - 1));
        outputs = product(keptDims);
        runs = product(reducedDims);
    }

    /** Kept positions: elements of the output. */
    public int outputs() {
        return outputs;
    }

    /** Runs for each kept position. */
    public int runs() {
        return runs;
    }

    /** Elements of a run. */
    public int length() {
        return length;
    }

    /** Distance of the elements of a run. */
    public int step() {
        return step;
    }

    /** Elements reduced to one. */
    public long count() {
        return (long) runs * length;
    }

    /** Index of the first element of run {@code run} for kept position {@code output}, both in row-major order. */
    public int start(int output, int run) {
        return offset(output, keptDims, keptStrides) + offset(run, reducedDims, reducedStrides);
    }

    /** Whether the input is (outer, reduced, inner) with one reduced axis. */
    public boolean isOneAxis() {
        return runs == 1 && keptDims.length <= 2;
    }

    /** For {@link #isOneAxis}: elements inside the reduced axis. */
    public int inner() {
        return step;
    }

    private static int offset(int index, int[] dims, int[] strides) {
        int offset = 0;
        for (int d = dims.length - 1, rest = index; d >= 0 && rest != 0; rest /= dims[d--]) {
            offset += rest % dims[d] * strides[d];
        }
        return offset;
    }

    private static int product(int[] dims) {
        int product = 1;
        for (int dim : dims) {
            product *= dim;
        }
        return product;
    }
}
