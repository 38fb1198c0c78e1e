package org.lanewise.cli.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvNhwc;
import org.lanewise.kernels.conv.WinogradNhwc;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.RowProduct;
import org.lanewise.kernels.sparse.DenseCost;
import org.lanewise.kernels.sparse.LaneLists;
import org.lanewise.kernels.sparse.RowBlocks;
import org.lanewise.kernels.sparse.SparseB;
import org.lanewise.kernels.sparse.SparseConvNhwc;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.kernels.sparse.SparseGemm;
import org.lanewise.kernels.sparse.SparseGemv;
import org.lanewise.kernels.sparse.Sparsity;

/**
 * A layer with constant weights, dense and sparse, at several shares of zeros; one thread. What the sparse kernels compute is compared with the dense kernels' results when the
 * trial is made. Not for use by several threads.
 */
public final class ZeroTrial {
    /** Large enough for a collector to put it at the beginning of a cache line, see {@link Alignment}. */
    private static final int LARGE = 1 << 20;

    private static final int START = Alignment.FIRST_FLOAT;
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final double TOLERANCE = 1e-3;

    private final String name;
    private final String shape;
    private final float[] x;
    private final float[] y;
    private final int outputs;
    private final List<Way> dense = new ArrayList<>();
    private final List<Way> sparse = new ArrayList<>();

    /**
     * A way to compute the layer.
     *
     * @param pattern of the zeros of its weights
     * @param kernel what a profile calls the kernel
     * @param predictedNanos what the cost model expects a run to take
     * @param run runs it
     */
    public record Way(ZeroPattern pattern, String kernel, double predictedNanos, Runnable run) {}

    private ZeroTrial(String name, String shape, int inputs, int outputs) {
        this.name = name;
        this.shape = shape;
        this.outputs = outputs;
        x = array(inputs);
        y = array(outputs);
        Random random = new Random(1);
        for (int i = 0; i < inputs; i++) {
            x[START + i] = random.nextFloat() - 0.5f;
        }
    }

    /** (M, K) times (K, N). */
    public static ZeroTrial product(String name, int m, int n, int k) {
        ZeroTrial trial =
                new ZeroTrial(name, m + "x" + k + "x" + n, Math.multiplyExact(m, k), Math.multiplyExact(m, n));
        for (ZeroPattern pattern : patterns(m == 1)) {
            float[] w = pattern.values(n, k, 1);
            trial.add(
                    trial.denseProduct(pattern, w, m, n, k),
                    m == 1 ? trial.row(pattern, w, n, k) : trial.rows(pattern, w, m, n, k));
        }
        return trial;
    }

    /** 3x3, stride 1, padded by 1, as many channels out as in; channels last. */
    public static ZeroTrial convolution(String name, int channels, int size) {
        ConvGeometry g = ConvGeometry.of(
                new int[] {1, channels, size, size},
                new int[] {channels, channels, 3, 3},
                1,
                AutoPad.NOTSET,
                new int[0],
                new int[] {1, 1, 1, 1},
                new int[0]);
        ZeroTrial trial =
                new ZeroTrial(name, channels + " channels, " + size + "x" + size, g.inputSize(), g.outputSize());
        for (ZeroPattern pattern : patterns(false)) {
            float[] w = filters(pattern.values(channels, 9 * channels, 1), channels);
            trial.add(trial.denseConvolution(pattern, w, g), trial.sparseConvolution(pattern, w, g));
        }
        return trial;
    }

    private static List<ZeroPattern> patterns(boolean row) {
        List<ZeroPattern> patterns = new ArrayList<>(ZeroPattern.ANYWHERE);
        patterns.addAll(row ? ZeroPattern.BLOCK_ROWS : ZeroPattern.STRUCTURED);
        return patterns;
    }

    /** From the order (M, tap, C) to (M, C, tap). */
    private static float[] filters(float[] w, int channels) {
        float[] filters = new float[w.length];
        for (int m = 0; m < channels; m++) {
            for (int c = 0; c < channels; c++) {
                for (int tap = 0; tap < 9; tap++) {
                    filters[(m * channels + c) * 9 + tap] = w[(m * 9 + tap) * channels + c];
                }
            }
        }
        return filters;
    }

    private void add(Way denseWay, Way sparseWay) {
        denseWay.run.run();
        float[] expected = Arrays.copyOfRange(y, START, START + outputs);
        Arrays.fill(y, Float.NaN);
        sparseWay.run.run();
        for (int i = 0; i < outputs; i++) {
            if (!(Math.abs(y[START + i] - expected[i]) <= TOLERANCE * (1 + Math.abs(expected[i])))) {
                throw new IllegalStateException(name + ", " + sparseWay.kernel + ": value " + i + " is " + y[START + i]
                        + ", the dense kernel's " + expected[i]);
            }
        }
        if (dense.isEmpty()) {
            dense.add(denseWay);
        }
        sparse.add(sparseWay);
    }

    private Way denseProduct(ZeroPattern pattern, float[] w, int m, int n, int k) {
        PackedB b = PackedB.pack(w, 0, k, true, k, n);
        double predicted = DenseCost.product(m, k, n);
        if (m == 1 && RowProduct.suits(b)) {
            float[] scratch = array(RowProduct.length(n));
            return new Way(
                    pattern,
                    RowProduct.NAME,
                    predicted,
                    () -> RowProduct.run(x, START, b, y, START, Epilogue.NONE, scratch, START));
        }
        float[] scratch = array(Gemm.scratchLength(m, n, k));
        return new Way(
                pattern,
                Gemm.kernelName(m, n, k),
                predicted,
                () -> Gemm.run(
                        x, START, k, b, y, START, n, null, 0, 0, m, 0, b.panels(), Epilogue.NONE, scratch, START));
    }

    /** Many rows: with lists for each output channel, or those that fit the pattern if they are predicted to be faster. */
    private Way rows(ZeroPattern pattern, float[] w, int m, int n, int k) {
        SparseB lists = SparseB.pack(w, 0, k, true, k, n, SparseForm.LISTS);
        SparseB shared = SparseB.pack(
                w, 0, k, true, k, n, Sparsity.of(w, 0, k, true, k, n).form());
        SparseB b = SparseGemm.nanos(m, shared) <= SparseGemm.nanos(m, lists) ? shared : lists;
        float[] scratch = array(SparseGemm.scratchLength(b));
        return new Way(
                pattern,
                SparseGemm.kernelName(b),
                SparseGemm.nanos(m, b),
                () -> SparseGemm.run(x, START, k, b, y, START, n, null, 0, 0, m, 0, n, Epilogue.NONE, scratch, START));
    }

    /** One row: the form that is predicted to be faster. */
    private Way row(ZeroPattern pattern, float[] w, int n, int k) {
        LaneLists lists = LaneLists.of(w, 0, k, true, k, n);
        RowBlocks blocks = RowBlocks.of(w, 0, k, true, k, n);
        if (SparseGemv.nanos(blocks) < SparseGemv.nanos(lists)) {
            float[] scratch = array(SparseGemv.scratchLength(blocks, blocks.blocks()));
            return new Way(
                    pattern,
                    SparseGemv.kernelName(blocks),
                    SparseGemv.nanos(blocks),
                    () -> SparseGemv.run(
                            x, START, blocks, null, null, 0, NONE, y, START, 0, blocks.blocks(), scratch, START));
        }
        float[] scratch = array(SparseGemv.scratchLength(lists, lists.groups()));
        return new Way(
                pattern,
                SparseGemv.kernelName(lists),
                SparseGemv.nanos(lists),
                () -> SparseGemv.run(
                        x, START, lists, null, null, 0, NONE, y, START, 0, lists.groups(), scratch, START));
    }

    private Way denseConvolution(ZeroPattern pattern, float[] w, ConvGeometry g) {
        double predicted = DenseCost.convolution(g, true);
        int tile = WinogradNhwc.bestTile(g);
        if (tile > 0) {
            WinogradNhwc kernel = new WinogradNhwc(g, tile, w, 0, null, 0, NONE);
            float[] scratch = array(kernel.scratchSize(g));
            return new Way(
                    pattern,
                    kernel.kernelName(g),
                    predicted,
                    () -> kernel.run(
                            g, x, START, y, START, null, 0, scratch, START, 0, kernel.units(g), 0, kernel.panels()));
        }
        ConvNhwc kernel = new ConvNhwc(g, w, 0, null, 0, NONE);
        float[] scratch = array(kernel.scratchSize(g));
        return new Way(
                pattern,
                kernel.kernelName(g),
                predicted,
                () -> kernel.run(g, x, START, y, START, null, 0, scratch, START, 0, kernel.units(g)));
    }

    private Way sparseConvolution(ZeroPattern pattern, float[] w, ConvGeometry g) {
        SparseConvNhwc kernel = new SparseConvNhwc(
                g,
                w,
                0,
                null,
                0,
                NONE,
                Sparsity.ofFilters(w, 0, g.outChannels(), g.inChannels(), g.taps())
                        .form());
        float[] scratch = array(kernel.scratchSize(g));
        return new Way(
                pattern,
                kernel.kernelName(g),
                kernel.nanos(g),
                () -> kernel.run(
                        g, x, START, y, START, null, 0, scratch, START, 0, kernel.units(g), 0, kernel.channels()));
    }

    private static float[] array(int size) {
        return new float[Math.max(LARGE, Math.addExact(START, size))];
    }

    /** What kind of layer it is. */
    public String name() {
        return name;
    }

    /** Its sizes. */
    public String shape() {
        return shape;
    }

    /** With weights like any. */
    public Way dense() {
        return dense.getFirst();
    }

    /** With weights of each pattern: those with zeros anywhere first, in the order of their number. */
    public List<Way> sparse() {
        return List.copyOf(sparse);
    }
}
