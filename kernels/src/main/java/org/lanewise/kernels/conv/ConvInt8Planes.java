package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.BytePanels;
import org.lanewise.kernels.gemm.ChannelTriples;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.quant.Requantization;

/**
 * The 1x1 convolution of stride 1 of bytes whose channels come first, {@code Y(N, M, P) = W(M, C) X(N, C, P)} with P pixels: neither X nor Y is transposed. Computed by the fp32 kernels as {@link ConvInt8Floats} is, exact
 * under its conditions, and then equal in every bit; where they pay, by the fp64 tiles of {@link ChannelTriples}, but for pixels that are left of whole groups.
 *
 * <p>Works on blocks of pixels that stay in the second-level cache: rows of pixels are widened into the panels of a product, whose rows are requantized. Immutable, shared by threads.
 */
public final class ConvInt8Planes {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final int NR = Gemm.NR;

    /** Widened inputs and sums of a block. */
    private static final int BLOCK_VALUES = 128 << 10;

    /** Pieces for each thread, so that one that is late does not hold up the others long. */
    private static final int PIECES_OF_A_PART = 4;

    private final int inChannels;
    private final int outChannels;
    private final float[] weights;
    private final Epilogue start;
    private final Requantization end;
    private final boolean xSigned;
    private final int xZero;
    private final @Nullable ChannelTriples triples;

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
        this.triples = ChannelTriples.pays(outChannels, inChannels)
                ? ChannelTriples.of(weights, outChannels, inChannels, whole.bias(), end(), xSigned, xZero)
                : null;
    }

    private Requantization end() {
        return end;
    }

    /** The fp64 tiles where they serve such images. */
    private @Nullable ChannelTriples triples(int pixels) {
        return pixels >= ChannelTriples.GROUP ? triples : null;
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
        int ofABatch = Math.ceilDiv(parts, Math.max(1, batch));
        if (triples(pixels) != null) {
            return Math.min(pixels / ChannelTriples.GROUP, ofABatch == 1 ? 1 : PIECES_OF_A_PART * ofABatch);
        }
        int panels = Gemm.panels(pixels);
        int fitting = Math.max(2, BLOCK_VALUES / ((inChannels + outChannels) * NR));
        return Math.min(panels, Math.max(Math.ceilDiv(panels, fitting), ofABatch));
    }

    /** Where a block of an image begins. */
    private int pixel(int pixels, int block, int blocks) {
        if (block == blocks) {
            return pixels;
        }
        int unit = triples(pixels) == null ? NR : ChannelTriples.GROUP;
        int units = triples(pixels) == null ? Gemm.panels(pixels) : pixels / unit;
        return (int) ((long) units * block / blocks) * unit;
    }

    /** What a profile calls the kernel. */
    public String kernelName(int pixels) {
        return "int8-planes-"
                + (triples(pixels) == null
                        ? Gemm.kernelName(outChannels, pixels, inChannels)
                        : "triples-12x" + Simd.LANES);
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(int batch, int pixels, int parts) {
        int columns = pixels % ChannelTriples.GROUP;
        if (triples(pixels) == null) {
            int blocks = blocksOfAnImage(batch, pixels, parts);
            columns = blocks == 0 ? 0 : Math.ceilDiv(Gemm.panels(pixels), blocks) * NR;
        }
        return sumsOffset(columns)
                + Gemm.panels(columns) * NR * outChannels
                + Gemm.scratchLength(outChannels, columns, Gemm.kStep(inChannels));
    }

    /** The same of {@code double} scratch. */
    public int doublesSize(int pixels) {
        ChannelTriples tiles = triples(pixels);
        return tiles == null ? 0 : tiles.doublesSize();
    }

    private int sumsOffset(int columns) {
        return Alignment.lines(Gemm.panels(columns) * NR * inChannels);
    }

    /**
     * Computes blocks {@code from} to {@code to} (exclusive).
     *
     * @param batch number of images
     * @param pixels of an image
     * @param scratch {@link #scratchSize} values from {@code scratchOff} on
     * @param doubles {@link #doublesSize} values from {@code doublesOff} on
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
            double[] doubles,
            int doublesOff,
            int from,
            int to) {
        int blocks = blocksOfAnImage(batch, pixels, parts);
        ChannelTriples tiles = triples(pixels);
        for (int i = from; i < to; i++) {
            int first = pixel(pixels, i % blocks, blocks);
            int behind = pixel(pixels, i % blocks + 1, blocks);
            int in = xOff + i / blocks * inChannels * pixels;
            int out = yOff + i / blocks * outChannels * pixels;
            if (tiles != null) {
                int whole = behind - behind % ChannelTriples.GROUP;
                tiles.run(x, in, y, out, pixels, doubles, doublesOff, first, whole);
                first = whole;
            }
            if (first < behind) {
                floats(x, in + first, y, out + first, pixels, behind - first, scratch, scratchOff);
            }
        }
    }

    /** {@code columns} pixels by the fp32 kernels. */
    private void floats(byte[] x, int in, byte[] y, int out, int pixels, int columns, float[] scratch, int scratchOff) {
        BytePanels.pack(x, in, pixels, inChannels, columns, xZero, !xSigned, scratch, scratchOff);
        int sums = scratchOff + sumsOffset(columns);
        int ld = Gemm.panels(columns) * NR;
        product(scratch, scratchOff, columns, sums, ld);
        for (int m = 0; m < outChannels; m++) {
            end.storeChannel(scratch, sums + m * ld, columns, m, y, out + m * pixels);
        }
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
