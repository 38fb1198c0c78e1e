package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.MaxPool;
import org.lanewise.runtime.ops.nn.PoolRunner;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.ops.shape.Transpose;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Largest value of each window of 8-bit integers, (N, I1..Ir, C) with one to three spatial axes; the attributes are those of ONNX {@code MaxPool}. {@code com.microsoft.NhwcMaxPool}-1.
 *
 * @param runner the window
 */
public record NhwcMaxPool(PoolRunner runner) implements Operator {
    private static final int IMAGE = 4;

    /** From a node. */
    public static NhwcMaxPool create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new NhwcMaxPool(PoolRunner.read(spec, true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, QuantizedTypes.BYTES);
        PartialShape x = context.inputShape(0);
        context.output(0, type, runner.infer(x));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int rank = x.shape().rank();
        if (rank == IMAGE) {
            new org.lanewise.runtime.ops.fused.NhwcMaxPool(runner).run(context);
            return;
        }
        // Kernels are for images; other ranks are rare and go round by planes
        long[] toPlanes = new long[rank];
        long[] back = new long[rank];
        Arrays.setAll(toPlanes, i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1);
        Arrays.setAll(back, i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1);
        PoolRunner planar = new PoolRunner(runner.window(), runner.ceil(), false);
        Tensor planes = InnerContext.run(context, new Transpose(toPlanes), x);
        Tensor pooled = InnerContext.run(context, new MaxPool(planar, false), planes);
        int[] dims = pooled.shape().toArray();
        int[] out = new int[rank];
        Arrays.setAll(out, i -> dims[(int) back[i]]);
        Tensor y = context.output(0, x.type(), Shape.of(out));
        InnerContext.runTo(context, new Transpose(back), new Tensor[] {y}, pooled);
    }
}
