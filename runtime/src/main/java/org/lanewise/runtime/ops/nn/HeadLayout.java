package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.attention.Attention;
import org.lanewise.kernels.attention.AttentionDouble;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Where the heads of a tensor lie: (batch, heads, rows, size), or (batch, rows, heads * size).
 *
 * @param tensor the tensor
 * @param heads number of heads
 * @param rows rows of a head: its sequence length
 * @param size columns of a head
 * @param packed whether the heads lie side by side in a row
 */
record HeadLayout(Tensor tensor, int heads, int rows, int size, boolean packed) {
    /**
     * The heads of {@code tensor}.
     *
     * @param heads number of heads, used when the tensor has rank 3
     */
    static HeadLayout of(String name, Tensor tensor, int heads) {
        Shape shape = tensor.shape();
        if (shape.rank() == 4) {
            return new HeadLayout(tensor, shape.dim(1), shape.dim(2), shape.dim(3), false);
        }
        if (shape.rank() != 3 || heads < 1 || shape.dim(2) % heads != 0) {
            throw new IllegalArgumentException("input " + name + " has shape " + shape
                    + ", expected (batch, heads, rows, size) or (batch, rows, " + heads + " heads * size)");
        }
        return new HeadLayout(tensor, heads, shape.dim(1), shape.dim(2) / heads, true);
    }

    int batch() {
        return tensor.shape().dim(0);
    }

    /** Elements from one row of a head to the next. */
    int stride() {
        return packed ? heads * size : size;
    }

    /** Where head {@code head} of sequence {@code batch} starts in the array. */
    int at(int batch, int head) {
        return tensor.offset() + (packed ? batch * rows * heads + head : (batch * heads + head) * rows) * size;
    }

    /** A head's rows as the kernel wants them. */
    Attention.Rows floats(int batch, int head) {
        return new Attention.Rows(((FloatTensor) tensor).array(), at(batch, head), stride());
    }

    /** A head's rows as the kernel wants them. */
    AttentionDouble.Rows doubles(int batch, int head) {
        return new AttentionDouble.Rows(((DoubleTensor) tensor).array(), at(batch, head), stride());
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
