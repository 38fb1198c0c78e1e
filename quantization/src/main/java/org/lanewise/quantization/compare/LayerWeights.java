package org.lanewise.quantization.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The constant weights of a layer, biases left out.
 *
 * @param elements how many there are; packed ones (several to a byte) count as stored
 * @param zeros how many stand for zero: equal to their zero point if they are codes; -1 where packing hides it
 * @param bytes their bytes in the file
 * @param type their type in the file
 */
public record LayerWeights(long elements, long zeros, long bytes, DataType type) {
    /**
     * Codes or numbers, with what turns them into numbers.
     *
     * @param name of the constant in the file
     * @param values its elements
     * @param zeroPoints of codes: one, or one for each index along the axis; zero for numbers
     * @param scales the same for scales; {@code null} if they are not known here
     * @param axis of zero points and scales
     */
    record Stored(String name, Tensor values, int[] zeroPoints, float @Nullable [] scales, int axis) {
        int zeroPoint(int i) {
            return zeroPoints[channel(zeroPoints.length, i)];
        }

        /** Which of {@code count} parameters element {@code i} has. */
        int channel(int count, int i) {
            Shape shape = values.shape();
            if (count == 1) {
                return 0;
            }
            int at = Shape.axis(axis, shape.rank());
            return i / shape.sizeBetween(at + 1, shape.rank()) % shape.dim(at);
        }
    }

    /** The weights of a node, {@code null} if it has none. Both matrices of a recurrent layer count. */
    static @Nullable LayerWeights of(GraphIndex graph, Node node, OperatorForm form) {
        boolean recurrent = List.of("LSTM", "GRU", "RNN").contains(form.operator());
        LayerWeights first = of(graph, node, form, form.weight());
        LayerWeights second = recurrent ? of(graph, node, form, form.weight() + 1) : null;
        return first == null || second == null
                ? first
                : new LayerWeights(
                        first.elements + second.elements,
                        first.zeros < 0 || second.zeros < 0 ? -1 : first.zeros + second.zeros,
                        first.bytes + second.bytes,
                        first.type);
    }

    private static @Nullable LayerWeights of(GraphIndex graph, Node node, OperatorForm form, int input) {
        Stored stored = stored(graph, node, form, input);
        if (stored == null) {
            return null;
        }
        Tensor values = stored.values;
        boolean packed = node.opType().equals("MatMulNBits") || !fits(stored);
        long zeros = packed ? -1 : 0;
        for (int i = 0; !packed && i < values.size(); i++) {
            zeros += values.getDouble(i) == stored.zeroPoint(i) ? 1 : 0;
        }
        return new LayerWeights(values.size(), zeros, graph.bytes(stored.name), values.type());
    }

    /** Whether there is a zero point for each index along the axis, as there is not for blocks. */
    private static boolean fits(Stored stored) {
        Shape shape = stored.values.shape();
        int axis = stored.axis < 0 ? stored.axis + shape.rank() : stored.axis;
        return stored.zeroPoints.length == 1
                || axis >= 0 && axis < shape.rank() && shape.dim(axis) == stored.zeroPoints.length;
    }

    /** What is in the file for an input, looked for behind {@code DequantizeLinear} and what only moves. */
    static @Nullable Stored stored(GraphIndex graph, Node node, OperatorForm form, int input) {
        if (input < 0 || !graph.isConstant(node.input(input))) {
            return null;
        }
        String name = node.input(input);
        Tensor zero = form.weightZero() < 0 ? null : graph.constant(node.input(form.weightZero()));
        // Conv weights have their output channels first, matrices last
        int axis = form.operator().equals("Conv") ? 0 : -1;
        // Inference knows small constants behind a DequantizeLinear, too: it is the stored ones that count
        for (Node producer = graph.producer(name); producer != null; producer = graph.producer(name)) {
            if (producer.inputs().isEmpty()) {
                break;
            }
            name = producer.input(0);
            if (producer.is("DequantizeLinear")) {
                Tensor values = graph.constant(name);
                Tensor scale = graph.constant(producer.input(1));
                Tensor zeros = graph.constant(producer.input(2));
                return values == null || scale == null
                        ? null
                        : new Stored(
                                name,
                                values,
                                zeros == null ? new int[1] : zeros.toIntArray(),
                                scale.toFloatArray(),
                                (int) producer.intAttribute("axis", 1));
            }
        }
        Tensor values = graph.constant(name);
        return values == null
                ? null
                : new Stored(name, values, zero == null ? new int[1] : zero.toIntArray(), null, axis);
    }
}
