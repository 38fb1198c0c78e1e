package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.gemm.BytePanels;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.quant.Requantization;

/**
 * The 1x1 convolution of stride 1 of bytes whose channels come first, {@code Y(N, M, P) = W(M, C) X(N, C, P)} with P pixels: neither X nor Y is transposed. Computed by the fp32 kernels as {@link ConvInt8Floats} is, exact
 * under its conditions, and then equal in every bit.
 *
 * <p>Works on blocks of pixels that stay in the second-level cache: rows of pixels are widened into the panels of a product, whose rows are requantized. Immutable, shared by threads.
 */
public final class ConvInt8Planes {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final int NR = Gemm.NR;

    /** Widened inputs and sums of a block. */
    private static final int BLOCK_VALUES = 128 << 10;

    private final int inChannels;
    private final int outChannels;
    private final float[] weights;
    private final Epilogue start;
    private final Requantization end;
    private final boolean xSigned;
    private final int xZero;

    /**
     * Widens the weights.
     *
     * @param g any geometry of the layer: its channels count, its spatial sizes do not
     * @param w {@code (M, C)} from {@code wOff} on
     * @param wZeros one, or one for each output channel; null for 0
     */
    public ConvInt8Planes(
            ConvGeometry g,
            byte[] w,
            int wOff,
            boolean wSigned,
            int @Nullable [] wZeros,
            boolean xSigned,
            int xZero,
            Requantization end) {
        if (g.group() != 1 || g.depth() != g.inChannels()) {
            throw new IllegalArgumentException("expected one group of 1x1 filters, got " + g);
        }
        WholeWeights whole = WholeWeights.of(g, w, wOff, wSigned, wZeros, end);
        this.inChannels = g.inChannels();
        this.outChannels = g.outChannels();
        this.weights = whole.weights();
        this.start = Epilogue.biasPerRow(whole.bias(), NONE);
        this.end = whole.end();
        this.xSigned = xSigned;
        this.xZero = xZero;
    }

    /**
     * Blocks of pixels: the range that can be split between threads.
     *
     * @param parts so many blocks at least if there are panels for them: the number of threads
     */
    public int blocks(int batch, int pixels, int parts) {
        return batch * blocksOfAnImage(batch, pixels, parts);
    }

    private int blocksOfAnImage(int batch, int pixels, int parts) {
        int panels = Gemm.panels(pixels);
        int fitting = Math.max(2, BLOCK_VALUES / ((inChannels + outChannels) * NR));
        int wanted = Math.max(Math.ceilDiv(panels, fitting), Math.ceilDiv(parts, Math.max(1, batch)));
        return Math.min(panels, wanted);
    }

    /** What a profile calls the kernel. */
    public String kernelName(int pixels) {
        return "int8-planes-" + Gemm.kernelName(outChannels, pixels, inChannels);
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(int batch, int pixels, int parts) {
        int blocks = blocksOfAnImage(batch, pixels, parts);
        int panels = blocks == 0 ? 0 : Math.ceilDiv(Gemm.panels(pixels), blocks);
        return sumsOffset(panels) + panels * NR * outChannels + Gemm.TILE_SCRATCH;
    }

    private int sumsOffset(int panels) {
        return Alignment.lines(panels * NR * inChannels);
    }

    /**
     * Computes blocks {@code from} to {@code to} (exclusive).
     *
     * @param batch number of images
     * @param pixels of an image
     * @param scratch {@link #scratchSize} values from {@code scratchOff} on
     */
    public void run(
            int batch,
            int pixels,
            int parts,
            byte[] x,
            int xOff,
            byte[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to) {
        int blocks = blocksOfAnImage(batch, pixels, parts);
        int panels = Gemm.panels(pixels);
        for (int i = from; i < to; i++) {
            int first = cut(panels, i % blocks, blocks);
            int count = cut(panels, i % blocks + 1, blocks) - first;
            int columns = Math.min(pixels - first * NR, count * NR);
            int in = xOff + i / blocks * inChannels * pixels + first * NR;
            int out = yOff + i / blocks * outChannels * pixels + first * NR;
            BytePanels.pack(x, in, pixels, inChannels, columns, xZero, !xSigned, scratch, scratchOff);
            int sums = scratchOff + sumsOffset(count);
            product(scratch, scratchOff, columns, sums, count * NR);
            for (int m = 0; m < outChannels; m++) {
                end.storeChannel(scratch, sums + m * count * NR, columns, m, y, out + m * pixels);
            }
        }
    }

    private static int cut(int count, int cut, int cuts) {
        return (int) ((long) count * cut / cuts);
    }

    private void product(float[] scratch, int panels, int columns, int sums, int ld) {
        int kStep = Gemm.kStep(inChannels);
        int done = 0;
        do {
            int kc = Math.min(kStep, inChannels - done);
            Gemm.runBlock(
                    weights,
                    done,
                    inChannels,
                    scratch,
                    panels + done * NR,
                    inChannels * NR,
                    kc,
                    done == 0,
                    done + kc == inChannels,
                    columns,
                    scratch,
                    sums,
                    ld,
                    null,
                    0,
                    0,
                    outChannels,
                    0,
                    Gemm.panels(columns),
                    start,
                    scratch,
                    sums + ld * outChannels);
            done += kc;
        } while (done < inChannels);
    }
}
