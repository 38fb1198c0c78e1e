package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.FixedRows;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.GemmWhole;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.quant.Requantization;

/**
 * 2-D convolution, channels-last, with constant weights, prepared once per layer; immutable and shared by threads.
 *
 * <pre>y[n, oh, ow, m] = activation(bias[m] + sum over kh, kw, c of x[n, ih, iw, c] * w[m, c, kh, kw] + residual[n, oh, ow, m])</pre>
 *
 * <p>Input {@code (N, H, W, C)}, output {@code (N, OH, OW, M)}. The output's pixels are the rows of one matrix product, whose right-hand
 * side is the weights, packed here as {@code (KH * KW * C, M)}. A 1x1 convolution reads the input as it is; the others gather the patches of
 * a block of pixels into the scratch first, where they stay in cache. A depthwise convolution goes to {@link DepthwiseNhwc}, one that is cheaper without
 * patches to {@link DirectNhwc}.
 */
public final class ConvNhwc {
    /** Patch values gathered at a time: they share the second-level cache with the packed weights. */
    private static final int BLOCK_VALUES = 32 << 10;

    /** Patch values gathered at a time where the weights do not fit in that cache: every block of pixels reads them all from further away. */
    private static final int MOST_VALUES = 256 << 10;

    /** Values of the weights that do. */
    private static final int CACHED_WEIGHTS = 128 << 10;

    private static final int LEAST_ROWS = 48;
    private static final int MOST_ROWS = 1024;

    private final int group;
    private final int groupOut;
    private final int depth;
    private final boolean depthwise;
    private final boolean planar;
    private final boolean planarOutput;
    private final @Nullable DirectNhwc direct;
    private final float[] depthwiseWeights;
    private final float @Nullable [] bias;
    private final Activation activation;
    private final List<PackedB> weights;
    private final List<Epilogue> epilogues;

    /**
     * Packs the weights, for an input that is channels-last.
     *
     * @param g as in the other form
     */
    public ConvNhwc(ConvGeometry g, float[] w, int wOff, float @Nullable [] bias, int biasOff, Activation activation) {
        this(g, w, wOff, bias, biasOff, activation, false);
    }

    /**
     * Packs the weights, for an output that is channels-last.
     *
     * @param g as in the other form
     */
    public ConvNhwc(
            ConvGeometry g,
            float[] w,
            int wOff,
            float @Nullable [] bias,
            int biasOff,
            Activation activation,
            boolean planar) {
        this(g, w, wOff, bias, biasOff, activation, planar, false);
    }

    /**
     * Packs the weights.
     *
     * @param g any geometry of the layer: its channels, group, kernel, strides and dilations count, its other spatial sizes do not
     * @param w ONNX weights {@code (M, C/group, KH, KW)}
     * @param bias M values from {@code biasOff} on, or null
     * @param planar whether the input is channels-first {@code (N, C, H, W)}
     * @param planarOutput whether the output is channels-first {@code (N, M, OH, OW)}: for layers that {@link #readsPlanar} names only, without residual
     * @throws IllegalArgumentException when the convolution is not two-dimensional, or not one that gives planar output
     */
    public ConvNhwc(
            ConvGeometry g,
            float[] w,
            int wOff,
            float @Nullable [] bias,
            int biasOff,
            Activation activation,
            boolean planar,
            boolean planarOutput) {
        if (g.rank() != 2) {
            throw new IllegalArgumentException("channels-last convolution has 2 spatial axes, got " + g.rank());
        }
        this.group = g.group();
        this.groupOut = g.groupOutChannels();
        this.depth = g.depth();
        this.activation = activation;
        this.planar = planar;
        this.depthwise = g.isDepthwise() && !planar;
        float[] own = bias == null ? null : Arrays.copyOfRange(bias, biasOff, biasOff + g.outChannels());
        // a whole vector of a few channels: DepthwiseNhwc would copy what is shorter in every run
        this.bias = own != null && depthwise && own.length < Simd.LANES ? Arrays.copyOf(own, Simd.LANES) : own;
        this.depthwiseWeights = depthwise ? DepthwiseNhwc.pack(g, w, wOff) : new float[0];
        this.direct = planar
                        || DirectNhwc.suits(
                                g.isDepthwise(),
                                g.taps(),
                                g.axis(0).stride() * g.axis(1).stride())
                ? new DirectNhwc(g, w, wOff, this.bias, activation)
                : null;
        if (planarOutput && direct == null) {
            throw new IllegalArgumentException(
                    "planar output: expected a convolution whose windows overlap, not depthwise");
        }
        this.planarOutput = planarOutput;
        this.weights = new ArrayList<>();
        this.epilogues = new ArrayList<>();
        for (int i = 0; i < group && !depthwise && direct == null; i++) {
            weights.add(packGroup(g, w, wOff + i * groupOut * depth));
            epilogues.add(
                    this.bias == null
                            ? Epilogue.of(activation)
                            : Epilogue.biasPerColumn(
                                    Arrays.copyOfRange(this.bias, i * groupOut, (i + 1) * groupOut), activation));
        }
    }

    /** Reorders one group's {@code (M, C, KH * KW)} to {@code (M, KH * KW * C)} and packs its transpose. */
    private static PackedB packGroup(ConvGeometry g, float[] w, int wOff) {
        int channels = g.groupInChannels();
        int taps = g.taps();
        int depth = g.depth();
        int out = g.groupOutChannels();
        float[] rows = new float[out * depth];
        for (int m = 0; m < out; m++) {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < taps; t++) {
                    rows[m * depth + t * channels + c] = w[wOff + (m * channels + c) * taps + t];
                }
            }
        }
        return PackedB.pack(rows, 0, depth, true, depth, out);
    }

    /**
     * Whether a convolution should be given its image channels-first where it lies so in memory, because it is fastest computed from rows of channels.
     *
     * @param depthwise whether it has several groups of one input channel each
     * @param kernelArea KH * KW
     * @param strideArea product of the strides
     */
    public static boolean readsPlanar(boolean depthwise, int kernelArea, int strideArea) {
        return DirectNhwc.suits(depthwise, kernelArea, strideArea);
    }

    /**
     * The range that can be split between threads: units of a few output pixels that follow each other, a row of the image where it is computed row by row,
     * else a tile's rows of the product.
     */
    public int units(ConvGeometry g) {
        return byRows() ? g.batch() * g.axis(0).output() : (g.batch() * g.outputPixels() + Gemm.MR - 1) / Gemm.MR;
    }

    private boolean byRows() {
        return depthwise || direct != null;
    }

    /** Whether {@link #units} are rows of the output, each of which passes over all weights. */
    public boolean isDirect() {
        return direct != null;
    }

    /** Number of weight panels, the other range that can be split; 1 for a grouped convolution. */
    public int panels() {
        return group == 1 && direct == null && !depthwise ? weights.getFirst().panels() : 1;
    }

    /** What a profile calls the kernel. */
    public String kernelName(ConvGeometry g) {
        if (depthwise) {
            return "conv-nhwc-depthwise-" + g.axis(0).kernel() + "x" + g.axis(1).kernel();
        }
        if (direct != null) {
            return direct.kernelName(g);
        }
        String form = g.isPointwise() ? "conv-nhwc-1x1-" : "conv-nhwc-im2col-";
        if (fixedRows(g)) {
            return form + FixedRows.KERNEL;
        }
        return form + Gemm.kernelName(g.batch() * g.outputPixels(), groupOut, depth);
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        if (depthwise) {
            return 0;
        }
        if (direct != null) {
            return direct.scratchSize(g);
        }
        int patches = g.isPointwise() ? 0 : blockRows(g.batch() * g.outputPixels()) * depth + Im2RowNhwc.OVERRUN;
        return tileScratch(g) + patches + (fixedRows(g) ? FixedRows.SCRATCH : 0);
    }

    private int tileScratch(ConvGeometry g) {
        int pixels = g.batch() * g.outputPixels();
        return Gemm.scratchLength(g.isPointwise() ? pixels : blockRows(pixels), groupOut, depth);
    }

    /** Whether rows of pixels are multiplied by {@link FixedRows}, where all channels are wanted and there is no residual. */
    private boolean fixedRows(ConvGeometry g) {
        return !byRows() && g.isPointwise() && group == 1 && FixedRows.suits(depth, groupOut);
    }

    private int blockRows(int pixels) {
        int values = (long) depth * groupOut <= CACHED_WEIGHTS ? BLOCK_VALUES : MOST_VALUES;
        int rows = Math.clamp(values / Math.max(1, depth), LEAST_ROWS, MOST_ROWS) / Gemm.MR * Gemm.MR;
        return Math.min(rows, pixels);
    }

    /** The kernel that needs no patches, where that is what computes the convolution. */
    @Nullable
    DirectNhwc direct() {
        return direct;
    }

    /** Whether the convolution is a product of the pixels as they lie with the weights. */
    boolean isProduct(ConvGeometry g) {
        return !byRows() && g.isPointwise() && group == 1;
    }

    /** The product of pixels with the weights whose sums become whole numbers, for {@link #isProduct products}. */
    GemmWhole whole(Requantization end) {
        return new GemmWhole(weights.getFirst(), epilogues.getFirst(), end);
    }

    /** The same for a depthwise convolution, {@code null} where that has no kernel of its own. */
    @Nullable
    DepthwiseWhole depthwiseWhole(ConvGeometry g, Requantization end) {
        return depthwise && bias != null && DepthwiseWhole.suits(g)
                ? new DepthwiseWhole(depthwiseWeights, bias, end)
                : null;
    }

    /** {@link #runRows(ConvGeometry, float[], int, float[], int, float[], int, float[], int, int, int)} without a residual. */
    void runRows(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int fromRow,
            int toRow) {
        runRows(g, x, xOff, y, yOff, null, 0, scratch, scratchOff, fromRow, toRow);
    }

    /**
     * Computes output rows {@code fromRow} to {@code toRow} (exclusive) of one image.
     *
     * @param xOff where all of the image begins
     * @param yOff where the first of these rows goes
     * @param residual added before the activation, or null for none; {@code resOff} is where the first of these rows has its own
     */
    void runRows(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            float[] scratch,
            int scratchOff,
            int fromRow,
            int toRow) {
        int row = g.axis(1).output();
        int start = fromRow * row;
        if (byRows()) {
            int before = start * g.outChannels();
            run(g, x, xOff, y, yOff - before, residual, resOff - before, scratch, scratchOff, fromRow, toRow);
            return;
        }
        if (!g.isPointwise() && fromRow != 0) {
            throw new IllegalArgumentException("patches are gathered from row 0 on, got " + fromRow);
        }
        int in = xOff + start * g.inChannels();
        int pixels = (toRow - fromRow) * row;
        pixels(g, x, in, y, yOff, residual, resOff, scratch, scratchOff, 0, pixels, 0, panels());
    }

    /** Computes units {@code fromUnit} to {@code toUnit} (exclusive) of the {@link #units}; arguments as in the other form. */
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
            int fromUnit,
            int toUnit) {
        run(g, x, xOff, y, yOff, residual, resOff, scratch, scratchOff, fromUnit, toUnit, 0, panels());
    }

    /**
     * Computes units {@code fromUnit} to {@code toUnit} (exclusive) of the {@link #units}, channels of the panels {@code fromPanel} to
     * {@code toPanel}.
     *
     * @param residual added before the activation, laid out like the output; null for none; may be {@code y} itself
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
            int fromUnit,
            int toUnit,
            int fromPanel,
            int toPanel) {
        if (depthwise) {
            runDepthwise(g, x, xOff, y, yOff, residual, resOff, fromUnit, toUnit);
            return;
        }
        if (direct != null) {
            direct.run(
                    g, x, xOff, planar, planarOutput, y, yOff, residual, resOff, scratch, scratchOff, fromUnit, toUnit);
            return;
        }
        int all = g.batch() * g.outputPixels();
        int start = Math.min(fromUnit * Gemm.MR, all);
        int pixels = Math.min(toUnit * Gemm.MR, all) - start;
        pixels(g, x, xOff, y, yOff, residual, resOff, scratch, scratchOff, start, pixels, fromPanel, toPanel);
    }

    /** Pixels {@code start} to {@code start + pixels} as products. */
    private void pixels(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            float[] scratch,
            int scratchOff,
            int start,
            int pixels,
            int fromPanel,
            int toPanel) {
        int all = g.batch() * g.outputPixels();
        for (int i = 0; i < group; i++) {
            PackedB b = weights.get(i);
            Epilogue e = epilogues.get(i);
            int to = group == 1 ? toPanel : b.panels();
            int from = group == 1 ? fromPanel : 0;
            int in = xOff + i * g.groupInChannels();
            int out = yOff + i * groupOut;
            int res = resOff + i * groupOut;
            int ldc = g.outChannels();
            if (g.isPointwise()) {
                int done = start;
                if (residual == null && from == 0 && to == b.panels() && fixedRows(g)) {
                    int first = in + start * g.inChannels();
                    int rows = scratchOff + tileScratch(g);
                    done += FixedRows.run(
                            x, first, g.inChannels(), b, y, out + start * ldc, ldc, pixels, e, scratch, rows);
                }
                Gemm.run(
                        x,
                        in,
                        g.inChannels(),
                        b,
                        y,
                        out,
                        ldc,
                        residual,
                        res,
                        done,
                        start + pixels,
                        from,
                        to,
                        e,
                        scratch,
                        scratchOff);
                continue;
            }
            int patches = scratchOff + tileScratch(g);
            int most = blockRows(all);
            int blocks = most == 0 ? 0 : (pixels + most - 1) / most;
            int done = 0;
            for (int block = 0; block < blocks; block++) {
                int first = start + done;
                int count = (pixels - done) / (blocks - block);
                Im2RowNhwc.gather(g, x, in, first, first + count, scratch, patches);
                Gemm.run(
                        scratch,
                        patches,
                        depth,
                        b,
                        y,
                        out + first * ldc,
                        ldc,
                        residual,
                        res + first * ldc,
                        0,
                        count,
                        from,
                        to,
                        e,
                        scratch,
                        scratchOff);
                done += count;
            }
        }
    }

    private void runDepthwise(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            int fromRow,
            int toRow) {
        boolean clamps = activation.kind() == Activation.Kind.RELU || activation.kind() == Activation.Kind.CLIP;
        float lo = Float.NEGATIVE_INFINITY;
        float hi = Float.POSITIVE_INFINITY;
        if (residual == null && (clamps || activation.kind() == Activation.Kind.NONE)) {
            if (clamps) {
                boolean clip = activation.kind() == Activation.Kind.CLIP;
                lo = clip ? activation.alpha() : 0f;
                hi = clip ? activation.beta() : hi;
            }
            DepthwiseNhwc.run(g, x, xOff, depthwiseWeights, bias, 0, y, yOff, lo, hi, fromRow, toRow);
            return;
        }
        if (residual == y && resOff == yOff) {
            throw new IllegalArgumentException("the residual of a depthwise convolution may not be its output");
        }
        int row = g.axis(1).output() * g.outChannels();
        for (int r = fromRow; r < toRow; r++) {
            DepthwiseNhwc.run(g, x, xOff, depthwiseWeights, bias, 0, y, yOff, lo, hi, r, r + 1);
            RowFinish.run(y, yOff + r * row, residual, resOff + r * row, row, activation);
        }
    }
}
