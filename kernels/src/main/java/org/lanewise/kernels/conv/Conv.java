package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;

/**
 * Convolution in one to three dimensions, channels-first, prepared once per layer; immutable and shared by threads.
 *
 * <pre>y[n, m, o] = activation(bias[m] + sum over c, k of x[n, c, o * stride - pad + k * dilation] * w[m, c, k] + residual[n, m, o])</pre>
 *
 * <p>Input {@code (N, C, I1..Ir)}, output {@code (N, M, O1..Or)}. The weights {@code (M, C * K)} are the left-hand side of a matrix product as
 * they are; the pixels are gathered while they are packed into panels, never as a whole. A depthwise convolution works on rows directly.
 *
 * <p>The output is computed in units: for a depthwise convolution one plane of the N * M, otherwise one panel of {@link Gemm#NR} pixels of
 * one group in one image.
 */
public final class Conv {
    /** Packed values kept at a time, half of a small second-level cache. */
    private static final int PACKED_VALUES = 64 << 10;

    /** Values of a depthwise convolution that are computed before what follows them. */
    private static final int FINISHED_VALUES = 4096;

    private final float[] weights;
    private final int weightsOff;
    private final float[] bias;
    private final Activation activation;
    private final List<Epilogue> epilogues;
    private final boolean depthwise;
    private volatile @Nullable DepthwiseNchwVector lastTiles;
    private volatile @Nullable DepthwisePlanes lastPlanes;

    /**
     * Prepares a layer; the weights are not copied and must not change.
     *
     * @param g any geometry of the layer: its channels, group and kernel count, its spatial sizes do not
     * @param weights {@code (M, C/group, K1..Kr)}
     * @param bias M values from {@code biasOff} on, or null
     */
    public Conv(
            ConvGeometry g,
            float[] weights,
            int weightsOff,
            float @Nullable [] bias,
            int biasOff,
            Activation activation) {
        this.weights = weights;
        this.weightsOff = weightsOff;
        this.activation = activation;
        this.depthwise = g.isDepthwise();
        int out = g.outChannels();
        this.bias = bias == null ? new float[out] : Arrays.copyOfRange(bias, biasOff, biasOff + out);
        this.epilogues = new ArrayList<>();
        int groupOut = g.groupOutChannels();
        for (int i = 0; i < g.group() && !depthwise; i++) {
            epilogues.add(
                    Epilogue.biasPerRow(Arrays.copyOfRange(this.bias, i * groupOut, (i + 1) * groupOut), activation));
        }
    }

    /** Number of units, the range that can be split between threads. */
    public int units(ConvGeometry g) {
        return depthwise ? g.batch() * g.outChannels() : g.batch() * g.group() * Gemm.panels(g.outputPixels());
    }

    /** What a profile calls the kernel. */
    public String kernelName(ConvGeometry g) {
        if (depthwise) {
            return "conv-nchw-depthwise-" + g.heightAxis().kernel() + "x"
                    + g.widthAxis().kernel();
        }
        return (g.isPointwise() ? "conv-nchw-1x1-" : "conv-nchw-im2col-")
                + Gemm.kernelName(g.groupOutChannels(), g.outputPixels(), g.depth());
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        if (depthwise && Simd.ENABLED && DepthwisePlanes.suits(g)) {
            return planes(g).scratchSize();
        }
        if (depthwise) {
            return Simd.ENABLED && g.rank() <= 2 ? tiles(g).scratchSize() : 0;
        }
        return tileScratch(g) + panelsAtOnce(g) * Gemm.kStep(g.depth()) * Gemm.NR;
    }

    private static int tileScratch(ConvGeometry g) {
        return Gemm.scratchLength(g.groupOutChannels(), panelsAtOnce(g) * Gemm.NR, Gemm.kStep(g.depth()));
    }

    private static int panelsAtOnce(ConvGeometry g) {
        int fit = PACKED_VALUES / (Math.max(1, Gemm.kStep(g.depth())) * Gemm.NR) & ~1;
        return Math.clamp(fit, 2, Math.max(2, Gemm.panels(g.outputPixels())));
    }

    /**
     * Computes units {@code from} to {@code to} (exclusive).
     *
     * @param residual added before the activation, laid out like the output; null for none
     * @param scratch {@link #scratchSize} values from {@code scratchOff} on
     */
    public void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to) {
        if (depthwise && Simd.ENABLED && g.rank() <= 2) {
            depthwisePlanes(g, x, xOff, y, yOff, residual, resOff, scratch, scratchOff, from, to);
            return;
        }
        if (depthwise) {
            for (int plane = from; plane < to; plane++) {
                depthwisePlane(g, x, xOff, y, yOff, residual, resOff, plane);
            }
            return;
        }
        int panels = Gemm.panels(g.outputPixels());
        int atOnce = panelsAtOnce(g);
        for (int unit = from; unit < to; ) {
            int first = unit % panels;
            int last = Math.min(Math.min(panels, first + atOnce), first + to - unit);
            panels(g, x, xOff, y, yOff, residual, resOff, scratch, scratchOff, unit / panels, first, last);
            unit += last - first;
        }
    }

    private void depthwisePlanes(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to) {
        boolean clips = residual == null && activation.kind() == Activation.Kind.CLIP;
        boolean relu = residual == null && activation.kind() == Activation.Kind.RELU;
        float lower = clips ? activation.alpha() : relu ? 0 : Float.NEGATIVE_INFINITY;
        float upper = clips ? activation.beta() : Float.POSITIVE_INFINITY;
        boolean done = residual == null && (relu || clips || activation.kind() == Activation.Kind.NONE);
        int pixels = g.outputPixels();
        int step = done ? Math.max(1, to - from) : Math.max(1, FINISHED_VALUES / Math.max(1, pixels));
        int end = yOff + to * pixels;
        boolean strips = DepthwisePlanes.suits(g);
        for (int first = from; first < to; first += step) {
            int next = Math.min(to, first + step);
            if (strips) {
                planes(g)
                        .run(
                                x,
                                xOff,
                                weights,
                                weightsOff,
                                bias,
                                lower,
                                upper,
                                y,
                                yOff,
                                scratch,
                                scratchOff,
                                first,
                                next,
                                end);
            } else {
                tiles(g).run(
                                x,
                                xOff,
                                weights,
                                weightsOff,
                                bias,
                                lower,
                                upper,
                                y,
                                yOff,
                                scratch,
                                scratchOff,
                                first,
                                next,
                                end);
            }
            if (!done) {
                int at = first * pixels;
                RowFinish.run(y, yOff + at, residual, resOff + at, (next - first) * pixels, activation);
            }
        }
    }

    /** What follows from the sizes, kept for the next run. */
    private DepthwiseNchwVector tiles(ConvGeometry g) {
        DepthwiseNchwVector known = lastTiles;
        if (known == null || !known.isFor(g)) {
            known = new DepthwiseNchwVector(g);
            lastTiles = known;
        }
        return known;
    }

    private DepthwisePlanes planes(ConvGeometry g) {
        DepthwisePlanes known = lastPlanes;
        if (known == null || !known.isFor(g)) {
            known = new DepthwisePlanes(g);
            lastPlanes = known;
        }
        return known;
    }

    private void depthwisePlane(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            int plane) {
        int pixels = g.outputPixels();
        int m = plane % g.outChannels();
        int channel = plane / g.outChannels() * g.inChannels() + m / g.groupOutChannels();
        int out = yOff + plane * pixels;
        Arrays.fill(y, out, out + pixels, bias[m]);
        ConvRows.add(g, x, xOff + channel * g.inputPixels(), weights, weightsOff + m * g.taps(), y, out);
        RowFinish.run(y, out, residual, resOff + plane * pixels, pixels, activation);
    }

    private void panels(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            float[] scratch,
            int scratchOff,
            int imageGroup,
            int firstPanel,
            int lastPanel) {
        int which = imageGroup % g.group();
        int depth = g.depth();
        int rows = g.groupOutChannels();
        int pixels = g.outputPixels();
        int in = xOff + imageGroup * g.groupInChannels() * g.inputPixels();
        int out = imageGroup * rows * pixels;
        int step = Gemm.kStep(depth);
        int packed = scratchOff + tileScratch(g);
        int k = 0;
        do {
            int kc = Math.min(step, depth - k);
            if (g.isPointwise()) {
                Gemm.pack(x, in, pixels, false, k, kc, pixels, firstPanel, lastPanel, 1f, scratch, packed);
            } else {
                Im2PanelNchw.gather(g, x, in, k, kc, firstPanel, lastPanel, scratch, packed);
            }
            Gemm.runBlock(
                    weights,
                    weightsOff + which * rows * depth + k,
                    depth,
                    scratch,
                    packed,
                    kc * Gemm.NR,
                    kc,
                    k == 0,
                    k + kc == depth,
                    pixels,
                    y,
                    yOff + out,
                    pixels,
                    residual,
                    resOff + out,
                    0,
                    rows,
                    firstPanel,
                    lastPanel,
                    epilogues.get(which),
                    scratch,
                    scratchOff);
            k += kc;
        } while (k < depth);
    }
}
