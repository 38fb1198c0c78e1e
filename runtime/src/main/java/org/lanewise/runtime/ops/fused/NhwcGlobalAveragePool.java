package org.lanewise.runtime.ops.fused;

import org.lanewise.kernels.pool.GlobalPool;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.GlobalShapes;
import org.lanewise.runtime.ops.nn.PoolRunner;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;

/** ONNX {@code GlobalAveragePool} of (N, H, W, C), giving (N, 1, 1, C). {@code org.lanewise.GlobalAveragePool}, made by passes. */
public record NhwcGlobalAveragePool() implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static NhwcGlobalAveragePool create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new NhwcGlobalAveragePool();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PoolRunner.checkChannelsLast(context);
        GlobalShapes.infer(context, true);
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        int pixels = x.shape().sizeBetween(1, 3);
        int channels = x.shape().dim(3);
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, GlobalShapes.output(x.shape(), true));
        context.kernel("globalaveragepool-nhwc");
        context.parallel(
                x.shape().dim(0),
                (long) pixels * channels / 8,
                (from, to, scratch) -> GlobalPool.averageNhwc(
                        x.array(), x.offset(), pixels, channels, y.array(), y.offset(), from, to));
    }
}
