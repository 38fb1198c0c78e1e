package org.lanewise.kernels.elementwise;

import java.util.Arrays;

/**
 * How several row-major operands combine under NumPy broadcasting, worked out once from their shapes.
 *
 * <p>Shapes are aligned at their last dimension; missing dimensions count as 1 and a dimension of 1 is repeated. Neighbouring dimensions that
 * all operands walk through alike are merged, so that equal shapes become one row, {@code (N, C, H, W) + (C, 1, 1)} becomes N x C rows
 * of H W elements with one scalar each, and {@code (M, N) + (N)} becomes M rows of N elements. In the innermost merged dimension each operand
 * has stride 1 (it is contiguous) or 0 (one element for the whole row).
 */
public final class Broadcast {
    private final int[] outputShape;
    private final int[] dims;
    private final int[][] strides;
    private final int size;

    /** Whether an operand has every element of the result, in its order. */
    private final boolean[] whole;

    private Broadcast(int[] outputShape, int[] dims, int[][] strides, int size) {
        this.outputShape = outputShape;
        this.dims = dims;
        this.strides = strides;
        this.size = size;
        this.whole = new boolean[strides.length];
        for (int k = 0; k < strides.length; k++) {
            int step = 1;
            boolean same = true;
            for (int d = 0; d < dims.length; d++) {
                same &= dims[d] == 1 || strides[k][d] == step;
                step *= dims[d];
            }
            whole[k] = same;
        }
    }

    /**
     * The plan for operands of the given shapes.
     *
     * @throws IllegalArgumentException if the shapes do not broadcast together
     */
    public static Broadcast of(int[]... shapes) {
        int rank = Arrays.stream(shapes).mapToInt(s -> s.length).max().orElse(0);
        int[] output = new int[rank];
        for (int d = 0; d < rank; d++) {
            output[d] = dim(shapes, rank, d);
        }
        int[][] full = new int[shapes.length][rank];
        for (int k = 0; k < shapes.length; k++) {
            int step = 1;
            for (int d = shapes[k].length - 1; d >= 0; d--) {
                full[k][rank - shapes[k].length + d] = shapes[k][d] == 1 ? 0 : step;
                step *= shapes[k][d];
            }
        }
        return merge(output, full);
    }

    private static int dim(int[][] shapes, int rank, int d) {
        int dim = 1;
        for (int[] shape : shapes) {
            int own = d - rank + shape.length;
            if (own < 0 || shape[own] == 1) {
                continue;
            }
            if (dim != 1 && dim != shape[own]) {
                throw new IllegalArgumentException("shapes " + Arrays.deepToString(shapes)
                        + " do not broadcast: dimension " + d + " of the result is " + dim + " and " + shape[own]);
            }
            dim = shape[own];
        }
        return dim;
    }

    private static Broadcast merge(int[] output, int[][] full) {
        int[] dims = new int[output.length];
        int[][] strides = new int[full.length][output.length];
        int n = 0; // merged so far, innermost first
        int size = 1;
        for (int d = output.length - 1; d >= 0; d--) {
            size = Math.multiplyExact(size, output[d]);
            if (output[d] == 1) {
                continue;
            }
            boolean joins = n > 0;
            for (int k = 0; joins && k < full.length; k++) {
                joins = full[k][d] == strides[k][n - 1] * dims[n - 1];
            }
            if (joins) {
                dims[n - 1] *= output[d];
                continue;
            }
            dims[n] = output[d];
            for (int k = 0; k < full.length; k++) {
                strides[k][n] = full[k][d];
            }
            n++;
        }
        if (n == 0) {
            return new Broadcast(output, new int[] {1}, new int[full.length][1], size);
        }
        for (int k = 0; k < full.length; k++) {
            strides[k] = Arrays.copyOf(strides[k], n);
        }
        return new Broadcast(output, Arrays.copyOf(dims, n), strides, size);
    }

    /** The shape of the result. */
    public int[] outputShape() {
        return outputShape.clone();
    }

    /** Number of elements of the result. */
    public int size() {
        return size;
    }

    /** Number of merged dimensions, at least 1. */
    public int rank() {
        return dims.length;
    }

    /** Length of a whole row: a good split of the work is a multiple of it. */
    public int rowLength() {
        return dims[0];
    }

    /** The step of an operand within a row: 1 (contiguous) or 0 (one element). */
    public int rowStride(int operand) {
        return strides[operand][0];
    }

    /** With {@link #rank} 2: the distance of an operand's rows, 0 where one row is repeated. */
    int rowDistance(int operand) {
        return strides[operand][1];
    }

    /**
     * The one of two operands that is a short row repeated for every row of the other, as in (M, N) + (N); -1 if neither is.
     *
     * @param longest the greatest length of a row that counts as short
     */
    int repeatedRow(int longest) {
        if (dims.length != 2 || dims[0] > longest) {
            return -1;
        }
        for (int k = 0; k < 2; k++) {
            boolean repeats = strides[k][0] == 1 && strides[k][1] == 0;
            if (repeats && strides[1 - k][0] == 1 && strides[1 - k][1] == dims[0]) {
                return k;
            }
        }
        return -1;
    }

    /** How many elements of the result from {@code position} on, before {@code to}, belong to one row. */
    public int rowLength(int position, int to) {
        return Math.min(dims[0] - position % dims[0], to - position);
    }

    /**
     * Where element {@code position} of the result comes from in an operand. Worked out anew for each row rather than carried along: what carries it would be an object for every call, which the
     * steady state of a run cannot have.
     */
    public int offset(int operand, int position) {
        if (whole[operand]) {
            return position;
        }
        int[] steps = strides[operand];
        int last = dims.length - 1;
        int rest = position;
        int at = 0;
        for (int d = 0; d < last; d++) {
            int above = rest / dims[d];
            at += (rest - above * dims[d]) * steps[d];
            rest = above;
        }
        return at + rest * steps[last];
    }
}
