package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.Simd;

/**
 * Convolutions that follow one another, computed as one: bands of a few output rows pass through all of them while what is between them is in the second-level cache, where whole images would go through memory. Rows that
 * windows of two bands share are kept, not computed twice. Every value is what {@link ConvNhwc} gives. Immutable.
 */
public final class ConvChain {
    /** Buffers begin at cache lines. */
    private static final int LINE = Alignment.LINE_BYTES / Float.BYTES;

    /** Values between the convolutions at a time, besides which weights stay in the second-level cache: 1 MB or more where vectors have 512 bits. */
    private static final int BAND_VALUES = (Simd.BITS == 512 ? 160 : 96) << 10;

    /** The same for several parts: bands are what these share. */
    private static final int SHARED_BAND_VALUES = 96 << 10;

    /** Values between the convolutions of an image up to which they stay in the cache of 1 MB or more anyway. */
    private static final int LEAST_VALUES = 256 << 10;

    private final List<ConvNhwc> stages;

    /** The steps of a part of the output rows. */
    record Piece(List<ChainStep> steps) {}

    /**
     * What follows from sizes.
     *
     * @param geometries of the convolutions, in their order
     * @param pieces the parts of an image
     * @param buffers where the input of each stage begins in the scratch (the first has none), then where that of the kernels does
     * @param size values of scratch
     */
    public record Plan(List<ConvGeometry> geometries, List<Piece> pieces, int[] buffers, int size) {
        /** The range that can be split between threads. */
        public int units() {
            return geometries.getFirst().batch() * pieces.size();
        }
    }

    /** Of convolutions that {@link #computes} names; each one's input is the output before it. */
    public ConvChain(List<ConvNhwc> stages) {
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("a chain has at least one convolution, got none");
        }
        this.stages = List.copyOf(stages);
    }

    /** Whether a convolution can be part of a chain: depthwise, a product of pixels, or, as the first, one that reads rows without gathering patches. */
    public static boolean computes(ConvGeometry g, boolean first) {
        int strides = g.rank() == 2 ? g.axis(0).stride() * g.axis(1).stride() : 0;
        return g.rank() == 2
                && (g.isDepthwise()
                        || g.isPointwise() && g.group() == 1
                        || first && DirectNhwc.suits(false, g.taps(), strides));
    }

    /** Whether so much is between these convolutions that bands are faster. */
    public static boolean pays(List<ConvGeometry> geometries) {
        long between = 0;
        for (ConvGeometry g : geometries.subList(0, geometries.size() - 1)) {
            between += (long) g.outputPixels() * g.outChannels();
        }
        return between > LEAST_VALUES;
    }

    /** What a profile calls the kernel. */
    public String kernelName(Plan plan) {
        StringBuilder name = new StringBuilder("conv-chain");
        for (ConvGeometry g : plan.geometries) {
            name.append(g.isDepthwise() ? "-dw" : "-")
                    .append(g.axis(0).kernel())
                    .append('x')
                    .append(g.axis(1).kernel());
        }
        return name.toString();
    }

    /**
     * Decides in which order rows are computed.
     *
     * @param geometries one for each convolution, the input of each as large as the output before it
     * @param parts parts of an image that threads may share
     */
    public Plan plan(List<ConvGeometry> geometries, int parts) {
        if (geometries.size() != stages.size()) {
            throw new IllegalArgumentException(
                    geometries.size() + " geometries for " + stages.size() + " convolutions");
        }
        for (int i = 0; i < geometries.size(); i++) {
            if (!computes(geometries.get(i), i == 0)) {
                throw new IllegalArgumentException(
                        "convolution " + i + " cannot be part of a chain: " + geometries.get(i));
            }
        }
        List<ConvGeometry> images = geometries.stream()
                .map(g -> new ConvGeometry(1, g.inChannels(), g.outChannels(), g.group(), g.axes()))
                .toList();
        int height = geometries.getLast().axis(0).output();
        int rows = ChainRows.ofABand(geometries, parts == 1 ? BAND_VALUES : SHARED_BAND_VALUES);
        int bands = Math.ceilDiv(height, Math.max(1, rows));
        int cuts = Math.clamp(bands, 1, Math.max(1, parts));
        int[] most = new int[stages.size()];
        List<Piece> pieces = new ArrayList<>();
        int kernels = 0;
        for (int i = 0; i < cuts; i++) {
            int from = (int) ((long) bands * i / cuts) * rows;
            int to = Math.min(height, (int) ((long) bands * (i + 1) / cuts) * rows);
            Piece piece = new Piece(ChainStep.of(images, false, from, to, rows, most));
            pieces.add(piece);
            for (ChainStep step : piece.steps) {
                kernels = Math.max(kernels, stages.get(step.stage()).scratchSize(step.geometry()));
            }
        }
        int[] buffers = new int[stages.size() + 1];
        for (int i = 1; i < stages.size(); i++) {
            buffers[i + 1] = buffers[i] + Math.ceilDiv(most[i] + LINE, LINE) * LINE;
        }
        return new Plan(List.copyOf(geometries), pieces, buffers, buffers[stages.size()] + kernels);
    }

    /**
     * Computes units {@code from} to {@code to} (exclusive) of the plan's. Output {@code (N, H, W, C)}.
     *
     * @param x the first convolution's input, in the layout that it reads
     * @param residual added before the activation of the last convolution, laid out like the output; null for none; neither it nor {@code x} may be {@code y}
     * @param scratch as many values as the plan says, from {@code scratchOff} on, where a cache line should begin
     */
    public void run(
            Plan plan,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to) {
        ConvGeometry first = plan.geometries.getFirst();
        ConvGeometry last = plan.geometries.getLast();
        int in = first.inputPixels() * first.inChannels();
        int out = last.outputPixels() * last.outChannels();
        for (int unit = from; unit < to; unit++) {
            int image = unit / plan.pieces.size();
            List<ChainStep> steps = plan.pieces.get(unit % plan.pieces.size()).steps;
            for (int i = 0; i < steps.size(); i++) {
                run(
                        plan,
                        steps.get(i),
                        x,
                        xOff + image * in,
                        y,
                        yOff + image * out,
                        residual,
                        resOff + image * out,
                        scratch,
                        scratchOff);
            }
        }
    }

    private void run(
            Plan plan,
            ChainStep step,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            float[] scratch,
            int scratchOff) {
        int i = step.stage();
        ConvGeometry g = step.geometry();
        ConvNhwc kernel = stages.get(i);
        boolean last = i == stages.size() - 1;
        int row = g.axis(1).output() * g.outChannels();
        int memory = scratchOff + plan.buffers[stages.size()];
        int begin = last ? 0 : scratchOff + plan.buffers[i + 1];
        if (!last) {
            step.keep(row, scratch, begin);
        }
        if (step.rows() == 0) {
            return;
        }
        float[] input = i == 0 ? x : scratch;
        int inputOff = i == 0 ? xOff : scratchOff + plan.buffers[i];
        float[] output = last ? y : scratch;
        int outputOff = last ? yOff + step.row() * row : begin + step.kept() * row;
        int fromRow = i == 0 ? step.row() : 0; // the first convolution sees all of its input, the others a part
        kernel.runRows(
                g,
                input,
                inputOff,
                output,
                outputOff,
                last ? residual : null,
                last ? resOff + step.row() * row : 0,
                scratch,
                memory,
                fromRow,
                fromRow + step.rows());
    }
}
