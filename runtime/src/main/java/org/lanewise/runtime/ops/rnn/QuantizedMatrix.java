package org.lanewise.runtime.ops.rnn;

import org.lanewise.kernels.quant.Quantize;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.quant.ByteProduct;
import org.lanewise.runtime.ops.quant.ByteWeights;
import org.lanewise.runtime.ops.quant.DynamicRange;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A matrix (K, N) of bytes that rows of floats are multiplied by, quantized by their range first.
 *
 * @param weights the bytes, zero points subtracted
 * @param scales one for all, or one for each column
 */
record QuantizedMatrix(ByteWeights weights, float[] scales) {
    /** Matrix {@code d} of {@code matrices}, (D, K, N), with scales and zero points (D) or (D, N). */
    static QuantizedMatrix of(Tensor matrices, Tensor scale, Tensor zero, int d) {
        Shape shape = Shape.of(matrices.shape().dim(1), matrices.shape().dim(2));
        Tensor matrix = matrices.slice(d * shape.size(), shape);
        int directions = matrices.shape().dim(0);
        Tensor zeros = part(zero, directions, shape.dim(1), d);
        float[] scales = part(scale, directions, shape.dim(1), d).toFloatArray();
        return new QuantizedMatrix(new ByteWeights(ByteProduct.pack(matrix, zeros), shape), scales);
    }

    private static Tensor part(Tensor parameters, int directions, int n, int d) {
        int each = parameters.size() / directions;
        if (each * directions != parameters.size() || each != 1 && each != n) {
            throw new IllegalArgumentException("scales or zero points have shape " + parameters.shape() + ", expected ["
                    + directions + "] or [" + directions + "," + n + "]");
        }
        return parameters.slice(d * each, Shape.of(each));
    }

    int rows() {
        return weights.shape().dim(0);
    }

    int columns() {
        return weights.shape().dim(1);
    }

    /**
     * {@code y = x B} for {@code rows} rows of floats, (rows, K) and (rows, N), with one range for all of x.
     *
     * @param bytes scratch of rows * K
     */
    void multiply(OpContext context, float[] x, int xOff, int rows, float[] y, byte[] bytes) {
        int size = rows * rows();
        DynamicRange range = DynamicRange.of(x, xOff, size);
        Quantize.run(x, xOff, bytes, 0, size, range.scale(), range.zero(), true);
        weights.toFloats(
                context,
                new ByteTensor(DataType.UINT8, Shape.of(rows, rows()), bytes, 0),
                Tensor.of(new int[] {range.zero()}),
                range.scale(),
                scales,
                null,
                new FloatTensor(DataType.FLOAT, Shape.of(rows, columns()), y, 0));
    }
}
