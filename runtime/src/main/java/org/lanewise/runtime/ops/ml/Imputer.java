package org.lanewise.runtime.ops.ml;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Replaces the elements that equal {@code replaced} (NaN equals NaN) by the value imputed to their feature. ONNX {@code ai.onnx.ml.Imputer}-1.
 *
 * @param floats values for floating inputs, one for each feature of the last axis or one for all
 * @param replacedFloat what floating inputs have in place of missing values
 * @param ints values for integer inputs
 * @param replacedInt what integer inputs have in place of missing values
 */
public record Imputer(float @Nullable [] floats, float replacedFloat, long @Nullable [] ints, long replacedInt)
        implements Operator, InPlace {
    /** From a node. */
    public static Imputer create(NodeSpec spec) {
        spec.inputs(1, 1);
        float[] floats = spec.floatsAttribute("imputed_value_floats");
        long[] ints = spec.intsAttribute("imputed_value_int64s");
        boolean hasFloats = floats != null && floats.length > 0;
        boolean hasInts = ints != null && ints.length > 0;
        if (hasFloats == hasInts) {
            throw spec.refuse("needs either imputed_value_floats or imputed_value_int64s");
        }
        return new Imputer(
                hasFloats ? floats : null,
                spec.floatAttribute("replaced_value_float", 0),
                hasInts ? ints : null,
                spec.intAttribute("replaced_value_int64", 0));
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Rows.NUMERIC);
        PartialShape x = context.inputShape(0);
        check(type, x.isRanked() && x.rank() > 0 ? x.dim(-1) : PartialShape.UNKNOWN);
        context.output(0, type, x);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        check(x.type(), x.shape().rank() == 0 ? 1 : x.shape().dim(-1));
        float[] f = floats;
        long[] l = ints;
        if (f != null) {
            Rows.map(context, x, x.type(), (values, column, n) -> {
                for (int i = 0; i < n; i++) {
                    boolean missing =
                            values[i] == replacedFloat || Float.isNaN(replacedFloat) && Double.isNaN(values[i]);
                    values[i] = missing ? f[f.length == 1 ? 0 : column + i] : values[i];
                }
            });
        } else if (l != null) {
            Tensor y = context.output(0, x.type(), x.shape());
            int width = x.shape().rank() == 0 ? 1 : x.shape().dim(-1);
            long[] values = new long[width];
            for (int at = 0; at < x.size(); at += width) {
                Elements.read(x, at, 1, values, width);
                for (int i = 0; i < width; i++) {
                    values[i] = values[i] == replacedInt ? l[l.length == 1 ? 0 : i] : values[i];
                }
                Elements.write(values, y, at, width);
            }
        }
    }

    private void check(DataType type, long features) {
        if (type.isFloating() != (floats != null)) {
            throw new IllegalArgumentException("the input is " + type.onnxName() + ", the imputed values are "
                    + (floats != null ? "floats" : "integers"));
        }
        int n = floats != null ? floats.length : ints != null ? ints.length : 0;
        if (n != 1 && features >= 0 && n != features) {
            throw new IllegalArgumentException(
                    "there are " + n + " imputed values, expected 1 or the number of features " + features);
        }
    }
}
