package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Puts the values of a map into a row, (1, C), in the order of the vocabulary; 0 or the empty string where the map has no such key. Keys that are not in the vocabulary are left out. ONNX {@code
 * ai.onnx.ml.DictVectorizer}-1.
 *
 * @param vocabulary strings or {@code INT64}
 */
public record DictVectorizer(Tensor vocabulary) implements Operator {
    /** From a node. */
    public static DictVectorizer create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new DictVectorizer(Maps.keys(spec, "int64_vocabulary", "string_vocabulary"));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType values = Maps.valueType(context, vocabulary.type());
        context.output(0, values, PartialShape.of(1, vocabulary.size()));
    }

    @Override
    public void run(OpContext context) {
        MapValue map = Maps.map(context, vocabulary.type());
        Tensor y = context.output(0, map.values().type(), Shape.of(1, vocabulary.size()));
        Lookup keys = new Lookup(map.keys());
        Tensor nothing = Tensor.allocate(y.type(), Shape.of(1));
        for (int i = 0; i < y.size(); i++) {
            int place = keys.find(vocabulary, i);
            y.copyFrom(i, place < 0 ? nothing : map.values(), Math.max(0, place), 1);
        }
    }
}
