package org.lanewise.runtime.ops.contrib;

import org.lanewise.kernels.quant.ByteValues;
import org.lanewise.kernels.quant.Quantize;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;

/**
 * {@code Y = quantize(softmax(dequantize(X)))} along an axis, or along all axes from {@code axis} on where {@code opset} is below 13, X and Y both {@code UINT8} or both {@code INT8}. Exponentials are
 * a table of the distance to the largest element; sums and quotients are {@code float}. ONNX Runtime rounds the reciprocal of the output's scale down to an integer, and for
 * {@code INT8} lets a value past 127 wrap; here both follow the definition. {@code com.microsoft.QLinearSoftmax}-1.
 *
 * @param axis the axis
 * @param flattens whether the axes behind it belong to it
 */
public record QLinearSoftmax(long axis, boolean flattens) implements Operator, Repeatable {
    private static final int Y_SCALE = 3;
    private static final int SINCE_ONE_AXIS = 13;

    /** From a node. */
    public static QLinearSoftmax create(NodeSpec spec) {
        Checks.inputs(spec, 4, 5, 2);
        boolean flattens = spec.requiredInt("opset") < SINCE_ONE_AXIS;
        return new QLinearSoftmax(spec.intAttribute("axis", flattens ? 1 : -1), flattens);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, QuantizedTypes.BYTES);
        PerTensor.check(context, 1, 2, type);
        PerTensor.check(context, Y_SCALE, Y_SCALE + 1, type);
        if (context.inputShape(0).isRanked()) {
            Shape.axis(axis, context.inputShape(0).rank());
        }
        context.output(0, type, context.inputShape(0));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        ByteTensor x = (ByteTensor) context.input(0);
        ByteTensor y = (ByteTensor) context.output(0, x.type(), x.shape());
        PerTensor out = PerTensor.read(context, Y_SCALE, Y_SCALE + 1);
        float scale = (float) context.input(1).scalarDouble();
        float[] exponentials = new float[ByteValues.SIZE]; // by the distance to the largest element
        for (int i = 0; i < exponentials.length; i++) {
            exponentials[i] = (float) Math.exp(-(double) scale * i);
        }
        int at = x.shape().axis(axis);
        int end = flattens ? x.shape().rank() : at + 1;
        int n = x.shape().sizeBetween(at, end);
        int inner = x.shape().sizeBetween(end, x.shape().rank());
        int rows = x.shape().sizeBetween(0, at) * inner;
        context.parallel(rows, 1 + 2L * n, (from, to, scratch) -> {
            float[] values = new float[n];
            byte[] bytes = new byte[n];
            for (int row = from; row < to; row++) {
                int start = row / inner * n * inner + row % inner;
                probabilities(x, start, inner, exponentials, values);
                Quantize.run(
                        values,
                        0,
                        bytes,
                        0,
                        n,
                        out.scale(),
                        out.zero(),
                        x.type().isUnsigned());
                for (int i = 0; i < n; i++) {
                    y.array()[y.offset() + start + i * inner] = bytes[i];
                }
            }
        });
    }

    private static void probabilities(ByteTensor x, int start, int step, float[] exponentials, float[] out) {
        int mask = x.type().isUnsigned() ? 0xff : -1;
        int largest = Byte.MIN_VALUE;
        for (int i = 0; i < out.length; i++) {
            largest = Math.max(largest, x.get(start + i * step) & mask);
        }
        float sum = 0;
        for (int i = 0; i < out.length; i++) {
            out[i] = exponentials[largest - (x.get(start + i * step) & mask)];
            sum += out[i];
        }
        for (int i = 0; i < out.length; i++) {
            out[i] /= sum;
        }
    }
}
