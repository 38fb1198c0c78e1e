package org.lanewise.kernels.conv;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.GemmWhole;
import org.lanewise.kernels.quant.Requantization;

/**
 * 2-D convolution, channels-last, with constant weights, prepared once per layer; immutable and shared by threads.
 *
 * <pre>y[n, oh, ow, m] = activation(bias[m] + sum over kh, kw, c of x[n, ih, iw, c] * w[m, c, kh, kw] + residual[n, oh, ow, m])</pre>
 *
 * <p>Input {@code (N, H, W, C)}, output {@code (N, OH, OW, M)}. A depthwise convolution goes to {@link DepthwiseNhwc}, one whose windows overlap to {@link DirectNhwc}, or where ports are shared
 * and it has many channels to {@link PackedPatches}; the others are {@link ConvProducts} of pixels.
 */
public final class ConvNhwc {
    private final int group;
    private final boolean depthwise;
    private final boolean planar;
    private final boolean planarOutput;
    private final @Nullable DirectNhwc direct;
    private final @Nullable ConvProducts products;
    private final float[] depthwiseWeights;
    private final float @Nullable [] bias;
    private final Activation activation;

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
        this(g, w, wOff, bias, biasOff, activation, planar, planarOutput, true);
    }

    /**
     * The same.
     *
     * @param many whether pixels come in the numbers that an image has: {@link PackedPatches} keeps tables for one geometry
     */
    ConvNhwc(
            ConvGeometry g,
            float[] w,
            int wOff,
            float @Nullable [] bias,
            int biasOff,
            Activation activation,
            boolean planar,
            boolean planarOutput,
            boolean many) {
        if (g.rank() != 2) {
            throw new IllegalArgumentException("channels-last convolution has 2 spatial axes, got " + g.rank());
        }
        this.group = g.group();
        this.activation = activation;
        this.planar = planar;
        this.depthwise = g.isDepthwise() && !planar;
        float[] own = bias == null ? null : Arrays.copyOfRange(bias, biasOff, biasOff + g.outChannels());
        // a whole vector of a few channels: DepthwiseNhwc would copy what is shorter in every run
        this.bias = own != null && depthwise && own.length < Simd.LANES ? Arrays.copyOf(own, Simd.LANES) : own;
        this.depthwiseWeights = depthwise ? DepthwiseNhwc.pack(g, w, wOff) : new float[0];
        boolean overlaps = DirectNhwc.suits(
                g.isDepthwise(), g.taps(), g.axis(0).stride() * g.axis(1).stride());
        boolean packs = many && overlaps && !planar && !planarOutput && PackedPatches.suits(g);
        this.direct = planar || overlaps && !packs ? new DirectNhwc(g, w, wOff, this.bias, activation) : null;
        if (planarOutput && direct == null) {
            throw new IllegalArgumentException(
                    "planar output: expected a convolution whose windows overlap, not depthwise");
        }
        this.planarOutput = planarOutput;
        this.products = depthwise || direct != null ? null : new ConvProducts(g, w, wOff, this.bias, activation, packs);
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
     * Whether the weights of a convolution are so many for its few pixels that waiting for those of Winograd's transforms, about twice as many, takes longer than computing without.
     */
    public static boolean beatsWinograd(ConvGeometry g) {
        return PackedPatches.beatsWinograd(g);
    }

    /**
     * The range that can be split between threads: units of a few output pixels that follow each other, a row of the image where it is computed row by row,
     * else a tile's rows of the product.
     */
    public int units(ConvGeometry g) {
        return byRows() ? g.batch() * g.axis(0).output() : (g.batch() * g.outputPixels() + Gemm.MR - 1) / Gemm.MR;
    }

    private boolean byRows() {
        return products == null;
    }

    /** Whether {@link #units} are rows of the output, each of which passes over all weights. */
    public boolean isDirect() {
        return direct != null;
    }

    /** Number of weight panels, the other range that can be split; 1 for a grouped convolution. */
    public int panels() {
        return products == null ? 1 : products.panels();
    }

    /** What a profile calls the kernel. */
    public String kernelName(ConvGeometry g) {
        if (products != null) {
            return products.kernelName(g);
        }
        return direct != null
                ? direct.kernelName(g)
                : "conv-nhwc-depthwise-" + g.axis(0).kernel() + "x" + g.axis(1).kernel();
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        if (products != null) {
            return products.scratchSize(g);
        }
        return direct == null ? 0 : direct.scratchSize(g);
    }

    /** The kernel that needs no patches, where that is what computes the convolution. */
    @Nullable
    DirectNhwc direct() {
        return direct;
    }

    /** Whether the convolution is a product of the pixels as they lie with the weights. */
    boolean isProduct(ConvGeometry g) {
        return products != null && g.isPointwise() && group == 1;
    }

    /** The product of pixels with the weights whose sums become whole numbers, for {@link #isProduct products}. */
    GemmWhole whole(Requantization end) {
        return Objects.requireNonNull(products).whole(end);
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
        int before = start * g.outChannels();
        if (products == null) {
            run(g, x, xOff, y, yOff - before, residual, resOff - before, scratch, scratchOff, fromRow, toRow);
            return;
        }
        int pixels = (toRow - fromRow) * row;
        if (g.isPointwise()) {
            int in = xOff + start * g.inChannels();
            products.run(g, x, in, y, yOff, residual, resOff, scratch, scratchOff, 0, pixels, 0, panels());
            return;
        }
        int out = yOff - before;
        int res = resOff - before;
        products.run(g, x, xOff, y, out, residual, res, scratch, scratchOff, start, pixels, 0, panels());
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
        if (products != null) {
            int all = g.batch() * g.outputPixels();
            int start = Math.min(fromUnit * Gemm.MR, all);
            int pixels = Math.min(toUnit * Gemm.MR, all) - start;
            products.run(g, x, xOff, y, yOff, residual, resOff, scratch, scratchOff, start, pixels, fromPanel, toPanel);
        } else if (direct != null) {
            direct.run(
                    g, x, xOff, planar, planarOutput, y, yOff, residual, resOff, scratch, scratchOff, fromUnit, toUnit);
        } else {
            runDepthwise(g, x, xOff, y, yOff, residual, resOff, fromUnit, toUnit);
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
