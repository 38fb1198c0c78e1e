package org.lanewise.kernels.sparse;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.ConvGeometry;

/**
 * Convolution with constant weights that are mostly zeros, channels-last, over one or two spatial axes; immutable and shared by threads.
 *
 * <pre>y[n, oh, ow, m] = activation(bias[m] + sum over kh, kw, c of x[n, ih, iw, c] * w[m, c, kh, kw] + residual[n, oh, ow, m])</pre>
 *
 * <p>Only weights other than zero are stored and multiplied: a zero contributes nothing, even where the input is infinite or NaN, and neither does padding.
 *
 * <p>The output is cut in segments of a few pixels of a row. As many segments as a vector has lanes are computed side by side, a pixel of each in a vector, so that no tap
 * needs values from between two vectors: the pixels that a tap reads for a segment are consecutive vectors of a tile, whatever kernel, stride, dilation and
 * padding. The tile holds a block of input channels, transposed, and stays in the first-level cache while the lists of all output channels pass.
 */
public final class SparseConvNhwc {
    private final ConvGeometry any;
    private final float[] weights;
    private final long nonZeros;
    private final int[] cumulated;
    private final float[] bias;
    private final Activation activation;
    private final SparseForm form;

    /** Lists for each width of a segment, made when a geometry first needs them. */
    private final AtomicReferenceArray<@Nullable TapLists> lists = new AtomicReferenceArray<>(TapTiles.MOST + 1);

    private volatile @Nullable SegmentPlan last;

    /**
     * Makes the lists.
     *
     * @param any any geometry of the layer: its channels, group, kernel, strides and dilations count; its other sizes only say what to be prepared for
     * @param w ONNX weights {@code (M, C/group, KH, KW)}
     * @param bias M values from {@code biasOff} on, or null
     * @param form how the weights are stored; every form gives the same results
     * @throws IllegalArgumentException when there are three spatial axes, or when the form is one for products with one row
     */
    public SparseConvNhwc(
            ConvGeometry any,
            float[] w,
            int wOff,
            float @Nullable [] bias,
            int biasOff,
            Activation activation,
            SparseForm form) {
        if (any.rank() > 2) {
            throw new IllegalArgumentException(
                    "sparse channels-last convolution has 1 or 2 spatial axes, got " + any.rank());
        }
        if (form == SparseForm.LANE_LISTS || form == SparseForm.ROW_BLOCKS) {
            throw new IllegalArgumentException("sparse weights of a convolution are not stored as " + form);
        }
        this.any = any;
        this.weights = Arrays.copyOfRange(w, wOff, wOff + any.weightSize());
        this.bias = new float[any.outChannels() + TapTiles.LANES];
        if (bias != null) {
            System.arraycopy(bias, biasOff, this.bias, 0, any.outChannels());
        }
        this.activation = activation;
        this.form = form;
        this.cumulated = new int[any.outChannels() + 1];
        int count = 0;
        for (int n = 0; n < any.outChannels(); n++) {
            for (int i = n * any.depth(); i < (n + 1) * any.depth(); i++) {
                count += weights[i] != 0 ? 1 : 0;
            }
            cumulated[n + 1] = count;
        }
        this.nonZeros = count;
    }

    /** Output channels, the range that can be split beside {@link #units}. */
    public int channels() {
        return any.outChannels();
    }

    /** How the weights are stored. */
    public SparseForm form() {
        return form;
    }

    /** Weights other than zero. */
    public long nonZeros() {
        return nonZeros;
    }

    /** The range that can be split between threads: groups of segments of the output, each of which takes the same time. */
    public int units(ConvGeometry g) {
        return SegmentPlan.units(g, width(g));
    }

    /**
     * The first channel of piece {@code piece} of {@code pieces}: pieces have about the same numbers of weights other than zero, and begin at multiples of a vector.
     */
    public int cut(int pieces, int piece) {
        if (piece <= 0) {
            return 0;
        }
        if (piece >= pieces) {
            return channels();
        }
        long wanted = nonZeros * piece / pieces;
        int at = Arrays.binarySearch(cumulated, (int) wanted);
        int channel = at < 0 ? -at - 1 : at;
        int lanes = TapTiles.LANES;
        return Math.min(channels(), (channel + lanes / 2) / lanes * lanes);
    }

    /** What a profile calls the kernel: pixels of a segment and segments side by side. */
    public String kernelName(ConvGeometry g) {
        return "sparse-conv-nhwc-" + width(g) + "x" + TapTiles.LANES;
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        TapLists t = lists(width(g));
        return Math.addExact(sumsAt(t.layout()), sumsSize(t.layout()));
    }

    private static int sumsAt(TapLayout layout) {
        return SparseConvTile.WORK + (layout.size() + 15) / 16 * 16;
    }

    private int sumsSize(TapLayout layout) {
        int lanes = TapTiles.LANES;
        return Math.multiplyExact((channels() + lanes - 1) / lanes * lanes, layout.run());
    }

    private int width(ConvGeometry g) {
        int best = TapTiles.LEAST;
        long least = Long.MAX_VALUE;
        for (int width = TapTiles.MOST; width >= TapTiles.LEAST; width--) {
            long cost = SegmentPlan.units(g, width) * (2L * width + 1);
            if (cost < least) {
                least = cost;
                best = width;
            }
        }
        return best;
    }

    private TapLists lists(int width) {
        TapLists known = lists.get(width);
        if (known == null) {
            known = new TapLists(any, TapLayout.of(any, width), weights);
            lists.set(width, known);
        }
        return known;
    }

    private SegmentPlan plan(ConvGeometry g, TapLayout layout) {
        SegmentPlan known = last;
        if (known == null || !known.g().equals(g)) {
            known = SegmentPlan.of(g, layout);
            last = known;
        }
        return known;
    }

    /**
     * Computes channels {@code fromChannel} to {@code toChannel} of units {@code fromUnit} to {@code toUnit} (both exclusive). The result is the same, bit for bit, however
     * the work is split.
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
            int fromChannel,
            int toChannel) {
        if (fromUnit >= toUnit || fromChannel >= toChannel) {
            return;
        }
        TapLists t = lists(width(g));
        TapLayout layout = t.layout();
        SegmentPlan plan = plan(g, layout);
        int tile = scratchOff + SparseConvTile.WORK;
        int sums = scratchOff + sumsAt(layout);
        int run = layout.run();
        Arrays.fill(scratch, tile + layout.zeros(), tile + layout.size(), 0f);
        for (int unit = fromUnit; unit < toUnit; unit++) {
            Arrays.fill(scratch, sums, sums + (toChannel - fromChannel) * run, 0f);
            for (int block = 0; block < layout.blocks(); block++) {
                int from = block * layout.blockChannels();
                int to = Math.min(g.inChannels(), from + layout.blockChannels());
                int first = t.firstChannel(from, fromChannel);
                int end = t.lastChannel(to, toChannel);
                if (first < end) {
                    SparseConvTile.fill(plan, layout, unit, x, xOff, from, to, scratch, tile, scratchOff);
                    t.multiply(block, first, end, scratch, tile, sums + (first - fromChannel) * run);
                }
            }
            SparseConvTile.finish(
                    plan,
                    unit,
                    fromChannel,
                    toChannel,
                    scratch,
                    sums,
                    scratchOff,
                    bias,
                    y,
                    yOff,
                    residual,
                    resOff,
                    activation);
        }
    }
}
