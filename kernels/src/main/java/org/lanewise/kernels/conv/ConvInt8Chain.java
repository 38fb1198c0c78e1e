package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.GemmWhole;
import org.lanewise.kernels.gemm.TriplesWhole;
import org.lanewise.kernels.quant.Dequantize;

/**
 * Convolutions of bytes that follow one another, each computed as {@link ConvInt8Floats} computes it, exactly, but as one: what goes from one to the next stays whole numbers in {@code float} in the scratch, where it is
 * neither narrowed to bytes nor widened again. Bands of a few output rows pass through all of them while their values are in the second-level cache; rows that windows of two bands share are kept, not computed twice. Immutable.
 */
public final class ConvInt8Chain {
    /** Blocks begin at cache lines. */
    private static final int LINE = Alignment.LINE_BYTES / Float.BYTES;

    /** Values between the convolutions at a time, besides which weights stay in the second-level cache: 1 MB or more where vectors have 512 bits. */
    private static final int BAND_VALUES = (Simd.BITS == 512 ? 160 : 96) << 10;

    /** The same for several parts: bands are what these share, so more of them are worth reading weights again. */
    private static final int SHARED_BAND_VALUES = 96 << 10;

    /** Values that are rounded while they are in the first-level cache. */
    private static final int CHUNK_VALUES = 6 << 10;

    /** Weights of a product from which on a pass over a few pixels does not pay. */
    private static final int LARGE_WEIGHTS = 128 << 10;

    private final List<ConvInt8Floats> stages;

    /** For each stage but the last that is a product of pixels: its tiles; null for others. */
    private final @Nullable GemmWhole[] products;

    /** The same for depthwise convolutions. */
    private final @Nullable DepthwiseWhole[] depthwise;

    /** The steps of a part of the output rows. */
    record Piece(List<ChainStep> steps) {}

    /**
     * What follows from sizes.
     *
     * @param geometries of the convolutions, in their order
     * @param pieces the parts of an image
     * @param buffers where the input of each stage begins in the scratch, then where the last one's sums do, then where that of the kernels does
     * @param size values of scratch
     * @param doubles the same of {@code double} scratch
     */
    public record Plan(List<ConvGeometry> geometries, List<Piece> pieces, int[] buffers, int size, int doubles) {
        /** The range that can be split between threads. */
        public int units() {
            return geometries.getFirst().batch() * pieces.size();
        }
    }

    /** Of stages that are all {@link ConvInt8Floats#isExact exact}; each one's values of x are those of the output before it. */
    public ConvInt8Chain(List<ConvInt8Floats> stages) {
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("a chain has at least one convolution, got none");
        }
        this.stages = List.copyOf(stages);
        this.products = new GemmWhole[stages.size()];
        this.depthwise = new DepthwiseWhole[stages.size()];
        for (int i = 0; i < stages.size() - 1; i++) {
            products[i] = stages.get(i).product();
            depthwise[i] = stages.get(i).depthwise();
        }
    }

    /** What a profile calls the kernel. */
    public String kernelName(Plan plan) {
        StringBuilder name = new StringBuilder("int8-chain");
        for (int i = 0; i < stages.size(); i++) {
            ConvGeometry g = plan.geometries.get(i);
            name.append(g.isDepthwise() ? "-dw" : "-")
                    .append(g.axis(0).kernel())
                    .append('x')
                    .append(g.axis(1).kernel())
                    .append(triples(plan.geometries, i) == null ? "" : "-triples");
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
        int height = geometries.getLast().axis(0).output();
        int rows = ChainRows.ofABand(geometries, parts == 1 ? BAND_VALUES : SHARED_BAND_VALUES);
        int bands = Math.ceilDiv(height, Math.max(1, rows));
        int cuts = Math.clamp(bands, 1, Math.max(1, parts));
        int[] buffers = new int[stages.size() + 2];
        int[] most = new int[stages.size() + 1];
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < cuts; i++) {
            int from = (int) ((long) bands * i / cuts) * rows;
            int to = Math.min(height, (int) ((long) bands * (i + 1) / cuts) * rows);
            pieces.add(new Piece(ChainStep.of(geometries, true, from, to, rows, most)));
        }
        most[stages.size()] = 0;
        int kernels = 0;
        int doubles = 0;
        for (Piece piece : pieces) {
            for (ChainStep step : piece.steps) {
                if (step.stage() < 0 || step.rows() == 0) {
                    continue;
                }
                TriplesWhole tiles = triples(geometries, step.stage());
                if (tiles != null) {
                    int pixels = step.rows() * step.geometry().axis(1).output();
                    doubles = Math.max(doubles, tiles.doublesSize(pixels));
                    if (step.stage() == stages.size() - 1) {
                        int values = step.rows() * rowSize(step.geometry());
                        most[stages.size()] = Math.max(most[stages.size()], values);
                    }
                    continue;
                }
                kernels = Math.max(kernels, stages.get(step.stage()).kernel().scratchSize(step.geometry()));
                if (step.stage() == stages.size() - 1) {
                    int values = chunkRows(step.stage(), step.geometry()) * rowSize(step.geometry());
                    most[stages.size()] = Math.max(most[stages.size()], values);
                }
            }
        }
        for (int i = 0; i <= stages.size(); i++) {
            boolean more = i > 0 && triples(geometries, i - 1) != null;
            int room = more ? TriplesWhole.OVERRUN * geometries.get(i - 1).outChannels() : 0;
            buffers[i + 1] = buffers[i] + Math.ceilDiv(most[i] + room + LINE, LINE) * LINE;
        }
        return new Plan(List.copyOf(geometries), pieces, buffers, buffers[stages.size() + 1] + kernels, doubles);
    }

    /** A stage's fp64 tiles, where they are faster. */
    private @Nullable TriplesWhole triples(List<ConvGeometry> geometries, int stage) {
        return stages.get(stage).triples(geometries.get(stage));
    }

    private static int rowSize(ConvGeometry g) {
        return g.axis(1).output() * g.outChannels();
    }

    /**
     * Computes units {@code from} to {@code to} (exclusive) of the plan's. Input and output {@code (N, H, W, C)}.
     *
     * @param scratch as many values as the plan says, from {@code scratchOff} on, where a cache line should begin
     * @param doubles the same, from {@code doublesOff} on; may be empty where the plan says 0
     */
    public void run(
            Plan plan,
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
        ConvGeometry first = plan.geometries.getFirst();
        ConvGeometry last = plan.geometries.getLast();
        int in = first.inputPixels() * first.inChannels();
        int out = last.outputPixels() * last.outChannels();
        for (int unit = from; unit < to; unit++) {
            int image = unit / plan.pieces.size();
            List<ChainStep> steps = plan.pieces.get(unit % plan.pieces.size()).steps;
            for (int i = 0; i < steps.size(); i++) {
                ChainStep step = steps.get(i);
                TriplesWhole tiles = triples(plan.geometries, Math.max(0, step.stage()));
                if (step.stage() < 0) {
                    if (tiles == null) {
                        widen(plan, step, x, xOff + image * in, scratch, scratchOff);
                    }
                } else if (tiles != null) {
                    run(
                            plan,
                            step,
                            tiles,
                            x,
                            xOff + image * in,
                            y,
                            yOff + image * out,
                            scratch,
                            scratchOff,
                            doubles,
                            doublesOff);
                } else {
                    run(plan, step, y, yOff + image * out, scratch, scratchOff);
                }
            }
        }
    }

    private void widen(Plan plan, ChainStep step, byte[] x, int xOff, float[] scratch, int scratchOff) {
        int row = step.geometry().axis(1).input() * step.geometry().inChannels();
        int to = scratchOff + plan.buffers[0];
        step.keep(row, scratch, to);
        ConvInt8Floats stage = stages.getFirst();
        Dequantize.centre(
                x,
                xOff + step.row() * row,
                scratch,
                to + step.kept() * row,
                step.rows() * row,
                stage.xZero(),
                !stage.xSigned());
    }

    /** A stage on fp64 tiles; the first one reads the bytes themselves. */
    private void run(
            Plan plan,
            ChainStep step,
            TriplesWhole tiles,
            byte[] x,
            int xOff,
            byte[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            double[] doubles,
            int doublesOff) {
        int i = step.stage();
        ConvGeometry g = step.geometry();
        int row = rowSize(g);
        int pixels = step.rows() * g.axis(1).output();
        int to = scratchOff + plan.buffers[i + 1];
        if (i < stages.size() - 1) {
            step.keep(row, scratch, to);
            to += step.kept() * row;
        }
        if (i == 0) {
            int at = xOff + step.row() * g.axis(1).input() * g.inChannels();
            tiles.run(x, at, scratch, to, pixels, doubles, doublesOff);
        } else {
            tiles.run(scratch, scratchOff + plan.buffers[i], scratch, to, pixels, doubles, doublesOff);
        }
        if (i == stages.size() - 1) {
            stages.get(i).end().bytes(scratch, to, step.rows() * row, y, yOff + step.row() * row);
        }
    }

    private void run(Plan plan, ChainStep step, byte[] y, int yOff, float[] scratch, int scratchOff) {
        int i = step.stage();
        ConvInt8Floats stage = stages.get(i);
        ConvGeometry g = step.geometry();
        boolean last = i == stages.size() - 1;
        int row = rowSize(g);
        int from = scratchOff + plan.buffers[i];
        int to = scratchOff + plan.buffers[i + 1];
        int memory = scratchOff + plan.buffers[stages.size() + 1];
        if (!last) {
            step.keep(row, scratch, to);
            to += step.kept() * row;
        }
        GemmWhole product = products[i];
        if (product != null) {
            int pixels = step.rows() * g.axis(1).output();
            product.run(scratch, from, g.inChannels(), scratch, to, pixels, scratch, memory);
            return;
        }
        DepthwiseWhole filters = depthwise[i];
        if (filters != null) {
            filters.run(g, scratch, from, scratch, to, step.rows());
            return;
        }
        int most = chunkRows(i, g);
        ConvNhwc kernel = stage.kernel();
        for (int done = 0; done < step.rows(); done += most) {
            int rows = Math.min(most, step.rows() - done);
            int sums = last ? to : to + done * row;
            kernel.runRows(g, scratch, from, scratch, sums, scratch, memory, done, done + rows);
            if (last) {
                stage.end().store(scratch, sums, rows * g.axis(1).output(), y, yOff + (step.row() + done) * row);
            } else {
                stage.end().whole(scratch, sums, rows * g.axis(1).output());
            }
        }
    }

    /** Output rows that are computed before they are rounded. */
    private int chunkRows(int stage, ConvGeometry g) {
        int all = Math.max(1, g.axis(0).output());
        boolean product = !g.isDepthwise() && stages.get(stage).kernel().isProduct(g);
        if (!g.isDepthwise() && !product || product && g.depth() * g.outChannels() >= LARGE_WEIGHTS) {
            return all; // a band of a direct convolution is copied once, large weights are read once
        }
        int fitting = CHUNK_VALUES / Math.max(1, rowSize(g));
        return Math.min(all, g.isDepthwise() ? Math.max(2, fitting & -2) : Math.max(1, fitting));
    }
}
