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
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * ONNX {@code MaxPool} of (N, H, W, C), {@code FLOAT} or 8-bit integers, giving (N, OH, OW, C), without Indices. {@code org.lanewise.MaxPool}, made by passes; the attributes are those of {@code MaxPool}.
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
        PoolRunner.checkChannelsLast(context, true);
        context.output(0, context.inputType(0), runner.infer(context.inputShape(0)));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        PoolGeometry g = runner.geometry(x.shape());
        Tensor y = context.output(0, x.type(), runner.outputShape(g));
        boolean bytes = x instanceof ByteTensor;
        context.kernel(bytes ? "maxpool-nhwc-int8" : "maxpool-nhwc");
        int rows = g.batch() * g.heightAxis().output();
        long cost = runner.cost((long) g.widthAxis().output() * g.channels(), bytes ? 32 : 8);
        context.parallel(rows, cost, (from, to, scratch) -> rows(g, x, y, from, to));
    }

    private static void rows(PoolGeometry g, Tensor x, Tensor y, int from, int to) {
        if (x instanceof ByteTensor t) {
            byte[] out = ((ByteTensor) y).array();
            MaxPool.runNhwc(g, t.array(), t.offset(), out, y.offset(), t.type().isUnsigned(), from, to);
        } else {
            FloatTensor t = (FloatTensor) x;
            MaxPool.runNhwc(g, t.array(), t.offset(), ((FloatTensor) y).array(), y.offset(), from, to);
        }
    }
}
