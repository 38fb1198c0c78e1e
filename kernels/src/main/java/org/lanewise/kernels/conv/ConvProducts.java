package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.FixedRows;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.GemmWhole;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.quant.Requantization;

/**
 * Channels-last convolution as matrix products, one for each group: rows of pixels, or of their patches, by packed weights {@code (KH * KW * C, M)}. A 1x1 convolution reads the input as it is; others
 * are {@link PackedPatches} where those suit, else {@link GatheredPatches}. Immutable and shared by threads.
 */
final class ConvProducts {
    private final int group;
    private final int groupOut;
    private final int depth;
    private final @Nullable PackedPatches patches;
    private final List<PackedB> weights = new ArrayList<>();
    private final List<Epilogue> epilogues = new ArrayList<>();

    /**
     * Packs the weights; the arguments are those of {@link ConvNhwc}.
     *
     * @param packs whether pixels whose number suits are packed patches
     */
    ConvProducts(ConvGeometry g, float[] w, int wOff, float @Nullable [] bias, Activation activation, boolean packs) {
        this.group = g.group();
        this.groupOut = g.groupOutChannels();
        this.depth = g.depth();
        this.patches = packs ? new PackedPatches() : null;
        for (int i = 0; i < group; i++) {
            weights.add(packGroup(g, w, wOff + i * groupOut * depth));
            epilogues.add(
                    bias == null
                            ? Epilogue.of(activation)
                            : Epilogue.biasPerColumn(
                                    Arrays.copyOfRange(bias, i * groupOut, (i + 1) * groupOut), activation));
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

    /** Number of weight panels, the other range that can be split; 1 for a grouped convolution. */
    int panels() {
        return group == 1 ? weights.getFirst().panels() : 1;
    }

    /** What a profile calls the kernel. */
    String kernelName(ConvGeometry g) {
        int pixels = g.batch() * g.outputPixels();
        if (packs(g, pixels)) {
            return "conv-nhwc-patches-" + PackedPatches.kernelName();
        }
        String form = g.isPointwise() ? "conv-nhwc-1x1-" : "conv-nhwc-im2col-";
        return form + (fixedRows(g) ? FixedRows.KERNEL : Gemm.kernelName(pixels, groupOut, depth));
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    int scratchSize(ConvGeometry g) {
        if (g.isPointwise()) {
            return tileScratch(g) + (fixedRows(g) ? FixedRows.SCRATCH : 0);
        }
        int gathered = GatheredPatches.scratchSize(g);
        return patches == null ? gathered : Math.max(gathered, PackedPatches.scratchSize(g));
    }

    private int tileScratch(ConvGeometry g) {
        return Gemm.scratchLength(g.batch() * g.outputPixels(), groupOut, depth);
    }

    /** Whether so many pixels are computed by {@link PackedPatches}. */
    private boolean packs(ConvGeometry g, int pixels) {
        return patches != null && PackedPatches.suits(g, pixels);
    }

    /** Whether rows of pixels are multiplied by {@link FixedRows}, where all channels are wanted and there is no residual. */
    private boolean fixedRows(ConvGeometry g) {
        return g.isPointwise() && group == 1 && FixedRows.suits(depth, groupOut);
    }

    /** The product of pixels with the weights of the only group whose sums become whole numbers. */
    GemmWhole whole(Requantization end) {
        return new GemmWhole(weights.getFirst(), epilogues.getFirst(), end);
    }

    /** Pixels {@code start} to {@code start + pixels} of the N * OH * OW, channels of the panels {@code fromPanel} to {@code toPanel}; the arguments are those of {@link ConvNhwc#run}. */
    void run(
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
        for (int i = 0; i < group; i++) {
            PackedB b = weights.get(i);
            Epilogue e = epilogues.get(i);
            int to = group == 1 ? toPanel : b.panels();
            int from = group == 1 ? fromPanel : 0;
            int in = xOff + i * g.groupInChannels();
            int out = yOff + i * groupOut;
            int res = resOff + i * groupOut;
            if (g.isPointwise()) {
                pointwise(g, x, in, b, y, out, residual, res, start, pixels, from, to, e, scratch, scratchOff);
            } else if (patches != null && packs(g, pixels)) {
                int end = start + pixels;
                patches.run(g, x, in, b, y, out, residual, res, start, end, from, to, e, scratch, scratchOff);
            } else {
                GatheredPatches.run(
                        g, x, in, b, y, out, residual, res, start, pixels, from, to, e, scratch, scratchOff);
            }
        }
    }

    private void pointwise(
            ConvGeometry g,
            float[] x,
            int in,
            PackedB b,
            float[] y,
            int out,
            float @Nullable [] residual,
            int res,
            int start,
            int pixels,
            int from,
            int to,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        int lda = g.inChannels();
        int ldc = g.outChannels();
        int done = start;
        if (residual == null && from == 0 && to == b.panels() && fixedRows(g)) {
            int rows = scratchOff + tileScratch(g);
            done += FixedRows.run(x, in + start * lda, lda, b, y, out + start * ldc, ldc, pixels, e, scratch, rows);
        }
        int end = start + pixels;
        Gemm.run(x, in, lda, b, y, out, ldc, residual, res, done, end, from, to, e, scratch, scratchOff);
    }
}
