package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.gemm.GemmInt8;
import org.lanewise.kernels.gemm.PackedInt8B;
import org.lanewise.kernels.quant.Int8End;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;

/**
 * 2-D convolution of bytes, channels-last, with constant weights, prepared once per layer; immutable and shared by threads.
 *
 * <pre>sum[n, oh, ow, m] = sum over kh, kw, c of (x[n, ih, iw, c] - xZero) * (w[m, c, kh, kw] - wZero[m])</pre>
 *
 * <p>Exact for all values; the padding contributes nothing. The sums are stored as int32, or go on through a {@link Requantization} to bytes or a {@link Rescaling} to
 * {@code float}. Input {@code (N, H, W, C)}, output {@code (N, OH, OW, M)}. A depthwise convolution is direct, the others are products of gathered patches with the weights.
 */
public final class ConvInt8Nhwc {
    private final int group;
    private final int groupOut;
    private final boolean xSigned;
    private final int[] xZero;
    private final @Nullable Int8End end;
    private final @Nullable DepthwiseInt8 depthwise;
    private final List<PackedInt8B> weights = new ArrayList<>();

    /**
     * Packs the weights.
     *
     * @param g any geometry of the layer: its channels, group, kernel, strides and dilations count, its other spatial sizes do not
     * @param w ONNX weights {@code (M, C/group, KH, KW)}
     * @param wSigned whether they are int8; otherwise uint8
     * @param wZeros one for all, or one per output channel; null for 0
     * @param xSigned whether x holds int8; otherwise uint8
     * @param xZero the value of x that stands for 0
     * @param end null for sums; a {@link Requantization} carries the bias and saturation
     */
    public ConvInt8Nhwc(
            ConvGeometry g,
            byte[] w,
            int wOff,
            boolean wSigned,
            int @Nullable [] wZeros,
            boolean xSigned,
            int xZero,
            @Nullable Int8End end) {
        if (g.rank() != 2) {
            throw new IllegalArgumentException("channels-last convolution has 2 spatial axes, got " + g.rank());
        }
        if (end != null && end.channels() != g.outChannels()) {
            throw new IllegalArgumentException(
                    "the convolution has " + g.outChannels() + " output channels, its end " + end.channels());
        }
        int lowest = xSigned ? -128 : 0;
        if (xZero < lowest || xZero > lowest + 255) {
            throw new IllegalArgumentException(
                    "x has the zero point " + xZero + ", expected " + lowest + ".." + (lowest + 255));
        }
        if (wZeros != null && wZeros.length != 1 && wZeros.length != g.outChannels()) {
            throw new IllegalArgumentException(
                    "w has " + wZeros.length + " zero points, expected 1 or " + g.outChannels());
        }
        this.group = g.group();
        this.groupOut = g.groupOutChannels();
        this.xSigned = xSigned;
        this.xZero = new int[] {xZero};
        this.end = end;
        this.depthwise = g.isDepthwise() ? new DepthwiseInt8(g, w, wOff, wSigned, wZeros, xSigned, xZero, end) : null;
        for (int i = 0; i < group && depthwise == null; i++) {
            int[] zeros = wZeros == null || wZeros.length == 1
                    ? wZeros
                    : Arrays.copyOfRange(wZeros, i * groupOut, (i + 1) * groupOut);
            weights.add(packGroup(g, w, wOff + i * groupOut * g.depth(), wSigned, zeros));
        }
    }

    /** Reorders one group's {@code (M, C, KH * KW)} to {@code (M, KH * KW * C)} and packs its transpose. */
    private static PackedInt8B packGroup(ConvGeometry g, byte[] w, int wOff, boolean wSigned, int @Nullable [] wZeros) {
        int channels = g.groupInChannels();
        int taps = g.taps();
        int depth = g.depth();
        int out = g.groupOutChannels();
        byte[] rows = new byte[out * depth];
        for (int m = 0; m < out; m++) {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < taps; t++) {
                    rows[m * depth + t * channels + c] = w[wOff + (m * channels + c) * taps + t];
                }
            }
        }
        return PackedInt8B.pack(rows, 0, depth, true, wSigned, depth, out, wZeros);
    }

    /** Number of output rows, N * OH: the range that can be split between threads. */
    public int rows(ConvGeometry g) {
        return g.batch() * g.axis(0).output();
    }

    /** Number of weight panels, the other range that can be split; 1 for a grouped convolution. */
    public int panels() {
        return group == 1 ? weights.getFirst().panels() : 1;
    }

    /** What a profile calls the kernel. */
    public String kernelName(ConvGeometry g) {
        if (depthwise != null) {
            return "conv-int8-depthwise-" + g.axis(0).kernel() + "x" + g.axis(1).kernel();
        }
        String form = g.isPointwise() ? "conv-int8-1x1-" : "conv-int8-im2col-";
        return form + GemmInt8.kernelName(g.batch() * g.outputPixels(), weights.getFirst(), false);
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        return depthwise != null
                ? depthwise.scratchSize(g)
                : GemmInt8.scratchSize(g.batch() * g.outputPixels(), weights.getFirst(), false) + Im2RowInt8.OVERRUN;
    }

    /** As bytes, where the layer ends in a {@link Requantization}; otherwise as the other form. */
    public void run(
            ConvGeometry g,
            byte[] x,
            int xOff,
            byte[] y,
            int yOff,
            int[] scratch,
            int scratchOff,
            int fromRow,
            int toRow,
            int fromPanel,
            int toPanel) {
        if (!(end instanceof Requantization)) {
            throw new IllegalStateException("the layer does not end in bytes");
        }
        compute(g, x, xOff, null, y, yOff, scratch, scratchOff, fromRow, toRow, fromPanel, toPanel);
    }

    /**
     * As {@code float}, where the layer ends in a {@link Rescaling}; otherwise as the other form.
     *
     * @param xScale the scale of x, an array of one value
     */
    public void run(
            ConvGeometry g,
            byte[] x,
            int xOff,
            float[] xScale,
            float[] y,
            int yOff,
            int[] scratch,
            int scratchOff,
            int fromRow,
            int toRow,
            int fromPanel,
            int toPanel) {
        if (!(end instanceof Rescaling)) {
            throw new IllegalStateException("the layer does not end in float");
        }
        compute(g, x, xOff, xScale, y, yOff, scratch, scratchOff, fromRow, toRow, fromPanel, toPanel);
    }

    /**
     * Computes the sums of output rows {@code fromRow} to {@code toRow} (exclusive) of the N * OH there are, channels of the panels {@code fromPanel} to
     * {@code toPanel}.
     *
     * @param scratch {@link #scratchSize} values from {@code scratchOff} on
     */
    public void run(
            ConvGeometry g,
            byte[] x,
            int xOff,
            int[] y,
            int yOff,
            int[] scratch,
            int scratchOff,
            int fromRow,
            int toRow,
            int fromPanel,
            int toPanel) {
        if (end != null) {
            throw new IllegalStateException("the layer does not end in sums");
        }
        compute(g, x, xOff, null, y, yOff, scratch, scratchOff, fromRow, toRow, fromPanel, toPanel);
    }

    private void compute(
            ConvGeometry g,
            byte[] x,
            int xOff,
            float @Nullable [] xScale,
            Object y,
            int yOff,
            int[] scratch,
            int scratchOff,
            int fromRow,
            int toRow,
            int fromPanel,
            int toPanel) {
        if (depthwise != null) {
            depthwise.run(g, x, xOff, xScale, y, yOff, scratch, scratchOff, fromRow, toRow);
            return;
        }
        int width = g.axis(1).output();
        int to = toRow * width;
        int ldc = g.outChannels();
        for (int i = 0; i < group; i++) {
            PackedInt8B b = weights.get(i);
            int most = GemmInt8.blockRows(g.batch() * g.outputPixels(), b);
            int sums = scratchOff + Alignment.lines(most * b.depth()) + Im2RowInt8.OVERRUN;
            int blocks = Math.ceilDiv(to - fromRow * width, Math.max(1, most));
            int pixel = fromRow * width;
            for (int block = blocks; block > 0; block--) {
                int count = evenShare(to - pixel, block, most);
                Im2RowInt8.gather(
                        g,
                        x,
                        xOff + i * g.groupInChannels(),
                        xSigned,
                        xZero[0],
                        pixel,
                        pixel + count,
                        scratch,
                        scratchOff,
                        b.depth());
                GemmInt8.block(
                        scratch,
                        scratchOff,
                        count,
                        xSigned,
                        xZero,
                        0,
                        b,
                        end,
                        i * groupOut,
                        xScale,
                        0,
                        y,
                        yOff + i * groupOut + pixel * ldc,
                        ldc,
                        group == 1 ? fromPanel : 0,
                        group == 1 ? toPanel : b.panels(),
                        scratch,
                        sums);
                pixel += count;
            }
        }
    }

    /** What one of {@code blocks} blocks takes of {@code left} rows: whole tiles, and all of it if it is the last. */
    private static int evenShare(int left, int blocks, int most) {
        int share = Math.ceilDiv(left, blocks);
        return Math.min(left, Math.min(most, Math.ceilDiv(share, GemmInt8.ROW_STEP) * GemmInt8.ROW_STEP));
    }
}
