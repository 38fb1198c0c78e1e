package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The partial inverse of {@code MaxPool}: each value of X goes to the pixel its index I names, the others are 0. Indices count the elements of the tensor that
 * kernel, strides and pads say was pooled; the optional input {@code output_shape} gives a larger output. ONNX {@code MaxUnpool}-9, 11, 22 (bfloat16).
 *
 * @param window kernel, strides, pads of the pooling
 */
public record MaxUnpool(WindowAttributes window) implements Operator, ComputesInFloat {
    /** From a node. */
    public static MaxUnpool create(NodeSpec spec) {
        spec.inputs(2, 3);
        WindowAttributes window = WindowAttributes.read(spec, false);
        if (window.kernel().length == 0) {
            throw spec.refuse("required attribute 'kernel_shape' is missing");
        }
        return new MaxUnpool(window);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PoolRunner.checkFloating(context.inputType(0));
        if (context.inputType(1) != DataType.INT64) {
            throw new IllegalArgumentException(
                    "input I is " + context.inputType(1).onnxName() + ", expected int64");
        }
        int axes = window.kernel().length;
        PartialShape x = context.inputShape(0).isRanked() ? context.inputShape(0) : PartialShape.ofRank(axes + 2);
        window.checkRank(x);
        long[] dims = x.toArray();
        Tensor wanted = context.constant(2);
        for (int i = 0; i < axes; i++) {
            dims[i + 2] = context.hasInput(2)
                    ? PartialShape.UNKNOWN
                    : dims[i + 2] < 0 ? PartialShape.UNKNOWN : pooled(i, (int) dims[i + 2]);
        }
        context.output(
                0,
                context.inputType(0),
                wanted == null ? PartialShape.of(dims) : PartialShape.of(Shape.of(wanted.toLongArray())));
    }

    /** Size of axis {@code i} before the pooling. */
    private int pooled(int i, int size) {
        int axes = window.kernel().length;
        int stride = window.strides().length == 0 ? 1 : window.strides()[i];
        int pads = window.pads().length == 0 ? 0 : window.pads()[i] + window.pads()[i + axes];
        return Math.max(0, (size - 1) * stride + window.kernel()[i] - pads);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        LongTensor indices = (LongTensor) context.input(1);
        if (!indices.shape().equals(x.shape())) {
            throw new IllegalArgumentException("input I has shape " + indices.shape() + ", expected X's " + x.shape());
        }
        int axes = window.kernel().length;
        int[] inferred = new int[axes];
        for (int i = 0; i < axes; i++) {
            inferred[i] = pooled(i, x.shape().dim(i + 2));
        }
        int[] dims = x.shape().toArray();
        System.arraycopy(inferred, 0, dims, 2, axes);
        Tensor wanted = context.optionalInput(2);
        Shape shape = wanted == null ? Shape.of(dims) : Shape.of(wanted.toLongArray());
        if (shape.rank() != axes + 2 || shape.dim(0) != dims[0] || shape.dim(1) != dims[1]) {
            throw new IllegalArgumentException("output_shape is " + shape + ", expected [" + dims[0] + "," + dims[1]
                    + "] and " + axes + " spatial dimensions");
        }
        int[] output = Arrays.copyOfRange(shape.toArray(), 2, axes + 2);
        Tensor y = context.output(0, x.type(), shape);
        context.kernel("maxunpool");
        int planes = dims[0] * dims[1];
        switch (x) {
            case FloatTensor t ->
                org.lanewise.kernels.pool.MaxUnpool.run(
                        t.array(),
                        t.offset(),
                        indices.array(),
                        indices.offset(),
                        x.size(),
                        inferred,
                        ((FloatTensor) y).array(),
                        y.offset(),
                        output,
                        planes);
            case DoubleTensor t ->
                org.lanewise.kernels.pool.MaxUnpool.run(
                        t.array(),
                        t.offset(),
                        indices.array(),
                        indices.offset(),
                        x.size(),
                        inferred,
                        ((DoubleTensor) y).array(),
                        y.offset(),
                        output,
                        planes);
            default ->
                throw new IllegalArgumentException("no pooling of " + x.type().onnxName() + " is defined");
        }
    }
}
