package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.conv.CausalConv;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * Causal depthwise convolution along time that carries its last inputs to the next call: input (batch, channels, length), weight (channels, 1, k), bias (channels), past_state
 * (batch, channels, k - 1), zeros when absent; outputs output, like input, and present_state. ONNX {@code CausalConvWithState}-27, {@code com.microsoft.CausalConvWithState}-1.
 *
 * @param silu whether {@code x * sigmoid(x)} is applied to the output
 */
public record CausalConvWithState(boolean silu) implements Operator, ComputesInFloat {
    private static final int BIAS = 2;
    private static final int PAST = 3;

    /** From a node. */
    public static CausalConvWithState create(NodeSpec spec) {
        spec.inputs(2, 4);
        String name = spec.stringAttribute("activation", "none");
        return switch (name) {
            case "none" -> new CausalConvWithState(false);
            case "silu", "swish" -> new CausalConvWithState(true);
            default -> throw spec.refuse("activation is '" + name + "', expected none, silu or swish");
        };
    }

    /** From a node of {@code com.microsoft}, which has more forms: only that of ONNX is supported. */
    public static CausalConvWithState createContrib(NodeSpec spec) {
        only(spec, "ndim", 1);
        only(spec, "dilation", 1);
        only(spec, "channels_last", 0);
        only(spec, "state_window", 0);
        return create(spec);
    }

    private static void only(NodeSpec spec, String name, long value) {
        if (spec.intAttribute(name, value) != value) {
            throw spec.refuse("attribute '" + name + "' other than " + value + " is not supported");
        }
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        switch (type) {
            case FLOAT, FLOAT16, BFLOAT16 -> {}
            default ->
                throw new IllegalArgumentException("no causal convolution of " + type.onnxName() + " is defined");
        }
        for (int i = 1; i < context.inputCount(); i++) {
            if (context.hasInput(i)) {
                Types.same(context, i, 0);
            }
        }
        PartialShape x = context.inputShape(0).isRanked() ? context.inputShape(0) : PartialShape.ofRank(3);
        PartialShape w = context.inputShape(1).isRanked() ? context.inputShape(1) : PartialShape.ofRank(3);
        boolean differ = x.rank() == 3 && w.rank() == 3 && x.dim(1) >= 0 && w.dim(0) >= 0 && x.dim(1) != w.dim(0);
        if (x.rank() != 3 || w.rank() != 3 || differ || w.dim(1) > 1 || w.dim(2) == 0) {
            throw new IllegalArgumentException(
                    "input has shape " + x + ", weight " + w + ", expected (N, C, L) and (C, 1, k)");
        }
        context.output(0, type, x);
        context.output(1, type, PartialShape.of(x.dim(0), x.dim(1), w.dim(2) < 0 ? -1 : w.dim(2) - 1));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        FloatTensor w = (FloatTensor) context.input(1);
        FloatTensor bias = (FloatTensor) context.optionalInput(BIAS);
        FloatTensor past = (FloatTensor) context.optionalInput(PAST);
        int channels = x.shape().dim(1);
        int steps = x.shape().dim(2);
        int taps = w.shape().dim(2);
        int carried = taps - 1;
        if (!w.shape().equals(Shape.of(channels, 1, taps))) {
            throw new IllegalArgumentException("weight has shape " + w.shape() + ", expected (" + channels + ", 1, k)");
        }
        if (bias != null && !bias.shape().equals(Shape.of(channels))) {
            throw new IllegalArgumentException("bias has shape " + bias.shape() + ", expected (" + channels + ")");
        }
        Shape state = Shape.of(x.shape().dim(0), channels, carried);
        if (past != null && !past.shape().equals(state)) {
            throw new IllegalArgumentException("past_state has shape " + past.shape() + ", expected " + state);
        }
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, x.shape());
        FloatTensor present = (FloatTensor) context.output(1, DataType.FLOAT, state);
        context.kernel("causalconv-f32");
        context.parallel(x.shape().dim(0) * channels, (long) steps * taps / 8, (from, to, scratch) -> {
            float[] row = scratch.floats(carried + steps);
            for (int i = from; i < to; i++) {
                if (past == null) {
                    java.util.Arrays.fill(row, 0, carried, 0);
                } else {
                    System.arraycopy(past.array(), past.offset() + i * carried, row, 0, carried);
                }
                System.arraycopy(x.array(), x.offset() + i * steps, row, carried, steps);
                int out = y.offset() + i * steps;
                int channel = i % channels;
                CausalConv.channel(
                        row,
                        0,
                        w.array(),
                        w.offset() + channel * taps,
                        taps,
                        bias == null ? 0 : bias.get(channel),
                        y.array(),
                        out,
                        steps);
                if (silu) {
                    FloatActivations.silu(y.array(), out, y.array(), out, steps);
                }
                System.arraycopy(row, steps, present.array(), present.offset() + i * carried, carried);
            }
        });
    }
}
