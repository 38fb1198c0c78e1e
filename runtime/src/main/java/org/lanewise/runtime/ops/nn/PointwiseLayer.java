package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.PointwisePlanes;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/** A 1x1 convolution of stride 1, channels first, with vectors along the output channels: for images whose pixels do not fill vectors. */
final class PointwiseLayer extends ConvLayer {
    /** Pixels that a band should have, so that its pass over the weights pays. */
    private static final int BAND_PIXELS = 64;

    private final PointwisePlanes kernel;

    PointwiseLayer(Shape weightShape, PointwisePlanes kernel) {
        super(weightShape);
        this.kernel = kernel;
    }

    /** Prepares weights of shape {@code (M, C, 1...)}, which are not kept. */
    static ConvLayer of(Shape shape, ConvRunner runner, FloatTensor w, @Nullable FloatTensor b) {
        return new PointwiseLayer(
                shape,
                new PointwisePlanes(
                        shape.dim(0),
                        shape.dim(1),
                        w.array(),
                        w.offset(),
                        b == null ? null : b.array(),
                        b == null ? 0 : b.offset(),
                        runner.activation()));
    }

    @Override
    void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
        context.kernel(kernel.kernelName());
        int pixels = g.outputPixels();
        int threads = context.threads();
        int bands = kernel.bands(pixels, Math.clamp(pixels / BAND_PIXELS, 1, threads));
        int groups = kernel.groups();
        int groupCuts = threads == 1 ? 1 : Math.clamp(Math.ceilDiv(2 * threads, bands), 1, groups);
        int pieces = bands * groupCuts;
        context.parallel(g.batch() * pieces, cost(g, g.batch() * pieces), (from, to, scratch) -> {
            float[] work = scratch.alignedFloats(kernel.scratchSize(pixels, bands));
            int cuts;
            for (int i = from; i < to; i += cuts) {
                int image = i / pieces;
                int band = i % pieces / groupCuts;
                int group = i % groupCuts;
                // Neighbouring cuts of groups in one call: it copies the pixels once
                cuts = Math.min(groupCuts - group, to - i);
                int out = image * g.outChannels() * pixels;
                kernel.run(
                        pixels,
                        x.array(),
                        x.offset() + image * g.inChannels() * pixels,
                        y.array(),
                        y.offset() + out,
                        residual == null ? null : residual.array(),
                        residual == null ? 0 : residual.offset() + out,
                        cut(pixels, band, bands),
                        cut(pixels, band + 1, bands),
                        cut(groups, group, groupCuts),
                        cut(groups, group + cuts, groupCuts),
                        work,
                        Scratch.START);
            }
        });
    }
}
