package org.lanewise.runtime.ops.ml;

import java.util.ArrayList;
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
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Makes each row of scores, (N, C) or (C) for one row, a map from the labels of its columns. ONNX {@code ai.onnx.ml.ZipMap}-1.
 *
 * @param labels strings or {@code INT64}, one a column
 */
public record ZipMap(Tensor labels) implements Operator {
    /** From a node. */
    public static ZipMap create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new ZipMap(Maps.keys(spec, "classlabels_int64s", "classlabels_strings"));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, Set.of(DataType.FLOAT));
        Rows.count(context.inputShape(0), labels.size());
        context.output(0, new ValueType.SequenceOf(map()));
    }

    private ValueType map() {
        return new ValueType.MapOf(labels.type(), DataType.FLOAT);
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        int rows = Rows.count(x.shape(), labels.size());
        List<OnnxValue> maps = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            int from = x.offset() + row * labels.size();
            maps.add(new MapValue(labels, Tensor.of(Arrays.copyOfRange(x.array(), from, from + labels.size()))));
        }
        context.output(0, new SequenceValue(map(), maps));
    }
}
