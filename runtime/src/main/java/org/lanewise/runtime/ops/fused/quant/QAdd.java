package org.lanewise.runtime.ops.fused.quant;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;

/**
 * {@code Y = clamp(round((aScale (A - aZero) + bScale (B - bZero)) / yScale) + yZero, low, high)} of bytes, ties to even, A and B broadcast against each other. Inputs A, its scale and zero point, B, its scale and zero point,
 * and the scale and zero point of Y, all constant but A and B; types may differ. {@code org.lanewise.QAdd}, made by passes.
 *
 * @param range what bytes are cut off at
 * @param zeroFirst whether the zero point is added before rounding ({@code zero_first}), as com.microsoft rounds; then all types are one, and results are not cut off
 */
public record QAdd(ByteRange range, boolean zeroFirst) implements Operator, Repeatable {
    /** From a node. */
    public static QAdd create(NodeSpec spec) {
        spec.inputs(8, 8);
        return new QAdd(ByteRange.read(spec), QBinary.zeroFirst(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        QBinary.inferShapes(context);
    }

    @Override
    public boolean readsAhead(int i) {
        return QBinary.readsAhead(i);
    }

    @Override
    public void run(OpContext context) {
        QBinary.run(context, range, zeroFirst, true);
    }
}
