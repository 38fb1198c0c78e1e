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
 * <p>The output is cut in patches of a few pixels. As many patches as a vector has lanes are computed side by side, a pixel of each in a vector, so that no tap
 * needs values from between two vectors: what a tap reads for a row of a patch are consecutive vectors of a tile, whatever kernel, stride, dilation and
 * padding. The tile holds a block of input channels, transposed, and stays in the first-level cache while the lists of all output channels pass.
 */
public final class SparseConvNhwc {
    /** Ranges of channels begin at multiples of this. */
    public static final int CHANNELS = TapLists.GROUP;

    private final ConvGeometry any;
    private final SparseFilters filters;
    private final float[] bias;
    private final Activation activation;
    private final SparseForm form;
    private final boolean planarInput;
    private final boolean planarOutput;

    /** Lists for each shape of patches, made when a geometry first needs them. */
    private final AtomicReferenceArray<@Nullable TapLists> lists =
            new AtomicReferenceArray<>(PatchShape.MOST_HEIGHT * (TapTiles.MOST + 1));

    private volatile @Nullable PatchShape lastShape;
    private volatile @Nullable PatchPlan lastPlan;
    private volatile @Nullable PatchLines lastLines;

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
        this(any, w, wOff, bias, biasOff, activation, form, false, false);
    }

    /**
     * The same, of images whose channels may come first; see {@link #suitsPlanes}.
     *
     * @param planarInput whether x is {@code (N, C, H, W)} all the same
     * @param planarOutput whether y is {@code (N, M, OH, OW)} all the same; then there is no residual
     */
    public SparseConvNhwc(
            ConvGeometry any,
            float[] w,
            int wOff,
            float @Nullable [] bias,
            int biasOff,
            Activation activation,
            SparseForm form,
            boolean planarInput,
            boolean planarOutput) {
        if (any.rank() > 2) {
            throw new IllegalArgumentException(
                    "sparse channels-last convolution has 1 or 2 spatial axes, got " + any.rank());
        }
        if (form == SparseForm.LANE_LISTS || form == SparseForm.ROW_BLOCKS) {
            throw new IllegalArgumentException("sparse weights of a convolution are not stored as " + form);
        }
        this.any = any;
        this.filters = SparseFilters.of(w, wOff, any.outChannels(), any.depth());
        this.bias = new float[any.outChannels() + TapTiles.LANES];
        if (bias != null) {
            System.arraycopy(bias, biasOff, this.bias, 0, any.outChannels());
        }
        this.activation = activation;
        this.form = form;
        this.planarInput = planarInput;
        this.planarOutput = planarOutput;
    }

    /** Whether images of this size may have their channels first, before or after this convolution; the batch does not matter. */
    public static boolean suitsPlanes(ConvGeometry g) {
        return PatchLines.suits(g);
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
        return filters.nonZeros();
    }

    /** The range that can be split between threads: a row of as many patches of the output as a vector has lanes, each of which takes the same time. */
    public int units(ConvGeometry g) {
        return shape(g).units();
    }

    /** Predicted time of one thread for all units and channels, in nanoseconds: a model of the machine docs/kernels-measured.md describes. */
    public double nanos(ConvGeometry g) {
        return shape(g).nanos();
    }

    /** Bytes of the lists made so far and of the weights they are made from. */
    public long bytes() {
        long bytes = filters.bytes();
        for (int i = 0; i < lists.length(); i++) {
            TapLists known = lists.get(i);
            bytes += known == null ? 0 : known.bytes();
        }
        return bytes;
    }

    /**
     * The first channel of piece {@code piece} of {@code pieces}: pieces have about the same numbers of weights other than zero, and begin at multiples of {@link #CHANNELS}.
     */
    public int cut(int pieces, int piece) {
        if (piece <= 0) {
            return 0;
        }
        if (piece >= pieces) {
            return channels();
        }
        long wanted = nonZeros() * piece / pieces;
        int at = Arrays.binarySearch(filters.starts(), (int) wanted);
        int channel = at < 0 ? -at - 1 : at;
        return Math.min(channels(), (channel + CHANNELS / 2) / CHANNELS * CHANNELS);
    }

    /** What a profile calls the kernel: pixels of a patch, and patches side by side. */
    public String kernelName(ConvGeometry g) {
        PatchShape shape = shape(g);
        return "sparse-conv-nhwc-" + shape.height() + "x" + shape.width() + "x" + TapTiles.LANES;
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        TapLayout layout = lists(shape(g)).layout();
        return Math.addExact(
                sumsAt(layout),
                Math.multiplyExact(
                        Math.addExact(Math.multiplyExact(layout.height(), channels()), TapTiles.LANES), layout.run()));
    }

    private static int sumsAt(TapLayout layout) {
        return SparseConvTile.WORK + (layout.size() + 15) / 16 * 16;
    }

    private PatchShape shape(ConvGeometry g) {
        PatchShape known = lastShape;
        if (known == null || !sameSizes(known.g(), g)) {
            if ((planarInput || planarOutput) && !suitsPlanes(g)) {
                throw new IllegalArgumentException("a sparse convolution of planes got an image of "
                        + g.heightAxis().input() + "x" + g.widthAxis().input() + ", for which it is not made");
            }
            known = PatchShape.cheapest(g, nonZeros(), planarInput, planarOutput);
            lastShape = known;
        }
        return known;
    }

    private static boolean sameSizes(ConvGeometry a, ConvGeometry b) {
        if (a == b) {
            return true;
        }
        return a.batch() == b.batch()
                && a.heightAxis().equals(b.heightAxis())
                && a.widthAxis().equals(b.widthAxis());
    }

    private TapLists lists(PatchShape shape) {
        int at = (shape.height() - 1) * (TapTiles.MOST + 1) + shape.width();
        TapLists known = lists.get(at);
        if (known == null) {
            known = new TapLists(any, TapLayout.of(any, shape.height(), shape.width()), filters);
            lists.set(at, known);
        }
        return known;
    }

    private PatchPlan plan(PatchShape shape, TapLayout layout) {
        PatchPlan known = lastPlan;
        if (known == null || !sameSizes(known.g(), shape.g())) {
            known = PatchPlan.of(shape.g(), layout);
            lastPlan = known;
        }
        return known;
    }

    private @Nullable PatchLines lines(PatchPlan plan) {
        if (!planarInput && !planarOutput) {
            return null;
        }
        PatchLines known = lastLines;
        if (known == null || known.plan() != plan) {
            known = PatchLines.of(plan);
            lastLines = known;
        }
        return known;
    }

    /**
     * Computes channels {@code fromChannel} to {@code toChannel} of units {@code fromUnit} to {@code toUnit} (both exclusive). The result is the same, bit for bit, however
     * the work is split.
     *
     * @param fromChannel a multiple of {@link #CHANNELS}, as is {@code toChannel} unless it is {@link #channels}
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
        if (planarOutput && residual != null) {
            throw new IllegalArgumentException("a sparse convolution that writes planes adds no residual");
        }
        if (fromUnit >= toUnit || fromChannel >= toChannel) {
            return;
        }
        PatchShape shape = shape(g);
        TapLists t = lists(shape);
        TapLayout layout = t.layout();
        PatchPlan plan = plan(shape, layout);
        PatchLines lines = lines(plan);
        PatchLines in = planarInput ? lines : null;
        int zeros = scratchOff + SparseConvTile.WORK + layout.zeros();
        Arrays.fill(scratch, zeros, zeros + layout.size() - layout.zeros(), 0f);
        int height = layout.height();
        for (int unit = fromUnit; unit < toUnit; ) {
            int row = unit % height;
            int end = Math.min(height, row + toUnit - unit);
            sum(plan, in, t, unit / height, row, end, x, xOff, scratch, scratchOff, fromChannel, toChannel);
            int sums = scratchOff + sumsAt(layout);
            for (int r = row; r < end; r++, unit++) {
                if (planarOutput && lines != null) {
                    lines.finish(unit, fromChannel, toChannel, scratch, sums, bias, y, yOff, activation);
                    sums += (toChannel - fromChannel) * layout.run();
                    continue;
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
                sums += (toChannel - fromChannel) * layout.run();
            }
        }
    }

    /** The sums of rows {@code fromRow} to {@code toRow} of a group's patches. */
    private static void sum(
            PatchPlan plan,
            @Nullable PatchLines lines,
            TapLists t,
            int group,
            int fromRow,
            int toRow,
            float[] x,
            int xOff,
            float[] scratch,
            int scratchOff,
            int fromChannel,
            int toChannel) {
        TapLayout layout = t.layout();
        int tile = scratchOff + SparseConvTile.WORK;
        int sums = scratchOff + sumsAt(layout);
        int run = layout.run();
        int pass = (toChannel - fromChannel) * run;
        Arrays.fill(scratch, sums, sums + (toRow - fromRow) * pass, 0f);
        int filled = 0;
        for (int block = 0; block < layout.blocks(); block++) {
            if (t.isEmpty(block, fromChannel, toChannel)) {
                continue;
            }
            int fill = layout.blockStart(block) - layout.channelInTile(block);
            if (fill >= filled) {
                filled = Math.min(layout.channels(), fill + layout.fillChannels());
                if (lines != null) {
                    lines.fill(group, fromRow, toRow, x, xOff, fill, filled, scratch, tile);
                } else {
                    SparseConvTile.fill(plan, group, fromRow, toRow, x, xOff, fill, filled, scratch, tile, scratchOff);
                }
            }
            int start = tile + layout.channelInTile(block) * layout.pitch();
            for (int r = fromRow; r < toRow; r++) {
                int at = sums + (r - fromRow) * pass;
                t.multiply(block, fromChannel, toChannel, scratch, start + r * layout.rowPitch(), at);
            }
        }
    }
}
