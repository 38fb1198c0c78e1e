package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.pool.PoolGeometry;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code (sum |x|^p)^(1/p)} of each window. ONNX {@code LpPool}-1 (p a float), 2, 11, 18 (ceil_mode, dilations), 22 (bfloat16).
 *
 * @param runner the window
 * @param p the norm, 2 when not given
 */
public record LpPool(PoolRunner runner, double p) implements Operator, ComputesInFloat {
    /** From a node. */
    public static LpPool create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new LpPool(PoolRunner.read(spec, false), norm(spec));
    }

    /** Attribute {@code p}. */
    static double norm(NodeSpec spec) {
        double p = spec.opset() < 2 ? spec.floatAttribute("p", 2) : spec.intAttribute("p", 2);
        if (!(p > 0)) {
            throw spec.refuse("p is " + p + ", expected more than 0");
        }
        return p;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PoolRunner.checkFloating(context.inputType(0));
        context.output(0, context.inputType(0), runner.infer(context.inputShape(0)));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        PoolGeometry g = runner.geometry(x.shape());
        Tensor y = context.output(0, x.type(), runner.outputShape(g));
        context.kernel("lppool-nchw");
        context.parallel(g.planes(), runner.cost(g.outputPixels(), 1), (from, to, scratch) -> {
            switch (x) {
                case FloatTensor t ->
                    org.lanewise.kernels.pool.LpPool.run(
                            g, t.array(), t.offset(), ((FloatTensor) y).array(), y.offset(), p, from, to);
                case DoubleTensor t ->
                    org.lanewise.kernels.pool.LpPool.run(
                            g, t.array(), t.offset(), ((DoubleTensor) y).array(), y.offset(), p, from, to);
                default ->
                    throw new IllegalArgumentException(
                            "no pooling of " + x.type().onnxName() + " is defined");
            }
        });
    }
}
