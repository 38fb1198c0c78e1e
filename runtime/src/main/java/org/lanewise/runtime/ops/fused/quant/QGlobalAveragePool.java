package org.lanewise.runtime.ops.fused.quant;

import org.lanewise.kernels.pool.GlobalPool;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * The mean of each channel of bytes (N, H, W, C), giving (N, 1, 1, C): {@code Y = clamp(round(xScale / yScale mean(X - xZero)) + yZero, low, high)}, ties to even. Inputs X, its scale and zero point, and those of
 * Y; the attribute {@code channels_last}, which must be 1. {@code org.lanewise.QGlobalAveragePool}, made by passes.
 *
 * @param range what bytes are cut off at
 */
public record QGlobalAveragePool(ByteRange range) implements Operator, Repeatable {
    /** From a node. */
    public static QGlobalAveragePool create(NodeSpec spec) {
        spec.inputs(5, 5);
        if (!spec.flag("channels_last", false)) {
            throw spec.refuse("channels_last is 0, expected 1");
        }
        return new QGlobalAveragePool(ByteRange.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = QMean.check(context);
        PartialShape x = context.inputShape(0);
        PartialShape all = x.isRanked() ? x : PartialShape.ofRank(4);
        context.output(0, type, all.with(1, 1).with(2, 1));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Shape x = context.input(0).shape();
        int pixels = x.sizeBetween(1, 3);
        int channels = x.dim(3);
        QMean.run(
                context,
                x.with(1, 1).with(2, 1),
                range,
                false,
                "globalaveragepool-nhwc-int8",
                (values, from, to) -> GlobalPool.averageNhwc(values, from, pixels, channels, values, to, 0, 1));
    }
}
