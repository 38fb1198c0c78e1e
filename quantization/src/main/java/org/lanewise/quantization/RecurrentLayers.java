package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Scope;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code LSTM} layers as {@code DynamicQuantizeLSTM} of {@code com.microsoft}: input and recurrent weights are int8, stored as (directions, inputs, 4 * hidden), with a scale for each of the
 * 4 * hidden columns of a direction or one a direction; gates are computed in fp32.
 */
final class RecurrentLayers {
    private static final int LARGEST = 127;

    /** Inputs of {@code LSTM}: X, W, R, B, sequence lengths, initial state, initial cell, peepholes. */
    private static final int INPUTS = 8;

    private RecurrentLayers() {}

    /** The layers that can be quantized. */
    static List<Node> find(Scope scope) {
        return scope.editor().nodes().stream()
                .filter(node -> node.is("LSTM")
                        && node.opset() >= 7
                        && node.intAttribute("layout", 0) == 0
                        && isWeight(scope.initializer(node.input(1)))
                        && isWeight(scope.initializer(node.input(2))))
                .toList();
    }

    private static boolean isWeight(@Nullable Initializer constant) {
        return constant != null
                && constant.type() == DataType.FLOAT
                && constant.shape().rank() == 3;
    }

    /** Rewrites a layer; returns the bytes of its new weights. */
    static long rewrite(Scope scope, Node node, boolean perChannel) {
        List<String> inputs = new ArrayList<>(node.inputs());
        while (inputs.size() < INPUTS) {
            inputs.add("");
        }
        long bytes = 0;
        for (int i = 1; i <= 2; i++) {
            String name = node.input(i);
            Shape shape = Objects.requireNonNull(scope.initializer(name)).shape();
            List<String> constants = scope.derive(name, "gates", () -> quantized(scope.constant(name), perChannel));
            inputs.set(i, constants.getFirst());
            inputs.addAll(constants.subList(1, constants.size()));
            bytes += shape.size() + 5L * shape.dim(0) * (perChannel ? shape.dim(1) : 1);
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.remove("layout");
        Node quantized =
                new Node(node.name(), "com.microsoft", "DynamicQuantizeLSTM", 1, inputs, node.outputs(), attributes);
        scope.editor().replace(node, quantized, "quantized dynamically");
        return bytes;
    }

    /** The constants that weights become: integers, scales and zero points. */
    private static Map<String, Tensor> quantized(Tensor weights, boolean perChannel) {
        Shape shape = weights.shape();
        int directions = shape.dim(0);
        int columns = shape.dim(1);
        int depth = shape.dim(2);
        int scaleCount = perChannel ? columns : 1;
        float[] scales = new float[directions * scaleCount];
        float[] w = weights.toFloatArray();
        for (int j = 0; j < w.length; j++) {
            int at = scaleIndex(j, columns, depth, scaleCount);
            scales[at] = Math.max(scales[at], Math.abs(w[j]));
        }
        for (int j = 0; j < scales.length; j++) {
            scales[j] = Weights.scale(scales[j], 0, 1);
        }
        byte[] q = new byte[w.length];
        for (int j = 0; j < w.length; j++) {
            int direction = j / (columns * depth);
            int column = j / depth % columns;
            q[(direction * depth + j % depth) * columns + column] = (byte)
                    Math.clamp(Math.rint(w[j] / scales[scaleIndex(j, columns, depth, scaleCount)]), -LARGEST, LARGEST);
        }
        Shape perScale = perChannel ? Shape.of(directions, columns) : Shape.of(directions);
        Map<String, Tensor> constants = new LinkedHashMap<>();
        constants.put("_quantized", new ByteTensor(DataType.INT8, Shape.of(directions, depth, columns), q, 0));
        constants.put("_scale", Tensor.wrap(DataType.FLOAT, perScale, scales, 0));
        constants.put("_zero_point", new ByteTensor(DataType.INT8, perScale, new byte[scales.length], 0));
        return constants;
    }

    private static int scaleIndex(int weight, int columns, int depth, int scaleCount) {
        int direction = weight / (columns * depth);
        return scaleCount == 1 ? direction : direction * scaleCount + weight / depth % columns;
    }
}
