package org.lanewise.runtime.ops.ml;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Adds an axis of one element per category, 1 at the category of the input and 0 elsewhere, as {@code FLOAT}; numbers are cut to integers first. ONNX {@code ai.onnx.ml.OneHotEncoder}-1.
 *
 * @param categories the categories, integers or strings
 * @param count how many there are
 * @param zeros whether what is no category gives zeros only; else it is an error
 */
public record OneHotEncoder(Lookup categories, int count, boolean zeros) implements Operator {
    private static final Set<DataType> STRINGS = Set.of(DataType.STRING);

    /** From a node. */
    public static OneHotEncoder create(NodeSpec spec) {
        spec.inputs(1, 1);
        Labels labels = Labels.create(spec, "cats_int64s", "cats_strings");
        long[] ints = labels.ints();
        List<String> strings = labels.strings();
        Tensor keys = ints != null ? Tensor.of(ints) : LabelEncoder.strings(strings == null ? List.of() : strings);
        return new OneHotEncoder(new Lookup(keys), labels.size(), spec.flag("zeros", true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, categories.type() == DataType.STRING ? STRINGS : Rows.NUMERIC);
        PartialShape x = context.inputShape(0);
        PartialShape y = x;
        if (x.isRanked()) {
            long[] dims = Arrays.copyOf(x.toArray(), x.rank() + 1);
            dims[x.rank()] = count;
            y = PartialShape.of(dims);
        }
        context.output(0, DataType.FLOAT, y);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int[] dims = Arrays.copyOf(x.shape().toArray(), x.shape().rank() + 1);
        dims[dims.length - 1] = count;
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(dims));
        Arrays.fill(y.array(), y.offset(), y.offset() + y.size(), 0);
        Tensor keys = x.type().isFloating() ? Tensor.of(x.toLongArray()) : x;
        for (int i = 0; i < x.size(); i++) {
            int place = categories.find(keys, i);
            if (place >= 0) {
                y.array()[y.offset() + i * count + place] = 1;
            } else if (!zeros) {
                throw new IllegalArgumentException(
                        "element " + i + " of the input is none of the " + count + " categories");
            }
        }
    }
}
