package org.lanewise.runtime.optimize;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** What the passes over quantized models look for: {@code QuantizeLinear} and {@code DequantizeLinear} of bytes with one constant scale. */
final class Qdq {
    private Qdq() {}

    /**
     * Bytes with one constant scale and zero point, behind a {@code DequantizeLinear} or before what a {@code QuantizeLinear} makes.
     *
     * @param node the {@code DequantizeLinear} or {@code QuantizeLinear}
     * @param value name of the bytes
     * @param scale name of the scale
     * @param zero name of the zero point
     * @param type {@code UINT8} or {@code INT8}
     * @param scaleValue the scale, a positive number
     * @param zeroValue the zero point
     */
    record Bytes(Node node, String value, String scale, String zero, DataType type, float scaleValue, int zeroValue) {
        /** Whether equal bytes mean equal values in both. */
        boolean agrees(Bytes other) {
            return type == other.type && scaleValue == other.scaleValue && zeroValue == other.zeroValue;
        }

        /** Smallest value of the type. */
        int lowest() {
            return type == DataType.UINT8 ? 0 : Byte.MIN_VALUE;
        }

        /** Largest value of the type. */
        int highest() {
            return lowest() + 255;
        }

        /** The byte's value that {@code QuantizeLinear} gives for {@code x}. */
        int quantized(float x) {
            float quotient = x / scaleValue;
            double steps = Float.isNaN(quotient) ? 0 : Math.rint(quotient);
            return (int) Math.clamp(steps + zeroValue, lowest(), highest());
        }
    }

    private static final Set<DataType> TYPES = Set.of(DataType.UINT8, DataType.INT8);

    /** The bytes that {@code value} is dequantized from, or {@code null}. */
    static @Nullable Bytes dequantized(GraphEditor editor, Inference types, String value) {
        Node node = editor.producer(value);
        if (node == null || !node.is("DequantizeLinear") || node.attributes().containsKey("output_dtype")) {
            return null;
        }
        String x = node.input(0);
        Tensor zero = editor.constant(node.input(2)); // says the type also where an edit of this pass made x
        DataType type = zero != null ? zero.type() : types.elementType(x);
        return type == null ? null : parameters(editor, node, x, type);
    }

    /** What {@code node} makes if it is a {@code QuantizeLinear} of fp32 values to bytes with one constant scale, or {@code null}. */
    static @Nullable Bytes quantized(GraphEditor editor, @Nullable Node node) {
        if (node == null || !node.is("QuantizeLinear") || node.attributes().containsKey("precision")) {
            return null;
        }
        DataType type = DataType.UINT8;
        Tensor zero = editor.constant(node.input(2));
        if (!node.input(2).isEmpty()) {
            type = zero == null ? null : zero.type();
        } else if (node.intAttribute("output_dtype", 0) != 0) {
            type = DataType.ofCode((int) node.intAttribute("output_dtype", 0));
        }
        return type == null || !TYPES.contains(type) ? null : parameters(editor, node, node.output(0), type);
    }

    private static @Nullable Bytes parameters(GraphEditor editor, Node node, String value, DataType type) {
        Tensor scale = editor.constant(node.input(1));
        Tensor zero = editor.constant(node.input(2));
        boolean absent = node.input(2).isEmpty();
        if (!TYPES.contains(type)
                || scale == null
                || scale.type() != DataType.FLOAT
                || scale.size() != 1
                || !(scale.getDouble(0) > 0)
                || !absent && (zero == null || zero.size() != 1 || zero.type() != type)) {
            return null;
        }
        String zeroName =
                absent ? editor.addConstant(value + "_zero", Tensor.allocate(type, Shape.scalar())) : node.input(2);
        int zeroValue = zero == null ? 0 : (int) zero.getLong(0);
        return new Bytes(node, value, node.input(1), zeroName, type, (float) scale.getDouble(0), zeroValue);
    }

    /**
     * Constant bytes, the weights of a product, with what they are dequantized by.
     *
     * @param value name of the bytes
     * @param scale name of the scales, one or one for each channel
     * @param zero name of the zero points, as many; empty for 0
     */
    record Weights(String value, String scale, String zero) {}

    /** The weights behind {@code value}, whose scales may differ along {@code axis}; {@code null} if they are none, {@link #refusal} says why. */
    static @Nullable Weights weights(GraphEditor editor, String value, int axis) {
        Node node = editor.producer(value);
        return node == null || refusal(editor, value, axis) != null
                ? null
                : new Weights(node.input(0), node.input(1), node.input(2));
    }

    /** What keeps {@code value} from being weights of an integer product, or {@code null}. */
    static @Nullable String refusal(GraphEditor editor, String value, int axis) {
        Node node = editor.producer(value);
        if (node == null || !node.is("DequantizeLinear")) {
            return "its weights are not dequantized constants";
        }
        Tensor bytes = editor.constant(node.input(0));
        Tensor scale = editor.constant(node.input(1));
        Tensor zero = editor.constant(node.input(2));
        if (bytes == null || scale == null || !node.input(2).isEmpty() && zero == null) {
            return "its weights are not dequantized constants";
        }
        if (!TYPES.contains(bytes.type())) {
            return "its weights are " + bytes.type().onnxName() + ", expected 8 bits";
        }
        if (scale.type() != DataType.FLOAT || node.attributes().containsKey("output_dtype")) {
            return "its weights are dequantized to another type than float";
        }
        if (scale.size() == 1 && node.intAttribute("block_size", 0) == 0) {
            return null;
        }
        int rank = bytes.shape().rank();
        long given = node.intAttribute("axis", 1);
        boolean perChannel = node.opset() >= 13
                && node.intAttribute("block_size", 0) == 0
                && scale.shape().rank() == 1
                && (given < 0 ? given + rank : given) == axis
                && scale.size() == bytes.shape().dim(axis);
        return perChannel ? null : "its weights have a scale for each block or along another axis than " + axis;
    }

    /**
     * Where the values of a node end: what clamps them, and the quantization behind.
     *
     * @param bytes what is made of them
     * @param low smallest value of a byte
     * @param high largest value of a byte
     * @param activation what is applied to fp32 values before, or {@code null}
     */
    record End(Bytes bytes, int low, int high, @Nullable Activation activation) {}

    /** The same as {@link #end}, with any one activation that kernels know before. */
    static @Nullable End activatedEnd(GraphEditor editor, String value) {
        End plain = end(editor, value);
        Node next = plain == null ? editor.onlyConsumer(value) : null;
        Activation activation = next == null ? null : Activations.of(editor, next);
        End behind = next == null || activation == null ? null : end(editor, next.output(0));
        return behind == null ? plain : new End(behind.bytes, behind.low, behind.high, activation);
    }

    /**
     * The {@code QuantizeLinear} that is the only user of {@code value}, with {@code Relu} and {@code Clip} between; {@code null} if there is none. Quantizing never
     * decreases, so a clamp before it is a clamp behind it.
     */
    static @Nullable End end(GraphEditor editor, String value) {
        Node next = editor.onlyConsumer(value);
        Activation clamp = null;
        float low = Float.NEGATIVE_INFINITY;
        float high = Float.POSITIVE_INFINITY;
        while (next != null && (clamp = clamp(editor, next)) != null) {
            boolean relu = clamp.kind() == Activation.Kind.RELU;
            float from = relu ? 0 : clamp.alpha();
            float to = relu ? Float.POSITIVE_INFINITY : clamp.beta();
            low = Math.clamp(low, from, to);
            high = Math.clamp(high, from, to);
            next = editor.onlyConsumer(next.output(0));
        }
        Bytes bytes = quantized(editor, next);
        return bytes == null ? null : new End(bytes, bytes.quantized(low), bytes.quantized(high), null);
    }

    private static @Nullable Activation clamp(GraphEditor editor, Node node) {
        Activation activation = Activations.of(editor, node);
        return activation != null
                        && (activation.kind() == Activation.Kind.RELU || activation.kind() == Activation.Kind.CLIP)
                ? activation
                : null;
    }
}
