package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Folds an inference {@code BatchNormalization} with constant parameters, {@code y = (x - mean) / sqrt(var + epsilon) * scale + B}, into the {@code Conv} or {@code ConvTranspose} before it: {@code W' =
 * W * s}, {@code B' = (B - mean) * s + B_norm} with {@code s = scale / sqrt(var + epsilon)} (computed in double). One that follows no convolution becomes a
 * {@code Mul} and an {@code Add}. A constant per channel that an {@code Add} adds to a convolution goes into its bias first.
 */
public final class ConvBatchNorm implements Pass {
    /** {@code y = x * factor + offset}, per channel. */
    private record Affine(double[] factor, double[] offset) {}

    @Override
    public String name() {
        return "conv-batch-norm";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("Add") && node.opset() >= 7) {
                addToBias(editor, types, node);
                return;
            }
            Affine affine = node.is("BatchNormalization") && types.elementType(node.input(0)) == DataType.FLOAT
                    ? affine(editor, node)
                    : null;
            if (affine == null) {
                return;
            }
            Node conv = convolution(editor, node.input(0), node);
            Tensor weights = conv == null ? null : editor.constant(conv.input(1));
            if (conv != null && weights != null) {
                foldIntoConv(editor, node, conv, weights, affine);
            } else if (types.shape(node.input(0)).isRanked()) {
                scaleAndShift(editor, node, affine, types.shape(node.input(0)).rank());
            }
        });
    }

    /** The convolution with constant weights and bias that makes the value, if nobody but {@code reader} reads it. */
    private static @Nullable Node convolution(GraphEditor editor, String value, Node reader) {
        Node conv = editor.producer(value);
        return conv != null
                        && (conv.is("Conv") || conv.is("ConvTranspose"))
                        && editor.isConstant(conv.input(1))
                        && (conv.input(2).isEmpty() || editor.isConstant(conv.input(2)))
                        && editor.onlyConsumer(value) == reader
                ? conv
                : null;
    }

    /** Folds a constant per channel that is added to a convolution into its bias. */
    private static void addToBias(GraphEditor editor, Inference types, Node add) {
        for (int i = 0; i < 2; i++) {
            Node conv = convolution(editor, add.input(i), add);
            Tensor constant = editor.constant(add.input(1 - i));
            if (conv == null || constant == null || types.elementType(add.input(i)) != DataType.FLOAT) {
                continue;
            }
            int channels = channels(editor, conv);
            int rank = types.shape(add.input(i)).rank();
            Shape shape = constant.shape();
            boolean perChannel = rank >= 3
                    && constant.size() == channels
                    && shape.rank() <= rank
                    && shape.rank() >= rank - 1
                    && shape.dim(shape.rank() - rank + 1) == channels;
            if (!perChannel) {
                continue;
            }
            Tensor bias = editor.constant(conv.input(2));
            float[] sum = constant.toFloatArray();
            for (int c = 0; c < channels && bias != null; c++) {
                sum[c] += (float) bias.getDouble(c);
            }
            String b = editor.addConstant(conv.output(0) + "_bias", Tensor.of(sum));
            editor.remove(add, "its constant goes into the bias of " + conv.path());
            editor.replace(
                    conv,
                    conv.withInputs(List.of(conv.input(0), conv.input(1), b)).withOutputs(List.of(add.output(0))),
                    "takes in " + add.path());
            return;
        }
    }

    /** Output channels: first in the weights (M, C/group, ...) of Conv, second in those (C, M/group, ...) of ConvTranspose. */
    private static int channels(GraphEditor editor, Node conv) {
        Tensor weights = editor.constant(conv.input(1));
        if (weights == null) {
            return 0;
        }
        return conv.is("Conv") ? weights.shape().dim(0) : weights.shape().dim(1) * (int) conv.intAttribute("group", 1);
    }

    private static @Nullable Affine affine(GraphEditor editor, Node node) {
        boolean training =
                node.intAttribute("training_mode", 0) != 0 || node.opset() < 7 && node.intAttribute("is_test", 0) == 0;
        boolean moreOutputs = node.outputs().stream().skip(1).anyMatch(output -> !output.isEmpty());
        if (training || moreOutputs || node.intAttribute("spatial", 1) != 1) {
            return null;
        }
        List<Tensor> parameters = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Tensor parameter = editor.constant(node.input(i));
            if (parameter == null) {
                return null;
            }
            parameters.add(parameter);
        }
        double epsilon = node.floatAttribute("epsilon", 1e-5f);
        int channels = parameters.getFirst().size();
        double[] factor = new double[channels];
        double[] offset = new double[channels];
        for (int c = 0; c < channels; c++) {
            factor[c] =
                    parameters.get(0).getDouble(c) / Math.sqrt(parameters.get(3).getDouble(c) + epsilon);
            offset[c] = parameters.get(1).getDouble(c) - parameters.get(2).getDouble(c) * factor[c];
        }
        return new Affine(factor, offset);
    }

    private static void foldIntoConv(GraphEditor editor, Node norm, Node conv, Tensor weights, Affine affine) {
        int channels = affine.factor.length;
        float[] scaled = weights.toFloatArray();
        int perChannel = scaled.length / Math.max(1, channels);
        if (conv.is("ConvTranspose")) {
            int perGroup = weights.shape().dim(1);
            int depth = weights.shape().dim(0) / (int) conv.intAttribute("group", 1);
            int taps = scaled.length / Math.max(1, weights.shape().dim(0) * perGroup);
            for (int i = 0; i < scaled.length; i++) {
                int channel = i / taps / perGroup / depth * perGroup + i / taps % perGroup;
                scaled[i] = (float) (scaled[i] * affine.factor[channel]);
            }
        } else {
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] = (float) (scaled[i] * affine.factor[i / perChannel]);
            }
        }
        Tensor bias = editor.constant(conv.input(2));
        float[] shifted = new float[channels];
        for (int c = 0; c < channels; c++) {
            shifted[c] = (float) ((bias == null ? 0 : bias.getDouble(c)) * affine.factor[c] + affine.offset[c]);
        }
        String w = editor.addConstant(conv.input(1) + "_normalized", Constants.floats(scaled, weights.shape()));
        String b = editor.addConstant(conv.output(0) + "_bias", Tensor.of(shifted));
        editor.remove(norm, "folded into " + conv.path());
        editor.replace(
                conv,
                conv.withInputs(List.of(conv.input(0), w, b)).withOutputs(List.of(norm.output(0))),
                "takes in " + norm.path());
    }

    private static void scaleAndShift(GraphEditor editor, Node norm, Affine affine, int rank) {
        int channels = affine.factor.length;
        int[] dims = new int[Math.max(1, rank - 1)];
        Arrays.fill(dims, 1);
        dims[0] = channels;
        Shape perChannel = Shape.of(dims);
        String factor = editor.addConstant(norm.output(0) + "_factor", narrow(affine.factor, perChannel));
        String offset = editor.addConstant(norm.output(0) + "_offset", narrow(affine.offset, perChannel));
        String product = editor.newName(norm.output(0) + "_scaled");
        Node mul = Rewrites.onnx(
                norm.name() + "_mul", "Mul", 14, List.of(norm.input(0), factor), List.of(product), Map.of());
        Node add = Rewrites.onnx(
                norm.name() + "_add", "Add", 14, List.of(product, offset), List.of(norm.output(0)), Map.of());
        editor.replace(norm, List.of(mul, add), "its parameters are constant");
    }

    private static Tensor narrow(double[] values, Shape shape) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Constants.floats(floats, shape);
    }
}
