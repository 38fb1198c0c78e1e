package org.lanewise.kernels.conv;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;

/**
 * 3x3 convolution of stride 1, channels-last, with constant weights, by Winograd's minimal filtering F(tile x tile, 3x3); immutable and
 * shared by threads.
 *
 * <p>The output is cut into square tiles of 2 or 4 pixels a side, each computed from (tile + 2)^2 transformed input pixels by as many products
 * with transformed weights: 16 instead of 36 multiplications a pixel and channel pair for 4 outputs (2.25 times fewer), 36 instead of 144
 * for 16 outputs (4 times fewer). For every position of a tile that is one matrix product, tiles times channels. A block of tiles is
 * transformed, multiplied and transformed back while it is in the second-level cache.
 */
public final class WinogradNhwc {
    /** Bytes of transformed tiles and products worked on at a time: they share the second-level cache with the weights of a position. */
    private static final int BLOCK_BYTES = 512 << 10;

    /** Tiles that a pass over weights in the cache should serve at least. */
    private static final int LEAST_TILES = 32;

    /** The same for weights that come from memory, where reading them takes longer than multiplying a few tiles by them. */
    private static final int LEAST_TILES_MEMORY = 64;

    /** Weights from this size on fill the last-level cache. */
    private static final long MEMORY_BYTES = 16 << 20;

    private static final int MOST_TILES = 256;

    /** Parts of the work that are remembered. */
    private static final int MOST_KNOWN = 16;

    /** Values between the ends of a position and the start of the next, so that the positions of a tile do not share cache sets. */
    private static final int GAP = 16;

    private final int tile;
    private final int inChannels;
    private final int outChannels;
    private final int columns;
    private final List<PackedB> weights; // none where the products are small
    private final @Nullable WinogradProducts small;
    private final long bytes;
    private final float[] bias;
    private final Activation activation;
    private volatile @Nullable WinogradTiling lastTiling;
    private volatile Passes[] known = new Passes[0];

    /** The transforms of one part of the work, kept so that a run makes no objects. */
    private record Passes(
            ConvGeometry g, int scratchOff, int fromPanel, int toPanel, WinogradInput input, WinogradOutput output) {}

    /**
     * Transforms and packs the weights.
     *
     * @param g any geometry of the layer: its channels count, its spatial sizes do not
     * @param tile 2 or 4
     * @param w ONNX weights {@code (M, C, 3, 3)}
     * @param bias M values from {@code biasOff} on, or null
     * @throws IllegalArgumentException when the convolution is not an ungrouped 3x3 of stride 1 without dilation
     */
    public WinogradNhwc(
            ConvGeometry g,
            int tile,
            float[] w,
            int wOff,
            float @Nullable [] bias,
            int biasOff,
            Activation activation) {
        if (!computes(g)) {
            throw new IllegalArgumentException(
                    "Winograd convolution is for one group of 3x3 filters of stride 1 and dilation 1, got " + g);
        }
        if (tile != 2 && tile != 4) {
            throw new IllegalArgumentException("tiles have 2 or 4 pixels a side, got " + tile);
        }
        this.tile = tile;
        this.inChannels = g.inChannels();
        this.outChannels = g.outChannels();
        this.columns = WinogradWeights.columns(outChannels);
        this.activation = activation;
        boolean isSmall = WinogradProducts.suits(inChannels, columns);
        this.small = isSmall ? WinogradWeights.packSmall(tile, inChannels, outChannels, w, wOff) : null;
        this.weights = isSmall ? List.of() : WinogradWeights.pack(tile, inChannels, outChannels, w, wOff);
        this.bytes = small != null
                ? small.bytes()
                : weights.stream().mapToLong(PackedB::bytes).sum();
        this.bias = new float[outChannels];
        if (bias != null) {
            System.arraycopy(bias, biasOff, this.bias, 0, outChannels);
        }
    }

    /** Whether this is a convolution that the class computes. */
    public static boolean computes(ConvGeometry g) {
        if (g.rank() != 2 || g.group() != 1) {
            return false;
        }
        for (WindowAxis axis : g.axes()) {
            if (axis.kernel() != 3 || axis.stride() != 1 || axis.dilation() != 1) {
                return false;
            }
        }
        return true;
    }

    /**
     * How this convolution is computed best: by tiles of 4 or 2 pixels a side, or not by this class at all (0), because it cannot, or because
     * im2col is faster for few channels or few pixels.
     */
    public static int bestTile(ConvGeometry g) {
        return computes(g) ? WinogradCost.tile(g) : 0;
    }

    /** What {@link #bestTile} costs, in multiply-adds of matrix products that would take as long; 0 where that is not this class. */
    public static double work(ConvGeometry g) {
        return computes(g) ? WinogradCost.work(g) : 0;
    }

    /** Whether tiles of 2 pixels a side, the only ones that can be exact, are faster than a direct convolution. */
    static boolean paysInTwos(ConvGeometry g) {
        return computes(g) && WinogradCost.paysInTwos(g);
    }

    /** Whether tiles of 2 pixels a side are exact for whole inputs, weights and bias; arguments as {@link WinogradExactness}'s. */
    static boolean isExactInTwos(ConvGeometry g, float[] w, float[] bias, int low, int high) {
        return computes(g) && WinogradExactness.holds(g.outChannels(), g.inChannels(), w, bias, low, high);
    }

    /** Memory that the transformed weights of a layer take, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Number of output tiles: the range that can be split between threads. */
    public int units(ConvGeometry g) {
        return tiling(g).tiles();
    }

    /** Fewest tiles that are worth a pass over the weights: a piece of work should not have less. */
    public int leastUnits() {
        int least = bytes() >= MEMORY_BYTES ? LEAST_TILES_MEMORY : LEAST_TILES / 2;
        return small != null ? small.leastRows(least) : least;
    }

    /** Number of weight panels, the other range that can be split. */
    public int panels() {
        return Gemm.panels(columns);
    }

    /** What a profile calls the kernel. */
    public String kernelName(ConvGeometry g) {
        String form = "conv-nhwc-winograd-" + tile + "x" + tile + "-";
        return form + (small != null ? small.kernelName() : Gemm.kernelName(blockTiles(units(g)), columns, inChannels));
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        WinogradTiling tiling = tiling(g);
        int tiles = blockTiles(tiling.tiles());
        return tileScratch(tiles)
                + positions() * (step(rows(tiles), inChannels) + step(rows(tiles), columns))
                + Math.max(WinogradInput.linesSize(tiling), WinogradOutput.linesSize(tiling))
                + WinogradOutput.lineSize(tiling);
    }

    private int tileScratch(int tiles) {
        return small == null ? Gemm.scratchLength(tiles, columns, inChannels) : 0;
    }

    private int positions() {
        return (tile + 2) * (tile + 2);
    }

    /** Rows of products that there is room for. */
    private int rows(int tiles) {
        return small != null ? WinogradProducts.rows(tiles, columns) : tiles;
    }

    private static int step(int rows, int channels) {
        return (rows * channels + GAP - 1) / GAP * GAP + GAP;
    }

    /** Most tiles in a block. */
    private int blockTiles(int tiles) {
        int fitting = BLOCK_BYTES / (4 * positions() * Math.max(1, inChannels + columns));
        int least = bytes() >= MEMORY_BYTES ? LEAST_TILES_MEMORY : LEAST_TILES;
        int most = Math.clamp(fitting, least, MOST_TILES) / Gemm.MR * Gemm.MR;
        return Math.min(tiles, most);
    }

    /**
     * Computes output tiles {@code from} to {@code to} (exclusive) of the {@link #units}, channels of the panels {@code fromPanel} to
     * {@code toPanel}. Input {@code (N, H, W, C)}, output {@code (N, OH, OW, M)}.
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
            int from,
            int to,
            int fromPanel,
            int toPanel) {
        if (from >= to || fromPanel >= toPanel) {
            return;
        }
        Passes passes = passes(g, scratchOff, fromPanel, toPanel);
        WinogradInput input = passes.input;
        WinogradOutput output = passes.output;
        int most = blockTiles(input.tiling().tiles());
        int inStep = input.step();
        int outStep = output.step();
        int v = scratchOff + tileScratch(most);
        int products = v + positions() * inStep;
        output.repeatBias(bias, scratch);
        int blocks = (to - from + most - 1) / most;
        int first = from;
        for (int block = 0; block < blocks; block++) {
            int end = first + (to - first) / (blocks - block);
            input.transform(x, xOff, first, end, scratch, v);
            multiply(scratch, scratchOff, v, inStep, products, outStep, end - first, fromPanel, toPanel);
            output.transform(scratch, products, first, end, y, yOff, residual, resOff);
            first = end;
        }
    }

    private void multiply(
            float[] scratch,
            int scratchOff,
            int v,
            int inStep,
            int products,
            int outStep,
            int tiles,
            int fromPanel,
            int toPanel) {
        if (small != null) {
            int to = Math.min(columns, toPanel * Gemm.NR);
            for (int p = 0; p < positions(); p++) {
                small.run(p, scratch, v + p * inStep, products + p * outStep, tiles, fromPanel * Gemm.NR, to);
            }
            return;
        }
        for (int p = 0; p < weights.size(); p++) {
            Gemm.run(
                    scratch,
                    v + p * inStep,
                    inChannels,
                    weights.get(p),
                    scratch,
                    products + p * outStep,
                    columns,
                    null,
                    0,
                    0,
                    tiles,
                    fromPanel,
                    toPanel,
                    Epilogue.NONE,
                    scratch,
                    scratchOff);
        }
    }

    private WinogradTiling tiling(ConvGeometry g) {
        WinogradTiling last = lastTiling;
        if (last == null || last.g() != g) {
            last = WinogradTiling.of(g, tile);
            lastTiling = last;
        }
        return last;
    }

    private Passes passes(ConvGeometry g, int scratchOff, int fromPanel, int toPanel) {
        for (Passes passes : known) {
            if (passes.g == g
                    && passes.scratchOff == scratchOff
                    && passes.fromPanel == fromPanel
                    && passes.toPanel == toPanel) {
                return passes;
            }
        }
        return remember(g, scratchOff, fromPanel, toPanel);
    }

    private synchronized Passes remember(ConvGeometry g, int scratchOff, int fromPanel, int toPanel) {
        WinogradTiling tiling = tiling(g);
        int most = blockTiles(tiling.tiles());
        int inStep = step(rows(most), inChannels);
        int outStep = step(rows(most), columns);
        int lines = scratchOff + tileScratch(most) + positions() * (inStep + outStep);
        int start = lines + Math.max(WinogradInput.linesSize(tiling), WinogradOutput.linesSize(tiling));
        int channel = fromPanel * Gemm.NR;
        int channels = Math.min(outChannels, toPanel * Gemm.NR) - channel;
        Passes passes = new Passes(
                g,
                scratchOff,
                fromPanel,
                toPanel,
                new WinogradInput(tiling, inStep, lines),
                new WinogradOutput(tiling, outStep, columns, channel, channels, lines, start, activation));
        Passes[] old = known;
        int kept = Math.min(old.length, MOST_KNOWN - 1);
        Passes[] more = new Passes[kept + 1];
        more[0] = passes;
        System.arraycopy(old, 0, more, 1, kept);
        known = more;
        return passes;
    }
}
