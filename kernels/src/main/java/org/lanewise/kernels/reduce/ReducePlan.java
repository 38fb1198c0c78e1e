package org.lanewise.kernels.reduce;

import java.util.ArrayList;
import java.util.List;

/**
 * A reduction over any set of axes as a sequence of passes over the middle of three dimensions, the innermost group of axes first.
 *
 * <p>Neighbouring axes are merged, so that the usual reductions (all axes, the last axes, the spatial axes) are one pass.
 *
 * @param passes the passes; the output of one is the input of the next, none if nothing is reduced
 * @param outputSize number of elements of the final output
 * @param count number of elements that go into each of them
 */
public record ReducePlan(List<Pass> passes, int outputSize, long count) {
    /** One pass: a row-major (outer, reduce, inner) array to an (outer, inner) array. */
    public record Pass(int outer, int reduce, int inner) {
        /** Number of elements of the output of this pass. */
        public int outputSize() {
            return outer * inner;
        }
    }

    /**
     * The plan for a shape and the axes to reduce.
     *
     * @param axes distinct, each in 0 .. rank - 1, in any order
     */
    public static ReducePlan of(int[] shape, int... axes) {
        boolean[] reduced = new boolean[shape.length];
        long count = 1;
        for (int axis : axes) {
            reduced[axis] = true;
            count *= shape[axis];
        }
        List<Pass> passes = new ArrayList<>();
        int inner = 1;
        int d = shape.length - 1;
        while (d >= 0) {
            if (!reduced[d]) {
                inner *= shape[d--];
                continue;
            }
            int reduce = 1;
            // dimensions of 1 that are kept do not part two groups of reduced axes
            while (d >= 0 && (reduced[d] || shape[d] == 1)) {
                reduce *= shape[d--];
            }
            int outer = 1;
            for (int k = 0; k <= d; k++) {
                outer *= shape[k];
            }
            passes.add(new Pass(outer, reduce, inner));
        }
        int size = 1;
        for (int k = 0; k < shape.length; k++) {
            size *= reduced[k] ? 1 : shape[k];
        }
        return new ReducePlan(List.copyOf(passes), size, count);
    }

    /** The longest intermediate array: what the caller lends twice when there are three passes or more, once for two, else 0. */
    public int scratchSize() {
        return passes.stream()
                .limit(Math.max(0, passes.size() - 1))
                .mapToInt(Pass::outputSize)
                .max()
                .orElse(0);
    }
}
