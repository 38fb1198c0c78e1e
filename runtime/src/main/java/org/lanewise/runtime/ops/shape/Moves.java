package org.lanewise.runtime.ops.shape;

import org.lanewise.kernels.layout.Blocks;
import org.lanewise.kernels.layout.Fill;
import org.lanewise.kernels.layout.StridedCopy;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.Tensor;

/** Moves elements between tensors of the same type, whatever the type, split over the threads where there is enough to move. */
public final class Moves {
    /** Rows up to this long are copied by a loop rather than one call each. */
    private static final int SHORT_ROW = 256;

    private Moves() {}

    /**
     * Copies a block under strides.
     *
     * @param dims dimensions of the block
     * @param inAt element of {@code in} at index (0, ..., 0)
     * @param inStrides elements between neighbours in {@code in}; 0 repeats, negative walks backwards
     * @param outAt element of {@code out} at index (0, ..., 0)
     * @param outStrides elements between neighbours in {@code out}
     */
    public static void strided(
            OpContext context,
            int[] dims,
            Tensor in,
            int inAt,
            int[] inStrides,
            Tensor out,
            int outAt,
            int[] outStrides) {
        StridedCopy copy = new StridedCopy(dims, inStrides, outStrides);
        Object source = in.storage();
        Object target = out.storage();
        int s = in.offset() + inAt;
        int t = out.offset() + outAt;
        long cost = 10 + (copy.isBlockwise() ? copy.unitSize() / 4 : copy.unitSize());
        context.parallel(copy.units(), cost, (from, to, scratch) -> copy.run(source, s, target, t, from, to));
    }

    /**
     * Copies {@code rows} rows of {@code count} contiguous elements.
     *
     * @param inAt element of {@code in} where the first row starts
     * @param inStep elements between rows of {@code in}
     * @param outAt element of {@code out} where the first row starts
     * @param outStep elements between rows of {@code out}
     */
    public static void rows(
            OpContext context,
            int rows,
            int count,
            Tensor in,
            int inAt,
            int inStep,
            Tensor out,
            int outAt,
            int outStep) {
        if (rows == 1 && count < 1 << 14) {
            context.parallel(1, 10 + count / 4, (from, to, scratch) -> out.copyFrom(outAt, in, inAt, count));
        } else if (rows == 1 || count <= SHORT_ROW) {
            strided(context, new int[] {rows, count}, in, inAt, new int[] {inStep, 1}, out, outAt, new int[] {outStep, 1
            });
        } else {
            context.parallel(rows, 10 + count / 4, (from, to, scratch) -> {
                for (int row = from; row < to; row++) {
                    out.copyFrom(outAt + row * outStep, in, inAt + row * inStep, count);
                }
            });
        }
    }

    /** Copies all elements of {@code in} to {@code out}, unless they are the same memory. */
    public static void all(OpContext context, Tensor in, Tensor out) {
        if (in.storage() != out.storage() || in.offset() != out.offset()) {
            rows(context, 1, in.size(), in, 0, 0, out, 0, 0);
        }
    }

    /** Sets {@code count} elements of {@code out}, from {@code at} on, to the first element of {@code value}. */
    public static void fill(Tensor out, int at, int count, Tensor value) {
        Fill.run(out.storage(), out.offset() + at, out.offset() + at + count, value.storage(), value.offset());
    }

    /**
     * Picks positions along one axis: {@code out[o][k][i] = in[o][index[k]][i]}.
     *
     * @param in {@code (outer, dim, inner)}
     * @param out {@code (outer, index.length, inner)}
     */
    public static void pick(OpContext context, Tensor in, int outer, int dim, int inner, int[] index, Tensor out) {
        int count = index.length;
        if (count == 1) {
            rows(context, outer, inner, in, index[0] * inner, dim * inner, out, 0, inner);
            return;
        }
        Object source = in.storage();
        Object target = out.storage();
        context.parallel(outer * count, 5 + inner / 4, (from, to, scratch) -> {
            int at = from;
            while (at < to) {
                int o = at / count;
                int k = at - o * count;
                int end = Math.min(count, k + to - at);
                Blocks.gather(
                        source,
                        in.offset() + o * dim * inner,
                        index,
                        inner,
                        k,
                        end,
                        inner,
                        target,
                        out.offset() + o * count * inner);
                at += end - k;
            }
        });
    }

    /** Gathers blocks: {@code out[k][b] = in[at[k] + b]}. */
    public static void gather(OpContext context, Tensor in, int[] at, int block, Tensor out) {
        context.parallel(
                at.length,
                2 + block / 4,
                (from, to, scratch) ->
                        Blocks.gather(in.storage(), in.offset(), at, 1, from, to, block, out.storage(), out.offset()));
    }
}
