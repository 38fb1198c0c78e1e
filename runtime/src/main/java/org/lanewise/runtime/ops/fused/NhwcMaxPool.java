package org.lanewise.runtime.ops.fused;

import org.lanewise.kernels.pool.MaxPool;
import org.lanewise.kernels.pool.PoolGeometry;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.PoolRunner;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;

/**
 * ONNX {@code MaxPool} of (N, H, W, C), giving (N, OH, OW, C), without Indices. {@code org.lanewise.MaxPool}, made by passes; the attributes are those of {@code MaxPool}.
 *
 * @param runner the window
 */
public record NhwcMaxPool(PoolRunner runner) implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static NhwcMaxPool create(NodeSpec spec) {
        spec.inputs(1, 1);
        if (spec.hasOutput(1)) {
            throw spec.refuse("channels-last pooling has no output Indices");
        }
        spec.acknowledge("storage_order"); // only says how Indices count
        return new NhwcMaxPool(PoolRunner.read(spec, true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PoolRunner.checkChannelsLast(context);
        context.output(0, context.inputType(0), runner.infer(context.inputShape(0)));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        PoolGeometry g = runner.geometry(x.shape());
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, runner.outputShape(g));
        context.kernel("maxpool-nhwc");
        int rows = g.batch() * g.heightAxis().output();
        long cost = runner.cost((long) g.widthAxis().output() * g.channels(), 8);
        context.parallel(
                rows,
                cost,
                (from, to, scratch) -> MaxPool.runNhwc(g, x.array(), x.offset(), y.array(), y.offset(), from, to));
    }
}
