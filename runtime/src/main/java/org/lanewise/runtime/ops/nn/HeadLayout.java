package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.attention.Attention;
import org.lanewise.kernels.attention.AttentionDouble;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.shape.Moves;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Where the heads of a tensor lie: (batch, heads, rows, size), (batch, rows, heads * size), or as strides say; the elements of a row lie side by side.
 *
 * @param tensor the tensor
 * @param batch number of sequences
 * @param heads number of heads
 * @param rows rows of a head: its sequence length
 * @param size columns of a head
 * @param offset where the first head of the first sequence starts in the tensor
 * @param batchStride elements from one sequence to the next
 * @param headStride elements from one head to the next
 * @param stride elements from one row of a head to the next
 */
public record HeadLayout(
        Tensor tensor,
        int batch,
        int heads,
        int rows,
        int size,
        int offset,
        int batchStride,
        int headStride,
        int stride) {
    /**
     * The heads of {@code tensor}.
     *
     * @param heads number of heads, used when the tensor has rank 3
     */
    public static HeadLayout of(String name, Tensor tensor, int heads) {
        Shape shape = tensor.shape();
        if (shape.rank() == 4) {
            int rows = shape.dim(2);
            int size = shape.dim(3);
            int all = shape.dim(1) * rows * size;
            return new HeadLayout(tensor, shape.dim(0), shape.dim(1), rows, size, 0, all, rows * size, size);
        }
        if (shape.rank() != 3 || heads < 1 || shape.dim(2) % heads != 0) {
            throw new IllegalArgumentException("input " + name + " has shape " + shape
                    + ", expected (batch, heads, rows, size) or (batch, rows, " + heads + " heads * size)");
        }
        int width = shape.dim(2);
        int size = width / heads;
        return new HeadLayout(tensor, shape.dim(0), heads, shape.dim(1), size, 0, shape.dim(1) * width, size, width);
    }

    /** Whether this is a tensor of rank 3, with the heads side by side in a row. */
    boolean packed() {
        return tensor.shape().rank() == 3;
    }

    /** Where head {@code head} of sequence {@code batch} starts in the array; the only sequence or head serves all. */
    int at(int sequence, int head) {
        return tensor.offset()
                + offset
                + (batch == 1 ? 0 : sequence * batchStride)
                + (heads == 1 ? 0 : head * headStride);
    }

    /** One row a head, repeated {@code count} times. */
    public HeadLayout repeated(OpContext context, int count) {
        Tensor copy = Tensor.allocate(tensor.type(), Shape.of(batch, heads, count, size));
        int[] dims = {batch, heads, count, size};
        Moves.strided(
                context,
                dims,
                tensor,
                offset,
                new int[] {batchStride, headStride, 0, 1},
                copy,
                0,
                copy.shape().strides());
        return of("repeated", copy, 0);
    }

    /** A head's rows as the kernel wants them. */
    public Attention.Rows floats(int batch, int head) {
        return new Attention.Rows(((FloatTensor) tensor).array(), at(batch, head), stride);
    }

    /** A head's rows as the kernel wants them. */
    AttentionDouble.Rows doubles(int batch, int head) {
        return new AttentionDouble.Rows(((DoubleTensor) tensor).array(), at(batch, head), stride);
    }

    /** Copies this head by head behind the {@code past} rows of each head of {@code target}, (batch, heads, past + rows, size). */
    void copyTo(Tensor target, int past) {
        int total = target.shape().dim(2);
        for (int b = 0; b < batch(); b++) {
            for (int h = 0; h < heads; h++) {
                int to = ((b * heads + h) * total + past) * size;
                int from = at(b, h) - tensor.offset();
                for (int row = 0; row < rows; row++) {
                    target.copyFrom(to + row * size, tensor, from + row * stride(), size);
                }
            }
        }
    }
}
