package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
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
import org.lanewise.runtime.tensor.Tensor;

/**
 * Deformable convolution in two spatial axes: tap k of output pixel o reads X, by bilinear interpolation, at its regular place plus {@code offset[n, :, k, o]}, times
 * {@code mask[n, k, o]}. X is (N, C, H, W), W (M, C/group, KH, KW), offset (N, offset_group * KH * KW * 2, OH, OW), B (M), mask (N, offset_group * KH * KW, OH, OW).
 * ONNX {@code DeformConv}-19, 22 (bfloat16).
 *
 * @param window strides, pads, dilations
 * @param group number of groups
 * @param offsetGroup number of groups of channels that share offsets
 */
public record DeformConv(WindowAttributes window, int group, int offsetGroup) implements Operator, ComputesInFloat {
    private static final int MASK = 4;

    /** From a node. */
    public static DeformConv create(NodeSpec spec) {
        spec.inputs(3, 5);
        return new DeformConv(
                WindowAttributes.read(spec, true), atLeastOne(spec, "group"), atLeastOne(spec, "offset_group"));
    }

    private static int atLeastOne(NodeSpec spec, String name) {
        long value = spec.intAttribute(name, 1);
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw spec.refuse(name + " is " + value + ", expected at least 1");
        }
        return (int) value;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        switch (type) {
            case FLOAT, FLOAT16, BFLOAT16 -> {}
            default ->
                throw new IllegalArgumentException("no deformable convolution of " + type.onnxName() + " is supported");
        }
        for (int i = 1; i < context.inputCount(); i++) {
            if (context.hasInput(i)) {
                Types.same(context, i, 0);
            }
        }
        PartialShape x = context.inputShape(0).isRanked() ? context.inputShape(0) : PartialShape.ofRank(4);
        PartialShape w = context.inputShape(1).isRanked() ? context.inputShape(1) : PartialShape.ofRank(4);
        if (x.rank() != 4 || w.rank() != 4) {
            throw new IllegalArgumentException("inputs X and W have shapes " + x + " and " + w
                    + ", expected two spatial axes: others are not supported");
        }
        window.checkRank(x);
        if (x.dim(1) >= 0 && w.dim(1) >= 0 && x.dim(1) != w.dim(1) * group) {
            throw new IllegalArgumentException(
                    "input W has " + w.dim(1) + " channels, expected C/group = " + x.dim(1) + "/" + group);
        }
        long[] dims = {x.dim(0), w.dim(0), 0, 0};
        for (int i = 0; i < 2; i++) {
            long taps = window.kernel().length != 0 ? window.kernel()[i] : w.dim(i + 2);
            dims[i + 2] = window.outputSize(i, 2, x.dim(i + 2), taps, false);
        }
        context.output(0, type, PartialShape.of(dims));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        FloatTensor w = (FloatTensor) context.input(1);
        FloatTensor offset = (FloatTensor) context.input(2);
        FloatTensor mask = (FloatTensor) context.optionalInput(MASK);
        ConvGeometry g = ConvGeometry.of(
                x.shape().toArray(),
                w.shape().toArray(),
                group,
                AutoPad.NOTSET,
                window.strides(),
                window.pads(),
                window.dilations());
        checkShape(
                "offset",
                offset,
                Shape.of(
                        g.batch(),
                        offsetGroup * g.taps() * 2,
                        g.axis(0).output(),
                        g.axis(1).output()));
        if (mask != null) {
            checkShape(
                    "mask",
                    mask,
                    Shape.of(
                            g.batch(),
                            offsetGroup * g.taps(),
                            g.axis(0).output(),
                            g.axis(1).output()));
        }
        Epilogue[] epilogues = epilogues(g, context.optionalInput(3));
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(g.outputShape()));
        context.kernel("deformconv-nchw");
        int units = g.batch() * group * Gemm.panels(g.outputPixels());
        context.parallel(
                units,
                (long) g.depth() * Gemm.NR * 4,
                (from, to, scratch) -> org.lanewise.kernels.conv.DeformConv.run(
                        g,
                        offsetGroup,
                        x.array(),
                        x.offset(),
                        w.array(),
                        w.offset(),
                        offset.array(),
                        offset.offset(),
                        mask == null ? null : mask.array(),
                        mask == null ? 0 : mask.offset(),
                        epilogues,
                        y.array(),
                        y.offset(),
                        scratch.floats(org.lanewise.kernels.conv.DeformConv.scratchSize(g)),
                        0,
                        from,
                        to));
    }

    private static void checkShape(String name, Tensor tensor, Shape expected) {
        if (!tensor.shape().equals(expected)) {
            throw new IllegalArgumentException(
                    "input " + name + " has shape " + tensor.shape() + ", expected " + expected);
        }
    }

    private Epilogue[] epilogues(ConvGeometry g, @org.jspecify.annotations.Nullable Tensor bias) {
        Epilogue[] epilogues = new Epilogue[group];
        int out = g.groupOutChannels();
        float[] values = bias == null ? new float[g.outChannels()] : bias.toFloatArray();
        for (int i = 0; i < group; i++) {
            epilogues[i] = Epilogue.biasPerRow(
                    Arrays.copyOfRange(values, i * out, (i + 1) * out), new Activation(Activation.Kind.NONE, 0, 0));
        }
        return epilogues;
    }
}
