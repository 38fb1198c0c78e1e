package org.lanewise.runtime.ops.nn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.sparse.SparseConvNhwc;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/** A convolution, channels last, that multiplies only by the weights that are not zero. */
final class SparseConvLayer extends ConvLayer {
    private static final int PIECES_PER_THREAD = 4;

    private final SparseConvNhwc kernel;
    private final String zeros;

    SparseConvLayer(Shape weightShape, SparseConvNhwc kernel) {
        super(weightShape);
        this.kernel = kernel;
        double zeroShare = 1 - (double) kernel.nonZeros() / Math.max(1, weightShape.size());
        this.zeros = String.format(Locale.ROOT, " %.0f%%", 100 * zeroShare);
    }

    /** Predicted time on one thread. */
    double nanos(ConvGeometry g) {
        return kernel.nanos(g);
    }

    @Override
    void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
        context.kernel(kernel.kernelName(g) + zeros);
        int threads = context.threads();
        int units = kernel.units(g);
        int unitCuts = threads == 1 ? 1 : Math.clamp(units, 1, threads * PIECES_PER_THREAD);
        // Each cut of channels gathers all pixels again
        int channelCuts =
                threads == 1 ? 1 : Math.clamp(Math.ceilDiv(threads, unitCuts), 1, Math.max(1, kernel.channels()));
        int pieces = unitCuts * channelCuts;
        long cost = (long) (kernel.nanos(g) / pieces);
        context.parallel(units == 0 ? 0 : pieces, cost, (from, to, scratch) -> {
            float[] work = scratch.alignedFloats(kernel.scratchSize(g));
            int channels;
            for (int piece = from; piece < to; piece += channels) {
                int unit = piece / channelCuts;
                int channel = piece % channelCuts;
                // Neighbouring cuts of channels in one call: it gathers the pixels once
                channels = Math.min(channelCuts - channel, to - piece);
                kernel.run(
                        g,
                        x.array(),
                        x.offset(),
                        y.array(),
                        y.offset(),
                        residual == null ? null : residual.array(),
                        residual == null ? 0 : residual.offset(),
                        work,
                        Scratch.START,
                        cut(units, unit, unitCuts),
                        cut(units, unit + 1, unitCuts),
                        kernel.cut(channelCuts, channel),
                        kernel.cut(channelCuts, channel + channels));
            }
        });
    }
}
