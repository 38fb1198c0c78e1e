package org.lanewise.runtime.ops.rnn;

import org.lanewise.kernels.Activation;
import org.lanewise.kernels.quant.Rescaling;
import org.lanewise.runtime.ops.quant.ByteProduct;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A matrix (K, N) of bytes, packed, that rows of floats are multiplied by: {@link QuantizedRows}.
 *
 * @param product the bytes, zero points subtracted
 * @param end the scales
 * @param shape (K, N)
 */
record QuantizedMatrix(ByteProduct product, Rescaling end, Shape shape) {
    private static final Activation NO_ACTIVATION = new Activation(Activation.Kind.NONE, 0, 0);

    /** Matrix {@code d} of {@code matrices}, (D, K, N), with scales and zero points (D) or (D, N). */
    static QuantizedMatrix of(Tensor matrices, Tensor scale, Tensor zero, int d) {
        Shape shape = Shape.of(matrices.shape().dim(1), matrices.shape().dim(2));
        Tensor matrix = matrices.slice(d * shape.size(), shape);
        int directions = matrices.shape().dim(0);
        int n = shape.dim(1);
        float[] scales = part(scale, directions, n, d).toFloatArray();
        return new QuantizedMatrix(
                ByteProduct.pack(matrix, part(zero, directions, n, d)),
                Rescaling.of(n, scales, null, NO_ACTIVATION),
                shape);
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
        return shape.dim(0);
    }

    int columns() {
        return shape.dim(1);
    }
}
