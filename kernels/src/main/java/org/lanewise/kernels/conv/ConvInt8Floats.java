package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.gemm.GemmWhole;
import org.lanewise.kernels.gemm.TriplesWhole;
import org.lanewise.kernels.quant.Dequantize;
import org.lanewise.kernels.quant.Requantization;

/**
 * The convolution of {@link ConvInt8Nhwc} that ends in bytes, computed by the fp32 kernels on bytes and weights widened to {@code float}: exact where no sum can reach 2^24, which {@link #isExact} tells from the
 * weights, and then equal in every bit. Where products are few for each output, widening to {@code float} and multiplying there is faster than 16-bit lanes that have to be widened and reordered.
 *
 * <p>Works on blocks of output rows whose values stay in the second-level cache: widen the input rows, convolve, requantize. Immutable, shared by threads.
 */
public final class ConvInt8Floats {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);

    /** Blocks begin at cache lines. */
    private static final int LINE = Alignment.LINE_BYTES / Float.BYTES;

    /** Values of the input and output rows of a block. */
    private static final int BLOCK_VALUES = 64 << 10;

    /** The same where weights are widened for each block. */
    private static final int TRIPLES_VALUES = 128 << 10;

    private final ConvNhwc kernel;
    private final float @Nullable [] exactWeights;
    private final float[] bias;
    private volatile @Nullable WinogradNhwc winograd;
    private final @Nullable WinogradWhole whole;
    private final @Nullable TriplesWhole triples;
    private final Requantization end;
    private final boolean xSigned;
    private final int xZero;
    private final ConvGeometry any;
    private volatile @Nullable Plan last;

    /** A part of the output rows of every image: a convolution of its own. */
    private record Block(ConvGeometry geometry, int inputRow, int inputRows, int outputRow, int outputRows) {}

    /**
     * What follows from a geometry and the number of parts.
     *
     * @param winograd the kernel where it is not the layer's
     * @param whole the kernel from bytes to bytes in tiles of four pixels a side, where that is used; blocks are whole rows of tiles then
     * @param values room for the input and output rows of a block
     */
    private record Plan(
            ConvGeometry geometry,
            int parts,
            @Nullable WinogradNhwc winograd,
            @Nullable WinogradWhole whole,
            List<Block> blocks,
            int values) {}

    /** Packs the weights; arguments as for {@link ConvInt8Nhwc}. */
    public ConvInt8Floats(
            ConvGeometry g,
            byte[] w,
            int wOff,
            boolean wSigned,
            int @Nullable [] wZeros,
            boolean xSigned,
            int xZero,
            Requantization end) {
        WholeWeights whole = WholeWeights.of(g, w, wOff, wSigned, wZeros, end);
        float[] weights = whole.weights();
        this.end = whole.end();
        this.bias = whole.bias();
        this.kernel = new ConvNhwc(g, weights, 0, bias, 0, NONE, false, false, false);
        int low = (xSigned ? Byte.MIN_VALUE : 0) - xZero;
        int high = low + WholeWeights.LARGEST_X;
        this.exactWeights = WinogradNhwc.isExactInTwos(g, weights, bias, low, high) ? weights : null;
        this.whole = WinogradWhole.of(g, weights, bias, xZero, !xSigned);
        this.xSigned = xSigned;
        this.xZero = xZero;
        this.any = g;
        boolean product = kernel.isProduct(g) && TriplesWhole.pays(g.inChannels(), g.outChannels());
        this.triples =
                product ? TriplesWhole.of(weights, g.inChannels(), g.outChannels(), bias, end(), xSigned, xZero) : null;
    }

    /** Whether every sum of products with these weights, the bias included, and every part of it is exact in {@code float}, but for channels that give one byte whatever x holds. */
    public static boolean isExact(
            ConvGeometry g, byte[] w, int wOff, boolean wSigned, int @Nullable [] wZeros, Requantization end) {
        return WholeWeights.areExact(g, w, wOff, wSigned, wZeros, end);
    }

    /** The product of pixels whose sums stay whole numbers in {@code float}, {@code null} where the convolution is none. */
    @Nullable
    GemmWhole product() {
        return kernel.isProduct(any) ? kernel.whole(end) : null;
    }

    /** The fp64 tiles for the product of pixels, {@code null} where the convolution is none or they are not faster. */
    @Nullable
    TriplesWhole triples(ConvGeometry g) {
        return TriplesWhole.paysForRows(g.outputPixels()) ? triples : null;
    }

    /** The depthwise convolution whose sums stay whole numbers in {@code float}, {@code null} where it is none that has such a kernel. */
    @Nullable
    DepthwiseWhole depthwise() {
        return kernel.depthwiseWhole(any, end);
    }

    /** What computes the sums. */
    ConvNhwc kernel() {
        return kernel;
    }

    /** What becomes of them. */
    Requantization end() {
        return end;
    }

    /** Whether x holds int8; otherwise uint8. */
    boolean xSigned() {
        return xSigned;
    }

    /** The value of x that stands for 0. */
    int xZero() {
        return xZero;
    }

    /**
     * Blocks of output rows: the range that can be split between threads.
     *
     * @param parts so many blocks at least if there are rows for them, the same in all calls for one run: the number of threads
     */
    public int blocks(ConvGeometry g, int parts) {
        return g.batch() * plan(g, parts).blocks.size();
    }

    /** What a profile calls the kernel. */
    public String kernelName(ConvGeometry g, int parts) {
        if (triples(g) != null) {
            return "int8-1x1-triples-12x" + TriplesWhole.NR;
        }
        Plan plan = plan(g, parts);
        if (plan.whole != null) {
            return "int8-floats-" + plan.whole.kernelName();
        }
        WinogradNhwc tiles = plan.winograd;
        ConvGeometry sums = picks(g) ? picked(g, g.axis(0).output()) : g;
        return "int8-floats-" + (tiles == null ? kernel.kernelName(sums) : tiles.kernelName(sums));
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g, int parts) {
        Plan plan = plan(g, parts);
        if (plan.whole != null) {
            return plan.whole.scratchSize(g, rowsOfTiles(plan.blocks.getFirst()));
        }
        DirectNhwc direct = direct(plan);
        if (direct != null) {
            return direct.byteScratchSize(g);
        }
        if (triples(g) != null) {
            return TriplesWhole.roomForRows(pixels(plan)) * g.outChannels();
        }
        int most = 0;
        for (Block block : plan.blocks) {
            ConvGeometry part = block.geometry;
            most = Math.max(most, plan.winograd == null ? kernel.scratchSize(part) : plan.winograd.scratchSize(part));
        }
        return plan.values + most;
    }

    /** The same of {@code double} scratch. */
    public int doublesSize(ConvGeometry g, int parts) {
        TriplesWhole tiles = triples(g);
        return tiles == null ? 0 : tiles.doublesSize(pixels(plan(g, parts)));
    }

    /** The output pixels of the largest block. */
    private static int pixels(Plan plan) {
        int most = 0;
        for (Block block : plan.blocks) {
            most = Math.max(most, block.outputRows * block.geometry.axis(1).output());
        }
        return most;
    }

    /**
     * Computes blocks {@code from} to {@code to} (exclusive).
     *
     * @param scratch {@link #scratchSize} values from {@code scratchOff} on
     * @param doubles {@link #doublesSize} values from {@code doublesOff} on
     */
    public void run(
            ConvGeometry g,
            int parts,
            byte[] x,
            int xOff,
            byte[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            double[] doubles,
            int doublesOff,
            int from,
            int to) {
        Plan plan = plan(g, parts);
        int perImage = plan.blocks.size();
        int inRow = g.axis(1).input() * g.inChannels();
        int outRow = g.axis(1).output() * g.outChannels();
        if (plan.whole != null) {
            wholeTiles(plan.whole, plan, x, xOff, y, yOff, scratch, scratchOff, from, to);
            return;
        }
        DirectNhwc direct = direct(plan);
        if (direct != null) {
            int first = row(g, plan, from);
            int behind = row(g, plan, to);
            direct.runBytes(g, x, xOff, xZero, !xSigned, end, y, yOff, scratch, scratchOff, first, behind);
            return;
        }
        TriplesWhole tiles = triples(g);
        for (int i = from; i < to; i++) {
            int image = i / perImage;
            Block block = plan.blocks.get(i % perImage);
            int in = xOff + (image * g.axis(0).input() + block.inputRow) * inRow;
            int values = block.inputRows * inRow;
            if (tiles != null) {
                int pixels = block.outputRows * g.axis(1).output();
                int out = yOff + (image * g.axis(0).output() + block.outputRow) * outRow;
                tiles.run(x, in, scratch, scratchOff, pixels, doubles, doublesOff);
                end.bytes(scratch, scratchOff, block.outputRows * outRow, y, out);
                continue;
            }
            if (picks(g)) {
                values = pick(g, block, x, in, scratch, scratchOff);
            } else {
                Dequantize.centre(x, in, scratch, scratchOff, values, xZero, !xSigned);
            }
            int sums = scratchOff + lines(values);
            sums(plan, block.geometry, scratch, scratchOff, sums, scratchOff + plan.values);
            int out = yOff + (image * g.axis(0).output() + block.outputRow) * outRow;
            end.store(scratch, sums, block.outputRows * g.axis(1).output(), y, out);
        }
    }

    private void wholeTiles(
            WinogradWhole tiles,
            Plan plan,
            byte[] x,
            int xOff,
            byte[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to) {
        ConvGeometry g = plan.geometry;
        int perImage = plan.blocks.size();
        for (int i = from; i < to; i++) {
            Block block = plan.blocks.get(i % perImage);
            int in = xOff + i / perImage * g.inputPixels() * g.inChannels();
            int out = yOff + i / perImage * g.outputPixels() * g.outChannels();
            int row = block.outputRow / WinogradWholeForm.TILE;
            tiles.run(g, x, in, end, y, out, scratch, scratchOff, row, rowsOfTiles(block));
        }
    }

    private static int rowsOfTiles(Block block) {
        return Math.ceilDiv(block.outputRows, WinogradWholeForm.TILE);
    }

    /** Whether windows of one pixel skip others: then only those that are read are widened, and the rest is a product of what they are. */
    private static boolean picks(ConvGeometry g) {
        WindowAxis h = g.axis(0);
        WindowAxis w = g.axis(1);
        return g.group() == 1 && g.taps() == 1 && h.stride() * w.stride() > 1 && isInside(h) && isInside(w);
    }

    private static boolean isInside(WindowAxis axis) {
        return axis.padBegin() == 0 && (axis.output() - 1L) * axis.stride() < axis.input();
    }

    /** Widens the pixels that a block reads; returns how many values these are. */
    private int pick(ConvGeometry g, Block block, byte[] x, int in, float[] values, int to) {
        WindowAxis w = g.axis(1);
        int row = w.output() * g.inChannels();
        int step = w.stride() * g.inChannels();
        for (int r = 0; r < block.outputRows; r++) {
            int from = in + r * g.axis(0).stride() * w.input() * g.inChannels();
            Dequantize.centrePixels(x, from, step, w.output(), g.inChannels(), values, to + r * row, xZero, !xSigned);
        }
        return block.outputRows * row;
    }

    /** The kernel that takes bytes itself, where that is faster than widening them before. */
    private @Nullable DirectNhwc direct(Plan plan) {
        DirectNhwc direct = plan.winograd == null && plan.whole == null ? kernel.direct() : null;
        return direct != null && direct.takesBytes(plan.geometry) ? direct : null;
    }

    /** The first of the N * OH rows of block {@code block}. */
    private static int row(ConvGeometry g, Plan plan, int block) {
        int perImage = plan.blocks.size();
        int within = block % perImage == 0 ? 0 : plan.blocks.get(block % perImage).outputRow;
        return block / perImage * g.axis(0).output() + within;
    }

    private void sums(Plan plan, ConvGeometry g, float[] values, int x, int y, int scratchOff) {
        WinogradNhwc tiles = plan.winograd;
        if (tiles == null) {
            kernel.run(g, values, x, values, y, null, 0, values, scratchOff, 0, kernel.units(g));
        } else {
            tiles.run(g, values, x, values, y, null, 0, values, scratchOff, 0, tiles.units(g), 0, tiles.panels());
        }
    }

    /** The same number of values in whole cache lines. */
    private static int lines(int values) {
        return Math.ceilDiv(values, LINE) * LINE;
    }

    /** The kernel in tiles where it is exact and faster; made when a size first wants it. */
    private @Nullable WinogradNhwc winograd(ConvGeometry g) {
        float[] weights = exactWeights;
        if (weights == null || !WinogradNhwc.paysInTwos(g)) {
            return null;
        }
        WinogradNhwc made = winograd;
        if (made == null) {
            made = new WinogradNhwc(g, 2, weights, 0, bias, 0, NONE);
            winograd = made;
        }
        return made;
    }

    private Plan plan(ConvGeometry g, int parts) {
        Plan plan = last;
        if (plan == null || plan.parts != parts || !plan.geometry.equals(g)) {
            if (whole != null && WinogradCost.paysWhole(g)) {
                plan = plan(g, parts, null, whole, WinogradWhole.rowsOfABlock(g, parts) * WinogradWholeForm.TILE);
            } else {
                int values = triples(g) == null ? BLOCK_VALUES : TRIPLES_VALUES;
                plan = plan(g, parts, winograd(g), null, rowsOfABlock(g, parts, values));
            }
            last = plan;
        }
        return plan;
    }

    private static int rowsOfABlock(ConvGeometry g, int parts, int values) {
        WindowAxis h = g.axis(0);
        long perRow = (long) h.stride() * g.axis(1).input() * g.inChannels()
                + (long) g.axis(1).output() * g.outChannels();
        int rows = (int) Math.clamp(values / Math.max(1, perRow), 4, Math.max(4, h.output()));
        int blocks = Math.max(Math.ceilDiv(parts, Math.max(1, g.batch())), Math.ceilDiv(h.output(), rows));
        return Math.max(1, (Math.ceilDiv(h.output(), blocks) + 1) & -2); // even, for tiles of two rows
    }

    /** The product of the pixels that output rows read. */
    private static ConvGeometry picked(ConvGeometry g, int rows) {
        return ConvGeometry.of(
                new int[] {1, g.inChannels(), rows, g.axis(1).output()},
                new int[] {g.outChannels(), g.inChannels(), 1, 1},
                1,
                AutoPad.NOTSET,
                new int[] {1, 1},
                new int[4],
                new int[] {1, 1});
    }

    private static Plan plan(
            ConvGeometry g, int parts, @Nullable WinogradNhwc winograd, @Nullable WinogradWhole whole, int rows) {
        WindowAxis h = g.axis(0);
        WindowAxis w = g.axis(1);
        List<Block> blocks = new ArrayList<>();
        int most = 0;
        for (int row = 0; row < h.output(); row += rows) {
            int count = Math.min(rows, h.output() - row);
            ChainRows input = ChainRows.of(g, row, row + count);
            int inputRows = input.behind() - input.first();
            ConvGeometry part = picks(g) ? picked(g, count) : input.part(g);
            ConvGeometry before = blocks.isEmpty() ? part : blocks.getLast().geometry;
            blocks.add(new Block(before.equals(part) ? before : part, input.first(), inputRows, row, count));
            int values = lines(part.inputSize());
            most = Math.max(most, values + lines(count * w.output() * g.outChannels()));
        }
        return new Plan(g, parts, winograd, whole, List.copyOf(blocks), most);
    }
}
