package org.lanewise.runtime.ops.fused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvChain;
import org.lanewise.kernels.conv.ConvNhwc;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.ConvForm;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.ops.nn.WindowAttributes;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Convolutions that follow one another, {@link FusedConv} of {@code FusedConv} and so on, with constant weights, computed together in bands of rows. {@code org.lanewise.ConvChain}, made by passes.
 *
 * <p>Inputs X {@code (N, H, W, C)}, Z (optional, shaped like Y, added before the last activation), and for each convolution W and the bias, which may be absent. Attributes {@code strides} and {@code dilations}, two for each
 * convolution, {@code pads}, four (top, left, bottom, right), {@code group}, {@code activation}, {@code activation_alpha} and {@code activation_beta}, one; {@code planar_input} (X is {@code (N, C, H, W)}).
 *
 * @param runners what the attributes say of each convolution
 */
public record FusedConvChain(List<ConvRunner> runners) implements Operator, Prepacks, Repeatable {
    private static final int Z = 1;
    private static final int FIRST = 2;
    private static final int INPUTS = 2;

    /** Copies the list. */
    public FusedConvChain {
        runners = List.copyOf(runners);
    }

    /** From a node. */
    public static FusedConvChain create(NodeSpec spec) {
        int stages = Math.max(1, Math.ceilDiv(spec.inputCount() - FIRST, INPUTS));
        spec.inputs(1, FIRST + INPUTS * stages);
        long[] strides = values(spec, spec.intsAttribute("strides"), "strides", 2 * stages, 1);
        long[] dilations = values(spec, spec.intsAttribute("dilations"), "dilations", 2 * stages, 1);
        long[] pads = values(spec, spec.intsAttribute("pads"), "pads", 4 * stages, 0);
        long[] groups = values(spec, spec.intsAttribute("group"), "group", stages, 1);
        List<Activation> activations = ActivationAttributes.readEach(spec, stages);
        boolean planar = spec.flag("planar_input", false);
        List<ConvRunner> runners = new ArrayList<>();
        for (int i = 0; i < stages; i++) {
            if (!spec.hasInput(FIRST + INPUTS * i)) {
                throw spec.refuse("required input " + (FIRST + INPUTS * i) + " is absent");
            }
            WindowAttributes window = new WindowAttributes(
                    AutoPad.NOTSET,
                    new int[0],
                    ints(strides, 2 * i, 2),
                    ints(pads, 4 * i, 4),
                    ints(dilations, 2 * i, 2));
            ConvForm form = new ConvForm(true, planar && i == 0, false, false, null);
            runners.add(new ConvRunner(window, (int) groups[i], form, activations.get(i)));
        }
        return new FusedConvChain(runners);
    }

    private static long[] values(NodeSpec spec, long @Nullable [] values, String name, int count, int least) {
        int given = values == null ? 0 : values.length;
        if (values == null || given != count) {
            throw spec.refuse(name + " has " + given + " values, expected " + count);
        }
        for (long value : values) {
            if (value < least || value > Integer.MAX_VALUE) {
                throw spec.refuse(name + " is " + Arrays.toString(values) + ", expected values of at least " + least);
            }
        }
        return values;
    }

    private static int[] ints(long[] values, int from, int count) {
        return Arrays.stream(values, from, from + count)
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        PartialShape shape = context.inputShape(0);
        for (int i = 0; i < runners.size(); i++) {
            int w = FIRST + INPUTS * i;
            boolean biased = w + 1 < context.inputCount() && context.hasInput(w + 1);
            if (type != DataType.FLOAT || context.inputType(w) != type || biased && context.inputType(w + 1) != type) {
                throw new IllegalArgumentException("convolution " + i + " of the chain is not of float alone");
            }
            PartialShape bias = biased ? context.inputShape(w + 1) : PartialShape.unranked();
            shape = runners.get(i).infer(shape, context.inputShape(w), bias);
        }
        if (context.hasInput(Z) && context.inputType(Z) != type) {
            throw new IllegalArgumentException(
                    "residual Z is " + context.inputType(Z).onnxName() + ", expected " + type.onnxName() + " as X");
        }
        context.output(0, type, shape);
    }

    @Override
    public Packed prepack(ShapeContext context) {
        List<ConvNhwc> stages = new ArrayList<>();
        List<Shape> shapes = new ArrayList<>();
        Set<Integer> consumed = new HashSet<>();
        for (int i = 0; i < runners.size(); i++) {
            int w = FIRST + INPUTS * i;
            boolean biased = w + 1 < context.inputCount() && context.hasInput(w + 1);
            Tensor weights = context.constant(w);
            Tensor bias = biased ? context.constant(w + 1) : null;
            if (weights == null || biased && bias == null) {
                throw new IllegalArgumentException(
                        "weights and bias of convolution " + i + " of the chain: expected constants");
            }
            stages.add(runners.get(i).channelsLast((FloatTensor) weights, (FloatTensor) bias));
            shapes.add(weights.shape());
            consumed.add(w);
            if (biased) {
                consumed.add(w + 1);
            }
        }
        return new Packed(new FusedConvChainLayer(new ConvChain(stages), runners, shapes), consumed);
    }

    @Override
    public void run(OpContext context) {
        if (!(context.packed() instanceof FusedConvChainLayer layer)) {
            throw new IllegalStateException("runs only with packed weights");
        }
        layer.run(context, (FloatTensor) context.input(0), (FloatTensor) context.optionalInput(Z));
    }
}
