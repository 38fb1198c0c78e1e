package org.lanewise.runtime.ops.fused.quant;

import org.lanewise.kernels.pool.AveragePool;
import org.lanewise.kernels.pool.PoolGeometry;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.PoolRunner;
import org.lanewise.runtime.tensor.Shape;

/**
 * The mean of each window of bytes (N, H, W, C), giving (N, OH, OW, C): {@code Y = clamp(round(xScale / yScale mean(X - xZero)) + yZero, low, high)}, ties to even. Inputs X, its scale and zero point, and those of
 * Y; the attributes of {@code AveragePool}, and {@code channels_last}, which must be 1. {@code org.lanewise.QAveragePool}, made by passes.
 *
 * @param runner the window
 * @param includePad {@code count_include_pad}
 * @param range what bytes are cut off at
 * @param zeroFirst whether the zero point is added before rounding ({@code zero_first}), as com.microsoft rounds
 */
public record QAveragePool(PoolRunner runner, boolean includePad, ByteRange range, boolean zeroFirst)
        implements Operator, Repeatable {
    /** From a node. */
    public static QAveragePool create(NodeSpec spec) {
        spec.inputs(5, 5);
        if (!spec.flag("channels_last", false)) {
            throw spec.refuse("channels_last is 0, expected 1");
        }
        return new QAveragePool(
                PoolRunner.read(spec, true),
                spec.flag("count_include_pad", false),
                ByteRange.read(spec),
                spec.flag("zero_first", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, QMean.check(context), runner.infer(context.inputShape(0)));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Shape x = context.input(0).shape();
        PoolGeometry one = runner.geometry(x.with(0, 1));
        QMean.run(
                context,
                runner.outputShape(runner.geometry(x)),
                range,
                zeroFirst,
                "averagepool-nhwc-int8",
                (values, from, to) -> AveragePool.runNhwc(
                        one,
                        values,
                        from,
                        values,
                        to,
                        includePad,
                        0,
                        one.heightAxis().output()));
    }
}
