package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/** A 1x1 convolution of stride 1, channels last, whose weights have zeros: a product of pixels with a constant matrix. */
final class SparseProductLayer extends ConvLayer {
    private final SparseProduct product;

    /**
     * Prepares weights of shape {@code (M, C, 1...)}.
     *
     * @param pixels how many there are if that is known, else -1
     */
    SparseProductLayer(
            Shape weightShape, ConvRunner runner, FloatTensor weights, @Nullable FloatTensor bias, int pixels) {
        super(weightShape);
        float[] values = weights.toFloatArray();
        SparseMatrix matrix = matrix(weightShape, values, runner.form().sparse());
        this.product = new SparseProduct(
                matrix,
                bias == null ? null : bias.toFloatArray(),
                runner.activation(),
                SparseMatrix.zeroShare(values),
                pixels);
    }

    /** Weights of shape {@code (M, C, 1...)} as a matrix (C, M). */
    static SparseMatrix matrix(Shape weightShape, float[] weights, @Nullable SparseForm form) {
        int channels = weightShape.dim(1);
        SparseForm rows = form == null ? SparseForm.LISTS : form;
        return new SparseMatrix(weights, channels, true, channels, weightShape.dim(0), rows);
    }

    @Override
    void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
        product.run(context, x, Math.multiplyExact(g.batch(), g.outputPixels()), y, residual);
    }
}
