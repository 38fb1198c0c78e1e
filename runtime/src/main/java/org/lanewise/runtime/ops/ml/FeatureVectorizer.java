package org.lanewise.runtime.ops.ml;

import java.util.Arrays;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Puts the features of all inputs, (N, C) or (C) for one row, side by side as {@code FLOAT}; an input with more or fewer features than its place has is cut or filled with zeros. ONNX {@code ai.onnx.ml.FeatureVectorizer}-1.
 *
 * @param widths features that each input has in the output
 */
public record FeatureVectorizer(long[] widths) implements Operator {
    /** From a node. */
    public static FeatureVectorizer create(NodeSpec spec) {
        spec.inputs(1, Integer.MAX_VALUE);
        long[] widths = spec.intsAttribute("inputdimensions");
        if (widths == null || widths.length != spec.inputCount()) {
            throw spec.refuse("inputdimensions must have one entry for each of the " + spec.inputCount() + " inputs");
        }
        long sum = 0;
        for (long width : widths) {
            if (width < 0 || (sum += width) > Integer.MAX_VALUE) {
                throw spec.refuse("inputdimensions has " + width + ", expected sizes of at most 2^31-1 together");
            }
        }
        return new FeatureVectorizer(widths);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        long rows = PartialShape.UNKNOWN;
        for (int i = 0; i < widths.length; i++) {
            Types.check(context, i, Rows.NUMERIC);
            rows = merge(rows, Rows.count(context.inputShape(i), -1));
        }
        context.output(
                0, DataType.FLOAT, PartialShape.of(rows, Arrays.stream(widths).sum()));
    }

    @Override
    public void run(OpContext context) {
        long known = PartialShape.UNKNOWN;
        for (int i = 0; i < widths.length; i++) {
            known = merge(known, Rows.count(context.input(i).shape(), -1));
        }
        int rows = (int) known;
        int width = (int) Arrays.stream(widths).sum();
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(rows, width));
        Arrays.fill(y.array(), y.offset(), y.offset() + y.size(), 0);
        int column = 0;
        for (int i = 0; i < widths.length; i++) {
            Tensor x = context.input(i);
            int own = x.shape().dim(-1);
            int used = (int) Math.min(widths[i], own);
            double[] values = context.scratch().doubles(used);
            for (int row = 0; row < rows; row++) {
                Elements.read(x, row * own, 1, values, used);
                Elements.write(values, y, row * width + column, used);
            }
            column += (int) widths[i];
        }
    }

    private static long merge(long rows, long more) {
        if (rows >= 0 && more >= 0 && rows != more) {
            throw new IllegalArgumentException(
                    "inputs have " + rows + " and " + more + " rows, expected the same number");
        }
        return Math.max(rows, more);
    }
}
