package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
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

/** The distinct values of x (L) in the order in which they come first, where among them each value is (L), and how often each of them comes. The two zeros are one value, each NaN is one of its own. {@code com.microsoft.Unique}-1. */
public record Unique() implements Operator {
    /** From a node. */
    public static Unique create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Unique();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Set.of(DataType.FLOAT));
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() != 1) {
            throw new IllegalArgumentException("x has shape " + x + ", expected rank 1");
        }
        context.output(0, type, PartialShape.ofRank(1));
        context.output(1, DataType.INT64, x.isRanked() ? x : PartialShape.ofRank(1));
        context.output(2, DataType.INT64, PartialShape.ofRank(1));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        if (x.shape().rank() != 1) {
            throw new IllegalArgumentException("x has shape " + x.shape() + ", expected rank 1");
        }
        int n = x.size();
        float[] values = new float[n];
        long[] places = new long[n];
        long[] counts = new long[n];
        Map<Float, Integer> known = new HashMap<>();
        int distinct = 0;
        for (int i = 0; i < n; i++) {
            float value = x.get(i);
            Integer place = Float.isNaN(value) ? null : known.get(value + 0f); // -0 + 0 is 0
            if (place == null) {
                place = distinct++;
                values[place] = value;
                known.put(value + 0f, place);
            }
            places[i] = place;
            counts[place]++;
        }
        context.output(0, Tensor.of(Arrays.copyOf(values, distinct), distinct));
        context.output(1, Tensor.of(places, n));
        context.output(2, Tensor.wrap(DataType.INT64, Shape.of(distinct), Arrays.copyOf(counts, distinct), 0));
    }
}
