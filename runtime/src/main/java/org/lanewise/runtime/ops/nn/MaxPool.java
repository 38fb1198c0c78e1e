package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.pool.PoolGeometry;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Largest value of each window, and where it was: {@code Indices} counts the elements of the whole input (N, C, I1..Ir) without padding. ONNX {@code MaxPool}-1,
 * 8 (Indices), 10 (ceil_mode, dilations), 11, 12 (8-bit integers), 22 (bfloat16).
 *
 * @param runner the window
 * @param columnMajor whether Indices count with the first spatial axis fastest ({@code storage_order = 1})
 */
public record MaxPool(PoolRunner runner, boolean columnMajor) implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static MaxPool create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new MaxPool(PoolRunner.read(spec, false), spec.flag("storage_order", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        if (type != DataType.INT8 && type != DataType.UINT8) {
            PoolRunner.checkFloating(type);
        }
        PartialShape shape = runner.infer(context.inputShape(0));
        context.output(0, type, shape);
        context.output(1, DataType.INT64, shape);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        PoolGeometry g = runner.geometry(x.shape());
        Shape shape = runner.outputShape(g);
        Tensor y = context.output(0, x.type(), shape);
        LongTensor indices = context.hasOutput(1) ? (LongTensor) context.output(1, DataType.INT64, shape) : null;
        context.kernel(indices == null ? "maxpool-nchw" : "maxpool-nchw-indices");
        context.parallel(g.planes(), runner.cost(g.outputPixels(), 1), (from, to, scratch) -> {
            if (indices == null) {
                values(g, x, y, from, to);
            } else {
                indexed(g, x, y, indices, from, to);
            }
        });
    }

    private static void values(PoolGeometry g, Tensor x, Tensor y, int from, int to) {
        switch (x) {
            case FloatTensor t ->
                org.lanewise.kernels.pool.MaxPool.run(
                        g, t.array(), t.offset(), ((FloatTensor) y).array(), y.offset(), from, to);
            case DoubleTensor t ->
                org.lanewise.kernels.pool.MaxPool.run(
                        g, t.array(), t.offset(), ((DoubleTensor) y).array(), y.offset(), from, to);
            case ByteTensor t ->
                org.lanewise.kernels.pool.MaxPool.run(
                        g,
                        t.array(),
                        t.offset(),
                        ((ByteTensor) y).array(),
                        y.offset(),
                        t.type().isUnsigned(),
                        from,
                        to);
            default ->
                throw new IllegalArgumentException("no pooling of " + x.type().onnxName() + " is defined");
        }
    }

    private void indexed(PoolGeometry g, Tensor x, Tensor y, LongTensor indices, int from, int to) {
        switch (x) {
            case FloatTensor t ->
                org.lanewise.kernels.pool.MaxPool.runIndexed(
                        g,
                        t.array(),
                        t.offset(),
                        ((FloatTensor) y).array(),
                        y.offset(),
                        indices.array(),
                        indices.offset(),
                        columnMajor,
                        from,
                        to);
            case DoubleTensor t ->
                org.lanewise.kernels.pool.MaxPool.runIndexed(
                        g,
                        t.array(),
                        t.offset(),
                        ((DoubleTensor) y).array(),
                        y.offset(),
                        indices.array(),
                        indices.offset(),
                        columnMajor,
                        from,
                        to);
            case ByteTensor t ->
                org.lanewise.kernels.pool.MaxPool.runIndexed(
                        g,
                        t.array(),
                        t.offset(),
                        ((ByteTensor) y).array(),
                        y.offset(),
                        t.type().isUnsigned(),
                        indices.array(),
                        indices.offset(),
                        columnMajor,
                        from,
                        to);
            default ->
                throw new IllegalArgumentException("no pooling of " + x.type().onnxName() + " is defined");
        }
    }
}
