package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Makes {@code MatMulInteger} or {@code ConvInteger} with constant weights, the {@code Cast} of its sums to fp32 and the {@code Mul} by the scales behind it one {@code org.lanewise.QMatMul} or {@code QConv} with
 * an end in fp32, which {@link EpilogueFusion} then completes with bias, residual and activation. The {@code DynamicQuantizeLinear} before it stays, since several products share what it makes. The
 * input of a convolution needs a constant scale and zero point: {@code QConv} prepares its weights and its padding for them.
 */
public final class DynamicQuantFusion implements Pass {
    private static final Set<DataType> BYTES = Set.of(DataType.UINT8, DataType.INT8);

    @Override
    public String name() {
        return "dynamic-quantization";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("MatMulInteger") || node.is("ConvInteger")) {
                String refusal = fuse(editor, types, node);
                if (refusal != null) {
                    editor.refuse(node, refusal);
                }
            }
        });
    }

    /**
     * What sums are multiplied by.
     *
     * @param x name of the scale of the left-hand side, one value
     * @param w name of the scales of the weights; empty for 1
     */
    private record Scales(String x, String w) {}

    /** Fuses, or says why not. */
    private static @Nullable String fuse(GraphEditor editor, Inference types, Node node) {
        boolean conv = node.is("ConvInteger");
        Tensor w = editor.constant(node.input(1));
        DataType xType = types.elementType(node.input(0));
        if (w == null || xType == null || !BYTES.contains(xType)) {
            return "its weights are not constant";
        }
        int rank = types.shape(node.input(0)).rank();
        if (conv ? w.shape().rank() != 3 && w.shape().rank() != 4 : w.shape().rank() != 2 || rank < 2) {
            return conv ? "it has not 1 or 2 spatial axes" : "it is no product with one matrix";
        }
        int channels = w.shape().dim(conv ? 0 : 1);
        Tensor wZero = editor.constant(node.input(3));
        if (!node.input(3).isEmpty() && (wZero == null || wZero.size() != 1 && wZero.size() != channels)) {
            return "the zero points of its weights are not constant";
        }
        if (!node.input(2).isEmpty() && !isSingle(types, node.input(2))) {
            return "the zero point of its input is not known to be one value";
        }
        Node cast = editor.onlyConsumer(node.output(0));
        if (cast == null || !cast.is("Cast") || cast.intAttribute("to", 0) != DataType.FLOAT.code()) {
            return "its sums are not only cast to float";
        }
        Node mul = editor.onlyConsumer(cast.output(0));
        if (mul == null || !mul.is("Mul") || !Rewrites.keepsRank(types, cast.output(0), mul.output(0))) {
            return "its sums are not only multiplied by a scale";
        }
        Scales scales = scales(editor, types, Rewrites.other(mul, cast.output(0)), channels, conv);
        if (scales == null) {
            return "what its sums are multiplied by is not one scale times constant scales of the channels";
        }
        if (conv && !isConstant(editor, node, scales)) {
            return "the scale or zero point of its input is computed in the run";
        }
        String xZero = node.input(2).isEmpty() ? zero(editor, node.input(0), xType) : node.input(2);
        String wZeros = node.input(3).isEmpty() ? zero(editor, node.input(1), w.type()) : node.input(3);
        String wScale = scales.w().isEmpty()
                ? editor.addConstant(node.input(1) + "_scale", Tensor.scalar(1f))
                : vector(editor, scales.w());
        List<String> inputs = List.of(node.input(0), scales.x(), xZero, node.input(1), wScale, wZeros);
        Map<String, org.lanewise.runtime.graph.Attribute> attributes = conv ? node.attributes() : Map.of();
        Node fused = QuantizedNodes.node(node, conv ? "QConv" : "QMatMul", inputs, null, mul.output(0), attributes);
        editor.fuse(
                node,
                mul,
                conv ? QuantizedNodes.channelsLast(editor, fused, w.shape().rank()) : List.of(fused),
                "takes the cast and the scales of its sums in");
        return null;
    }

    /** Whether the left-hand side has a scale and zero point that the weights can be prepared for. */
    private static boolean isConstant(GraphEditor editor, Node node, Scales scales) {
        return editor.constant(scales.x()) != null
                && (node.input(2).isEmpty() || editor.constant(node.input(2)) != null);
    }

    private static String zero(GraphEditor editor, String value, DataType type) {
        return editor.addConstant(value + "_zero", Tensor.allocate(type, Shape.scalar()));
    }

    private static String vector(GraphEditor editor, String name) {
        Tensor constant = editor.constant(name);
        return constant == null || constant.shape().rank() <= 1
                ? name
                : editor.addConstant(name + "_vector", constant.reshape(Shape.of(constant.size())));
    }

    /** Takes a scale apart into that of the left-hand side and that of the weights. */
    private static @Nullable Scales scales(
            GraphEditor editor, Inference types, String scale, int channels, boolean conv) {
        Node product = editor.producer(scale);
        if (product != null && product.is("Mul")) {
            for (int i = 0; i < 2; i++) {
                Tensor constant = editor.constant(product.input(i));
                if (constant != null
                        && isPerChannel(constant, channels, conv)
                        && isSingle(types, product.input(1 - i))) {
                    return new Scales(product.input(1 - i), product.input(i));
                }
            }
        }
        return isSingle(types, scale) ? new Scales(scale, "") : null;
    }

    /** Whether a constant has one value, or one for each column or, as (M, 1, ...), each output channel. */
    private static boolean isPerChannel(Tensor constant, int channels, boolean conv) {
        if (constant.type() != DataType.FLOAT || constant.size() != 1 && constant.size() != channels) {
            return false;
        }
        Shape shape = constant.shape();
        if (constant.size() == 1 || !conv) {
            return constant.size() == 1 || shape.rank() >= 1 && shape.dim(-1) == channels;
        }
        return shape.rank() >= 3 && shape.dim(shape.rank() - 1) == 1 && shape.dim(shape.rank() - 2) == 1
                || shape.rank() == 2 && shape.dim(1) == 1;
    }

    private static boolean isSingle(Inference types, String value) {
        PartialShape shape = types.shape(value);
        return shape.isKnown() && shape.size() == 1;
    }
}
