package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = (x - offset) scale} as {@code FLOAT}, offset and scale per feature of the last axis or one for all. ONNX {@code ai.onnx.ml.Scaler}-1.
 *
 * @param offset taken off first
 * @param scale multiplied then
 */
public record Scaler(float[] offset, float[] scale) implements Operator {
    /** From a node. */
    public static Scaler create(NodeSpec spec) {
        spec.inputs(1, 1);
        float[] offset = spec.floatsAttribute("offset");
        float[] scale = spec.floatsAttribute("scale");
        Scaler scaler = new Scaler(offset == null ? new float[] {0} : offset, scale == null ? new float[] {1} : scale);
        if (offset != null && scale != null && offset.length != scale.length) {
            throw spec.refuse("offset has " + offset.length + " values, scale " + scale.length);
        }
        return scaler;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, Rows.NUMERIC);
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() > 0 && x.dim(-1) >= 0) {
            check(x.dim(-1));
        }
        context.output(0, DataType.FLOAT, x);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        check(x.shape().rank() == 0 ? 1 : x.shape().dim(-1));
        Rows.map(context, x, DataType.FLOAT, (values, column, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = (values[i] - offset[offset.length == 1 ? 0 : column + i])
                        * scale[scale.length == 1 ? 0 : column + i];
            }
        });
    }

    private void check(long features) {
        for (float[] values : new float[][] {offset, scale}) {
            if (values.length != 1 && values.length != features) {
                throw new IllegalArgumentException("offset or scale has " + values.length
                        + " values, expected 1 or the number of features " + features);
            }
        }
    }
}
