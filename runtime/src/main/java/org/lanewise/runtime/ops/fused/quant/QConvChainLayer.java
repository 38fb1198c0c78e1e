package org.lanewise.runtime.ops.fused.quant;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvInt8Chain;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;

/** Convolutions of bytes in a row whose weights are prepared, shared by threads. Remembers the plan of the last input shape. */
final class QConvChainLayer {
    /** Multiply-adds a core does in a nanosecond, roughly: decides only when a layer is worth splitting. */
    private static final long MACS_PER_NANO = 50;

    private static final double[] NO_DOUBLES = {};

    /** What follows from one input shape and number of threads. */
    private record Sizes(Shape input, int threads, ConvInt8Chain.Plan plan, Shape output, long work) {}

    private final ConvInt8Chain kernel;
    private final List<ConvRunner> runners;
    private final List<Shape> weights;
    private final DataType type;
    private volatile @Nullable Sizes last;

    QConvChainLayer(ConvInt8Chain kernel, List<ConvRunner> runners, List<Shape> weights, DataType type) {
        this.kernel = kernel;
        this.runners = runners;
        this.weights = List.copyOf(weights);
        this.type = type;
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
            shape = runners.get(i).outputShape(g, input.rank());
            work += (long) g.outputSize() * g.depth();
        }
        Sizes sizes = new Sizes(input, threads, kernel.plan(geometries, threads), shape, work);
        last = sizes;
        return sizes;
    }

    /** Computes output 0, split over threads. */
    void run(OpContext context, ByteTensor x) {
        Sizes sizes = sizes(x.shape(), context.threads());
        ConvInt8Chain.Plan plan = sizes.plan;
        ByteTensor y = (ByteTensor) context.output(0, type, sizes.output);
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
                        scratch.alignedFloats(plan.size()),
                        Scratch.START,
                        plan.doubles() == 0 ? NO_DOUBLES : scratch.alignedDoubles(plan.doubles()),
                        plan.doubles() == 0 ? 0 : Scratch.START_OF_DOUBLES,
                        from,
                        to));
    }
}
