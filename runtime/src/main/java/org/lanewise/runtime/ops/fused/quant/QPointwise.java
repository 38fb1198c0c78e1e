package org.lanewise.runtime.ops.fused.quant;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvInt8Planes;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.ConvForm;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.ops.nn.WindowAttributes;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * A {@link QConv} with filters of 1x1 and stride 1 whose channels come first: X {@code (N, C, H, W)}, Y {@code (N, M, H, W)}. Inputs as {@link QConv}'s without Z; the output is in bytes, and fp32 must hold all sums exactly.
 *
 * <p>{@code org.lanewise.QPointwise}, made by passes.
 *
 * @param range what bytes are cut off at
 */
public record QPointwise(ByteRange range) implements Operator, Prepacks, Repeatable {
    /** Multiply-adds a core does in a nanosecond, roughly: decides only when a layer is worth splitting. */
    private static final long MACS_PER_NANO = 50;

    private static final int INPUTS = 9;
    private static final ConvRunner RUNNER = new ConvRunner(
            new WindowAttributes(AutoPad.NOTSET, new int[0], new int[0], new int[0], new int[0]),
            1,
            new ConvForm(false, false, false, false, null),
            new Activation(Activation.Kind.NONE, 0, 0));

    /** From a node. */
    public static QPointwise create(NodeSpec spec) {
        spec.inputs(INPUTS - 1, INPUTS);
        return new QPointwise(ByteRange.read(spec));
    }

    /**
     * The kernel of a layer.
     *
     * @param channels of the output
     */
    private record Layer(ConvInt8Planes kernel, int channels, DataType type) {}

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = ProductParameters.check(context);
        PartialShape w = context.inputShape(ProductParameters.W);
        if (w.rank() != 4 || w.dim(2) != 1 || w.dim(3) != 1) {
            throw new IllegalArgumentException("input W has shape " + w + ", expected (M, C, 1, 1)");
        }
        context.output(0, type, RUNNER.infer(context.inputShape(0), w, PartialShape.unranked()));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        ProductParameters p = ProductParameters.read(context, 0);
        Requantization end = QConvChain.exactEnd(p, RUNNER, range);
        if (end == null) {
            throw new IllegalArgumentException("fp32 does not hold its sums exactly, or they do not end in bytes");
        }
        ByteTensor w = (ByteTensor) p.w();
        ConvInt8Planes kernel = new ConvInt8Planes(
                RUNNER.smallest(w.shape()),
                w.array(),
                w.offset(),
                w.type() == DataType.INT8,
                p.wZeros(),
                context.inputType(0) == DataType.INT8,
                ProductParameters.known(p.x()).zero(),
                end);
        return new Packed(new Layer(kernel, w.shape().dim(0), p.yType()), p.consumed());
    }

    @Override
    public void run(OpContext context) {
        ByteTensor x = (ByteTensor) context.input(0);
        if (!(context.packed() instanceof Layer(ConvInt8Planes kernel, int channels, DataType type))) {
            throw new IllegalStateException("runs only with packed weights");
        }
        Shape shape = x.shape();
        ByteTensor y = (ByteTensor) context.output(0, type, shape.with(1, channels));
        int batch = shape.dim(0);
        int pixels = shape.sizeBetween(2, shape.rank());
        int parts = context.threads();
        int blocks = kernel.blocks(batch, pixels, parts);
        int size = kernel.scratchSize(batch, pixels, parts);
        int doubles = kernel.doublesSize(pixels);
        context.kernel(kernel.kernelName(pixels));
        long cost = (long) y.size() * shape.dim(1) / MACS_PER_NANO / Math.max(1, blocks);
        context.parallel(
                blocks,
                cost,
                (from, to, scratch) -> kernel.run(
                        batch,
                        pixels,
                        parts,
                        x.array(),
                        x.offset(),
                        y.array(),
                        y.offset(),
                        scratch.alignedFloats(size),
                        Scratch.START,
                        scratch.alignedDoubles(doubles),
                        Scratch.START_OF_DOUBLES,
                        from,
                        to));
    }
}
