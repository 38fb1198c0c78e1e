package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.pool.GlobalPool;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Mean of all pixels of each channel: (N, C, I1..Ir) gives (N, C, 1..1). ONNX {@code GlobalAveragePool}-1, 22 (bfloat16). */
public record GlobalAveragePool() implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static GlobalAveragePool create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new GlobalAveragePool();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        GlobalShapes.infer(context, false);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int planes = x.shape().sizeBetween(0, 2);
        int pixels = x.shape().sizeBetween(2, x.shape().rank());
        Tensor y = context.output(0, x.type(), GlobalShapes.output(x.shape(), false));
        context.kernel("globalaveragepool-nchw");
        context.parallel(planes, pixels, (from, to, scratch) -> {
            switch (x) {
                case FloatTensor t ->
                    GlobalPool.average(t.array(), t.offset(), pixels, ((FloatTensor) y).array(), y.offset(), from, to);
                case DoubleTensor t ->
                    GlobalPool.average(t.array(), t.offset(), pixels, ((DoubleTensor) y).array(), y.offset(), from, to);
                default ->
                    throw new IllegalArgumentException(
                            "no pooling of " + x.type().onnxName() + " is defined");
            }
        });
    }
}
