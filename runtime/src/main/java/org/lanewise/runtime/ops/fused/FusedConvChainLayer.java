package org.lanewise.runtime.ops.fused;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvChain;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/** Convolutions in a row whose weights are prepared, shared by threads. Remembers the plan of the last input shape. */
final class FusedConvChainLayer {
    /** Multiply-adds a core does in a nanosecond, roughly: decides only when a layer is worth splitting. */
    private static final long MACS_PER_NANO = 20;

    /** What follows from one input shape and number of threads. */
    private record Sizes(Shape input, int threads, ConvChain.Plan plan, Shape output, long work) {}

    private final ConvChain kernel;
    private final List<ConvRunner> runners;
    private final List<Shape> weights;
    private volatile @Nullable Sizes last;

    FusedConvChainLayer(ConvChain kernel, List<ConvRunner> runners, List<Shape> weights) {
        this.kernel = kernel;
        this.runners = runners;
        this.weights = List.copyOf(weights);
    }

    private Sizes sizes(Shape input, int threads) {
        Sizes known = last;
        if (known != null && known.threads == threads && known.input.equals(input)) {
            return known;
        }
        List<ConvGeometry> geometries = new ArrayList<>();
        Shape shape = input;
        long work = 0;
        for (int i = 0; i < runners.size(); i++) {
            ConvGeometry g = runners.get(i).geometry(shape, weights.get(i));
            geometries.add(g);
            shape = runners.get(i).outputShape(g, shape.rank());
            work += (long) g.outputSize() * g.depth();
        }
        Sizes sizes = new Sizes(input, threads, kernel.plan(geometries, threads), shape, work);
        last = sizes;
        return sizes;
    }

    /** Computes output 0, split over threads. */
    void run(OpContext context, FloatTensor x, @Nullable FloatTensor residual) {
        Sizes sizes = sizes(x.shape(), context.threads());
        if (residual != null && !residual.shape().equals(sizes.output)) {
            throw new IllegalArgumentException(
                    "residual Z has shape " + residual.shape() + ", expected " + sizes.output + " as Y");
        }
        ConvChain.Plan plan = sizes.plan;
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, sizes.output);
        float[] added = residual == null ? null : residual.array();
        int addedOffset = residual == null ? 0 : residual.offset();
        context.kernel(kernel.kernelName(plan));
        int units = y.size() == 0 ? 0 : plan.units();
        context.parallel(
                units,
                sizes.work / MACS_PER_NANO / Math.max(1, units),
                (from, to, scratch) -> kernel.run(
                        plan,
                        x.array(),
                        x.offset(),
                        y.array(),
                        y.offset(),
                        added,
                        addedOffset,
                        scratch.alignedFloats(plan.size()),
                        Scratch.START,
                        from,
                        to));
    }
}
