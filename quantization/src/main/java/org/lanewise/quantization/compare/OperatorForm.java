package org.lanewise.quantization.compare;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Node;

/**
 * What a layer's operator does, whatever it computes in: {@code Conv}, {@code QLinearConv} and {@code ConvInteger} are forms of one. Numbers are indices of inputs, -1 for none.
 *
 * @param operator what it does, by the name of the fp32 operator; {@code Gemm} is a {@code MatMul}
 * @param weight its constant weights, if that input is constant
 * @param weightZero their zero point
 * @param inputZero the zero point of the first factor
 * @param outputScale the scale of its output, whose zero point follows
 */
record OperatorForm(String operator, int weight, int weightZero, int inputZero, int outputScale) {
    private static final Map<String, OperatorForm> FORMS = Map.ofEntries(
            product("Conv", "Conv"),
            product("FusedConv", "Conv"),
            Map.entry("ConvInteger", new OperatorForm("Conv", 1, 3, 2, -1)),
            Map.entry("QLinearConv", new OperatorForm("Conv", 3, 5, 2, 6)),
            product("ConvTranspose", "ConvTranspose"),
            product("MatMul", "MatMul"),
            product("FusedMatMul", "MatMul"),
            product("Gemm", "MatMul"),
            product("FusedGemm", "MatMul"),
            product("MatMulNBits", "MatMul"),
            Map.entry("MatMulInteger", new OperatorForm("MatMul", 1, 3, 2, -1)),
            Map.entry("QLinearMatMul", new OperatorForm("MatMul", 3, 5, 2, 6)),
            Map.entry("QGemm", new OperatorForm("MatMul", 3, 5, 2, 7)),
            Map.entry("DynamicQuantizeMatMul", new OperatorForm("MatMul", 1, 3, -1, -1)),
            Map.entry("MatMulIntegerToFloat", new OperatorForm("MatMul", 1, 5, 4, -1)),
            product("LSTM", "LSTM"),
            product("DynamicQuantizeLSTM", "LSTM"),
            product("GRU", "GRU"),
            product("RNN", "RNN"),
            product("Attention", "Attention"),
            Map.entry("QAttention", new OperatorForm("Attention", 1, 7, 6, -1)),
            plain("Add", "Add", -1),
            plain("QLinearAdd", "Add", 6),
            plain("Mul", "Mul", -1),
            plain("QLinearMul", "Mul", 6),
            plain("Concat", "Concat", -1),
            plain("QLinearConcat", "Concat", 0),
            plain("AveragePool", "AveragePool", -1),
            plain("QLinearAveragePool", "AveragePool", 3),
            plain("GlobalAveragePool", "GlobalAveragePool", -1),
            plain("QLinearGlobalAveragePool", "GlobalAveragePool", 3),
            plain("MaxPool", "MaxPool", -1),
            plain("GlobalMaxPool", "GlobalMaxPool", -1),
            plain("Softmax", "Softmax", -1),
            plain("QLinearSoftmax", "Softmax", 3),
            plain("LayerNormalization", "LayerNormalization", -1),
            plain("SkipLayerNormalization", "SkipLayerNormalization", -1),
            plain("RMSNormalization", "RMSNormalization", -1),
            plain("InstanceNormalization", "InstanceNormalization", -1),
            plain("GroupNormalization", "GroupNormalization", -1),
            plain("Resize", "Resize", -1));

    /** Element-wise functions that belong to the layer before them. */
    private static final Set<String> ACTIVATIONS = Set.of(
            "Relu",
            "Clip",
            "LeakyRelu",
            "PRelu",
            "Sigmoid",
            "HardSigmoid",
            "HardSwish",
            "Tanh",
            "Elu",
            "Selu",
            "Celu",
            "Gelu",
            "FastGelu",
            "QuickGelu",
            "Mish",
            "Swish",
            "Softplus",
            "Softsign",
            "ThresholdedRelu",
            "BatchNormalization",
            "BiasGelu");

    /** The same on codes; scale and zero point of their output are inputs 3 and 4. */
    private static final Set<String> CODE_ACTIVATIONS = Set.of("QLinearSigmoid", "QLinearLeakyRelu");

    private static final Set<String> JOINING = Set.of("Add", "Mul", "Concat");

    private static Map.Entry<String, OperatorForm> product(String opType, String operator) {
        return Map.entry(opType, new OperatorForm(operator, 1, -1, -1, -1));
    }

    private static Map.Entry<String, OperatorForm> plain(String opType, String operator, int outputScale) {
        return Map.entry(opType, new OperatorForm(operator, -1, -1, -1, outputScale));
    }

    /** The form of a node, {@code null} if it is of no kind that makes a layer. */
    static @Nullable OperatorForm of(Node node) {
        return FORMS.get(node.opType());
    }

    static boolean isActivation(Node node) {
        return ACTIVATIONS.contains(node.opType()) || CODE_ACTIVATIONS.contains(node.opType());
    }

    /** Index of the scale of a node's output in a graph of integer operators, -1 where the output has none. */
    static int outputScale(Node node) {
        OperatorForm form = of(node);
        return CODE_ACTIVATIONS.contains(node.opType()) ? 3 : form == null ? -1 : form.outputScale;
    }

    /** Whether it multiplies by weights, so that a bias may follow. */
    boolean isProduct() {
        return weight >= 0;
    }

    /** Whether it is a layer only where two values of the run meet: with a constant it is part of another. */
    boolean isJoining() {
        return JOINING.contains(operator);
    }
}
