package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.pool.PoolGeometry;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Mean of each window. ONNX {@code AveragePool}-1, 7 (count_include_pad), 10 (ceil_mode), 11, 19 (dilations), 22 (bfloat16).
 *
 * @param runner the window
 * @param includePad whether the zeros of the padding count as values ({@code count_include_pad})
 */
public record AveragePool(PoolRunner runner, boolean includePad) implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static AveragePool create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new AveragePool(PoolRunner.read(spec, false), spec.flag("count_include_pad", false));
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
        context.kernel("averagepool-nchw");
        context.parallel(g.planes(), runner.cost(g.outputPixels(), 1), (from, to, scratch) -> {
            switch (x) {
                case FloatTensor t ->
                    org.lanewise.kernels.pool.AveragePool.run(
                            g, t.array(), t.offset(), ((FloatTensor) y).array(), y.offset(), includePad, from, to);
                case DoubleTensor t ->
                    org.lanewise.kernels.pool.AveragePool.run(
                            g, t.array(), t.offset(), ((DoubleTensor) y).array(), y.offset(), includePad, from, to);
                default ->
                    throw new IllegalArgumentException(
                            "no pooling of " + x.type().onnxName() + " is defined");
            }
        });
    }
}
