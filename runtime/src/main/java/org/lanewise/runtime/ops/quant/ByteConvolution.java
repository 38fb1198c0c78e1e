package org.lanewise.runtime.ops.quant;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.WindowAttributes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Convolutions of bytes with zero points, summed exactly in {@code INT32}; attributes as in {@code Conv}.
 *
 * @param window kernel, strides, pads, dilations
 * @param group number of groups
 */
record ByteConvolution(WindowAttributes window, int group) {
    /** Where the sums of a plane are used while they are in cache. */
    @FunctionalInterface
    interface Finish {
        /** Uses the plane that starts at {@code start} of the sums, that of output channel {@code channel}. */
        void run(int channel, int start, int pixels);
    }

    static ByteConvolution read(NodeSpec spec) {
        long group = spec.intAttribute("group", 1);
        if (group < 1 || group > Integer.MAX_VALUE) {
            throw spec.refuse("group is " + group + ", expected at least 1");
        }
        return new ByteConvolution(WindowAttributes.read(spec, true), (int) group);
    }

    /** The output's shape from those of inputs {@code x} and {@code w}, as far as it is known. */
    PartialShape infer(ShapeContext context, int x, int w) {
        Types.check(context, x, QuantizedTypes.BYTES);
        Types.check(context, w, QuantizedTypes.BYTES);
        return infer(context.inputShape(x), context.inputShape(w));
    }

    /** The output's shape from those of an input (N, C, I1..Ir) and its weights, as far as it is known. */
    PartialShape infer(PartialShape input, PartialShape weights) {
        if (input.isKnown() && weights.isKnown()) {
            return PartialShape.of(Shape.of(
                    geometry(input.toShape().toArray(), weights.toShape().toArray())
                            .outputShape()));
        }
        if (!input.isRanked()) {
            return weights.isRanked()
                    ? PartialShape.ofRank(weights.rank()).with(1, weights.dim(0))
                    : PartialShape.unranked();
        }
        PartialShape out = PartialShape.ofRank(input.rank()).with(0, input.dim(0));
        return weights.isRanked() ? out.with(1, weights.dim(0)) : out;
    }

    ConvGeometry geometry(int[] x, int[] w) {
        for (int i = 0; i < window.kernel().length; i++) {
            if (i + 2 < w.length && w[i + 2] != window.kernel()[i]) {
                throw new IllegalArgumentException("weights have " + w[i + 2] + " taps along spatial axis " + i
                        + ", expected kernel_shape's " + window.kernel()[i]);
            }
        }
        return ConvGeometry.of(x, w, group, window.autoPad(), window.strides(), window.pads(), window.dilations());
    }

    /** Computes {@code y}, (N, M, O1..Or) from {@code yOffset} on. */
    void run(
            OpContext context,
            ConvGeometry g,
            Tensor x,
            @Nullable Tensor xZero,
            Tensor w,
            @Nullable Tensor wZero,
            int[] y,
            int yOffset,
            Finish finish) {
        int[] zeros = wZero == null ? new int[1] : wZero.toIntArray();
        int pixels = g.outputPixels();
        int planes = g.batch() * g.outChannels();
        long cost = 1 + (long) pixels * g.depth() / 4;
        context.parallel(planes, cost, (from, to, scratch) -> {
            int zero = xZero == null ? 0 : (int) xZero.scalarLong();
            int[] memory = scratch.ints(org.lanewise.kernels.conv.ConvInteger.scratchSize(g));
            org.lanewise.kernels.conv.ConvInteger.run(
                    g,
                    ((ByteTensor) x).array(),
                    x.offset(),
                    x.type() == DataType.UINT8,
                    zero,
                    ((ByteTensor) w).array(),
                    w.offset(),
                    w.type() == DataType.UINT8,
                    zeros,
                    y,
                    yOffset,
                    memory,
                    0,
                    from,
                    to);
            for (int plane = from; plane < to; plane++) {
                finish.run(plane % g.outChannels(), plane * pixels, pixels);
            }
        });
    }
}
