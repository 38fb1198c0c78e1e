package org.lanewise.runtime.ops.quant;

import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.math.Blocks;
import org.lanewise.runtime.tensor.Shape;

/**
 * Which scale belongs to which element: one for all, one for each index of an axis, or one for each block of an axis. Seen as runs of neighbouring elements that share one
 * scale or have one each.
 */
final class ScaleLayout {
    private final int count; // runs
    private final int length; // elements of a run, fewer in the last run of a cut-off block
    private final int dim; // of the axis
    private final int inner; // elements inside the axis
    private final int block; // 0 for all, -1 per axis, else the block size
    private final int scales; // scales along the axis

    /** Work on a run. */
    @FunctionalInterface
    interface Run {
        /**
         * Does it.
         *
         * @param start index of the first element
         * @param n number of elements
         * @param scale index of the scale of the first element
         * @param step 1 if every element has its own scale, 0 if they share it
         */
        void run(int start, int n, int scale, int step);
    }

    private ScaleLayout(int outer, int dim, int inner, int block, int scales) {
        this.dim = dim;
        this.inner = inner;
        this.block = block;
        this.scales = scales;
        if (block == 0) {
            count = 1;
            length = dim;
        } else if (inner > 1) {
            count = outer * dim;
            length = inner;
        } else {
            count = block < 0 ? outer : outer * scales;
            length = block < 0 ? dim : block;
        }
    }

    /**
     * The layout for a tensor of shape {@code x} with scales of shape {@code scale}.
     *
     * @param blockSize 0 where there are no blocks
     * @throws IllegalArgumentException if the scales do not fit
     */
    static ScaleLayout of(Shape x, Shape scale, long axisAttribute, int blockSize) {
        if (scale.size() == 1 && blockSize == 0) {
            return new ScaleLayout(1, x.size(), 1, 0, 1);
        }
        int axis = blockSize == 0 && x.rank() == 1 ? 0 : x.axis(axisAttribute);
        int outer = x.sizeBetween(0, axis);
        int dim = x.dim(axis);
        int inner = x.sizeBetween(axis + 1, x.rank());
        if (blockSize == 0) {
            if (scale.rank() != 1 || scale.size() != dim) {
                throw new IllegalArgumentException(
                        "scales have shape " + scale + ", expected [" + dim + "] for axis " + axis + " of " + x);
            }
            return new ScaleLayout(outer, dim, inner, -1, dim);
        }
        int blocks = (int) (((long) dim + blockSize - 1) / blockSize);
        if (!scale.equals(x.with(axis, blocks))) {
            throw new IllegalArgumentException("scales have shape " + scale + ", expected " + x.with(axis, blocks)
                    + " for blocks of " + blockSize + " along axis " + axis + " of " + x);
        }
        return new ScaleLayout(outer, dim, inner, blockSize, blocks);
    }

    /**
     * Runs {@code run} over all elements, split over threads.
     *
     * @param picos rough cost of one element in picoseconds
     */
    void forEach(OpContext context, int picos, Run run) {
        if (block == 0) {
            Blocks.run(context, length, picos, (from, to) -> run.run(from, to - from, 0, 0));
            return;
        }
        context.parallel(count, 1 + (long) length * picos / 1000, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                one(i, run);
            }
        });
    }

    private void one(int i, Run run) {
        if (inner > 1) {
            int index = i % dim;
            int scale = block < 0 ? index : (i / dim * scales + index / block) * inner;
            run.run(i * inner, inner, scale, block < 0 ? 0 : 1);
        } else if (block < 0) {
            run.run(i * dim, dim, 0, 1);
        } else {
            int begin = i % scales * block;
            run.run(i / scales * dim + begin, Math.min(block, dim - begin), i, 0);
        }
    }
}
