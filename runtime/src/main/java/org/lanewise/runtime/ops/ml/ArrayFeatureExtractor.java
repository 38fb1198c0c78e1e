package org.lanewise.runtime.ops.ml;

import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/** Picks elements of the last axis: {@code z[..., k] = x[..., y[k]]}; a vector gives one row (1, K). ONNX {@code ai.onnx.ml.ArrayFeatureExtractor}-1. */
public record ArrayFeatureExtractor() implements Operator {
    private static final Set<DataType> INDICES = Set.of(DataType.INT64);
    private static final Set<DataType> TYPES =
            Set.of(DataType.FLOAT, DataType.DOUBLE, DataType.INT64, DataType.INT32, DataType.STRING);

    /** From a node. */
    public static ArrayFeatureExtractor create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new ArrayFeatureExtractor();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, TYPES);
        Types.check(context, 1, INDICES);
        PartialShape x = context.inputShape(0);
        PartialShape y = context.inputShape(1);
        context.output(0, type, x.isRanked() ? shape(x, y.isKnown() ? y.size() : PartialShape.UNKNOWN) : x);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Tensor y = context.input(1);
        int picks = y.size();
        Tensor z = context.output(
                0, x.type(), shape(PartialShape.of(x.shape()), picks).toShape());
        int width = x.shape().dim(-1);
        int rows = x.shape().sizeBetween(0, x.shape().rank() - 1);
        for (int k = 0; k < picks; k++) {
            long index = y.getLong(k);
            if (index < 0 || index >= width) {
                throw new IllegalArgumentException(
                        "index " + index + " is outside 0.." + (width - 1) + " of the last axis of " + x);
            }
            for (int row = 0; row < rows; row++) {
                z.copyFrom(row * picks + k, x, row * width + (int) index, 1);
            }
        }
    }

    private static PartialShape shape(PartialShape x, long picks) {
        if (x.rank() == 0) {
            throw new IllegalArgumentException("the input is a scalar, expected a vector or more");
        }
        return x.rank() == 1 ? PartialShape.of(1, picks) : x.with(-1, picks);
    }
}
