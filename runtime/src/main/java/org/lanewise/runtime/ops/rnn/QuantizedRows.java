package org.lanewise.runtime.ops.rnn;

import org.lanewise.kernels.quant.Quantize;
import org.lanewise.kernels.quant.Rescaling;
import org.lanewise.kernels.quant.ValueRange;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.ops.quant.ByteProduct;
import org.lanewise.runtime.ops.quant.DynamicRange;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;

/** {@code y = x B} for rows of floats that are quantized to {@code UINT8} by the range of all of them, made ready once and run again and again without garbage. */
final class QuantizedRows {
    private final OpContext context;
    private final int size;
    private final byte[] bytes;
    private final float[] smallest = new float[1];
    private final float[] largest = new float[1];
    private final float[] scale = new float[1];
    private final int[] zero = new int[1];
    private final ByteProduct.Ready product;

    /**
     * Makes ready.
     *
     * @param rows how many rows x and y have
     * @param bytes scratch of rows * K
     * @param y (rows, N) from {@code yOff} on
     */
    QuantizedRows(OpContext context, QuantizedMatrix matrix, int rows, byte[] bytes, float[] y, int yOff) {
        this.context = context;
        this.size = rows * matrix.rows();
        this.bytes = bytes;
        ByteTensor a = new ByteTensor(DataType.UINT8, Shape.of(rows, matrix.rows()), bytes, 0);
        MatrixShapes shapes = MatrixShapes.of(a.shape(), matrix.shape());
        this.product = matrix.product().ready(context, shapes, a, zero, new Rescaling[] {matrix.end()}, scale, y, yOff);
    }

    /** Multiplies the rows that lie in {@code x} from {@code xOff} on. */
    void multiply(float[] x, int xOff) {
        ValueRange.withZero(x, xOff, size, smallest, largest, 0);
        scale[0] = DynamicRange.scale(smallest[0], largest[0]);
        zero[0] = DynamicRange.zero(smallest[0], scale[0]);
        Quantize.run(x, xOff, bytes, 0, size, scale[0], zero[0], true);
        product.run(context);
    }
}
